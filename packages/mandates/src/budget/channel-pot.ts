/**
 * The pot of one channel: budget units that lie in it. Collateral in one's own channel is exposure, not spending, so
 * the pot is part of `committed`; what leaves our side moves on to `spent`, and what is left at the close goes back to
 * `available`. Income is not in the pot: it belongs to the principal, and never widens a mandate.
 */
import { type Address, type Amount, equalBytes, type Hash } from '@symbolon/primitives'
import {
  type ChannelState,
  type ChannelTerms,
  channelStateDigest,
  openingState,
  otherParty,
  type Party,
  stateTotal,
} from '@symbolon/protocol'
import { MandatesError } from '../errors.ts'
import type { Allowance, Demand } from './allowance.ts'
import { type LockName, type Outflow, outflow } from './channel-outflow.ts'
import { lesser } from './lesser.ts'

/** Units promised to a pending payment or a stream. */
export interface Lock {
  name: LockName
  amount: Amount
  /** The mandate that pays; below the pot's owner, or the owner. */
  payer: Allowance
  demand: Omit<Demand, 'payments' | 'fee'>
  /** When it was counted, Unix seconds. */
  at: number
}

/** Units that ended without payment in a state that may not be the last word. */
export interface ReturningLock extends Lock {
  /** Highest sequence of a signed state that still promises them: a countersigned state above it sets them free. */
  until: bigint
}

export class ChannelPot {
  readonly channel: Hash
  readonly terms: ChannelTerms
  readonly party: Party
  /** The mandate whose money opened the channel; it and its descendants pay through it. */
  readonly owner: Allowance
  /** Base units of the budget that are free in the channel. */
  free: Amount = 0n
  readonly locks = new Map<LockName, Lock>()
  /** Ended without payment in a state that the counterparty has not signed: it can still close with an older one. */
  returning: ReturningLock[] = []
  /** The newest state we have signed; the opening state before any. */
  newest: ChannelState
  newestDigest: Hash
  /** Deposits of ours that no signed state has absorbed. */
  unabsorbed: Amount = 0n
  /** Our opening deposit, if any, has been taken from the mandate. */
  funded: boolean

  constructor(frame: Hash, channel: Hash, terms: ChannelTerms, party: Party, owner: Allowance) {
    this.channel = channel
    this.terms = terms
    this.party = party
    this.owner = owner
    this.newest = openingState(frame, terms)
    this.newestDigest = channelStateDigest(frame, this.newest)
    this.funded = (terms.deposits[party] ?? 0n) === 0n
  }

  get counterparty(): Address {
    return this.terms.parties[otherParty(this.party)] as Address
  }

  get counterpartyKey(): Uint8Array {
    return this.terms.keys[otherParty(this.party)] as Uint8Array
  }

  /** All base units of the budget that are in the channel. */
  get total(): Amount {
    let total = this.free
    for (const lock of this.locks.values()) total += lock.amount
    for (const lock of this.returning) total += lock.amount
    return total
  }

  /**
   * What signing `next` takes. Errors in order: CHANNEL_UNKNOWN (another channel), CHANNEL_NOT_FUNDED, CHANNEL_CLOSED
   * (a final state is signed), CHANNEL_STALE (sequence below the newest), CHANNEL_CONSERVATION (collateral vanishes).
   *
   * A second state of the newest sequence is what an engine asks for that crashed after this decision was durable and before its own
   * record was; the budget lets it pass once after a restart. At most one of the two can come into force, and the pot counts it as a
   * step from the first: what only one of them promises stays promised until both are behind. That overstates what leaves, and never
   * understates it.
   */
  step(next: ChannelState): { flow: Outflow; absorbed: Amount } {
    if (!equalBytes(next.channel, this.channel))
      throw new MandatesError('CHANNEL_UNKNOWN', 'the state is of another channel')
    if (!this.funded)
      throw new MandatesError(
        'CHANNEL_NOT_FUNDED',
        'authorise the opening transaction before the first payment',
      )
    if (this.newest.final)
      throw new MandatesError(
        'CHANNEL_CLOSED',
        'a final state of this channel is signed: nothing can follow it',
      )
    if (next.sequence < this.newest.sequence || next.sequence === 0n)
      throw new MandatesError(
        'CHANNEL_STALE',
        `sequence ${next.sequence} is below ${this.newest.sequence}, or the opening's: build on the newest signed state`,
        { details: { sequence: next.sequence, newest: this.newest.sequence } },
      )
    const grown = stateTotal(next) - stateTotal(this.newest)
    if (grown < 0n)
      throw new MandatesError(
        'CHANNEL_CONSERVATION',
        `the state divides ${-grown} base units less than the one before it`,
      )
    // If both sides have a deposit waiting, growth is taken for ours first: that can only overstate what leaves.
    const absorbed = lesser(grown, this.unabsorbed)
    return { flow: outflow(this.newest, next, this.party, absorbed), absorbed }
  }
}
