/** Payments that outlived the settlement: each leaves alone, and the last one ends the channel. */
import type { Amount, Hash } from '@symbolon/primitives'
import { CHANNEL_STATUS, type ChannelRecord, type Htlc, type Party } from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { ExecutionContext, Movement } from '../../module.ts'
import { endChannel, feeFloor, payout } from './payout.ts'
import { writeChannel } from './record.ts'

/** Throws HTLC_UNKNOWN. */
export function findHtlc(pending: readonly Htlc[], id: bigint): Htlc {
  const found = pending.find((payment) => payment.id === id)
  if (found === undefined)
    throw new LedgerError(
      'HTLC_UNKNOWN',
      'no such payment is pending here: it was never in the state, or was resolved before',
    )
  return found
}

/** Takes the payment out of a settling channel and says what moves. `emit` runs before the event that ends the channel. */
export function resolve(
  context: ExecutionContext,
  id: Hash,
  channel: ChannelRecord,
  payment: Htlc,
  to: Party,
  gas: bigint,
  emit: (movement: Movement) => void,
): void {
  const unresolved = channel.unresolved
  if (channel.status !== CHANNEL_STATUS.settling || unresolved === undefined)
    throw new LedgerError('CHANNEL_NOT_SETTLING', 'the channel has not settled with payments pending')
  const amounts: [Amount, Amount] = to === 0 ? [payment.amount, 0n] : [0n, payment.amount]
  const payouts: [Amount, Amount] = [
    (channel.payouts?.[0] ?? 0n) + amounts[0],
    (channel.payouts?.[1] ?? 0n) + amounts[1],
  ]
  const pending = unresolved.pending.filter((other) => other.id !== payment.id)
  emit(payout(id, channel, amounts))
  if (pending.length > 0) {
    writeChannel(context, id, { ...channel, payouts, unresolved: { ...unresolved, pending } })
    return
  }
  endChannel(context, id, channel, {
    cooperative: false,
    payouts,
    sequence: unresolved.sequence,
    quote: unresolved.quote,
    auditHeads: unresolved.auditHeads,
    forfeitedBond: 0n,
    fee: feeFloor(context, gas),
  })
}
