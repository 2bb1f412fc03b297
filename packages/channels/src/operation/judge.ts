/**
 * Consent: may I sign what the other side proposes? The operations are well-formed and cost me nothing beyond their own terms
 * (apply.ts saw to that); here stand the reasons for which an honest party still says no. Pure; heights and known ticks are
 * passed in. Throws CHANNEL_REFUSED, or what the owner's own rule throws.
 */
import type { Amount } from '@symbolon/primitives'
import type { ChannelState, Party } from '@symbolon/protocol'
import { ChannelError } from '../errors.ts'
import type { Operation } from './operation.ts'

export interface Judgement {
  /** Own side. */
  readonly party: Party
  /** Newest ledger height known. */
  readonly height: bigint
  /** Challenge period of the channel: what an HTLC's expiry must leave room for (CON-116). */
  readonly challengePeriod: bigint
  /** Ticks of a stream beyond its folded part that the other side has already shown me. */
  readonly ticksShown: (stream: bigint) => number
  /** The deposit that the ledger recorded at this index, if it has. */
  readonly recordedDeposit: (index: number) => { party: number; amount: Amount } | undefined
  /** Deposits already in the balances. */
  readonly absorbedDeposits: number
  /** The owner's own rule: quotes, prices, final close. Throws to refuse. */
  readonly consent?: ((operation: Operation, state: ChannelState) => void) | undefined
}

/** Checkpoints between the last moment to answer a dispute and an expiry that I rely on. */
export const EXPIRY_MARGIN = 4n

export function judgeOperations(base: ChannelState, operations: readonly Operation[], view: Judgement): void {
  let absorbed = view.absorbedDeposits
  for (const operation of operations) {
    switch (operation.kind) {
      case 'addHtlc': {
        const soonest = view.height + view.challengePeriod + EXPIRY_MARGIN
        if (operation.body.expiry < soonest)
          throw refused(
            `A payment to me must not expire before height ${soonest}, this one does at ${operation.body.expiry}.`,
          )
        break
      }
      case 'failHtlc': {
        const payment = base.pending.find(({ id }) => id === operation.body.id)
        const isMine = payment !== undefined && payment.payer !== view.party
        if (isMine && view.height <= payment.expiry)
          throw refused(
            `Payment ${payment.id} can be taken until height ${payment.expiry}; it is ${view.height}.`,
          )
        break
      }
      case 'foldStream':
        break
      case 'closeStream': {
        const run = base.streams.find(({ id }) => id === operation.body.id)
        if (run === undefined || run.payer === view.party) break
        const shown = view.ticksShown(run.id)
        if (operation.body.ticks < shown)
          throw refused(
            `Stream ${run.id} has shown me ${shown} ticks, the close pays ${operation.body.ticks}.`,
          )
        break
      }
      case 'absorbDeposit': {
        const recorded = view.recordedDeposit(operation.body.index)
        const isNext = operation.body.index === absorbed
        if (!isNext || recorded?.party !== operation.body.party || recorded.amount !== operation.body.amount)
          throw refused(
            `The ledger has not recorded deposit ${operation.body.index} as stated. Wait for its inclusion.`,
          )
        absorbed += 1
        break
      }
    }
    view.consent?.(operation, base)
  }
}

const refused = (message: string): ChannelError => new ChannelError('CHANNEL_REFUSED', message)
