/**
 * The budget: a tree of mandates, the holds on them, and the pots of their channels (books.ts keeps them).
 *
 * Every change is one synchronous step: check, hand the operation to `record` (the journal), apply. Nothing can run
 * between the check and the take, whatever awaits before or after (CG-10); the caller lets no signature go before the
 * record is durable. An operation counts at its mandate and at every one above it, or nowhere.
 *
 * Cost of an authorisation: a few map look-ups per level of the tree and window, 5 levels at most; about 5 µs.
 */
import {
  type Address,
  type Amount,
  bytes,
  domainDigest,
  ed25519,
  encode,
  equalBytes,
  type Hash,
  hash,
  hashKey,
  record,
} from '@symbolon/primitives'
import {
  type ChannelState,
  type ChannelTerms,
  channelId,
  channelStateDigest,
  type Party,
} from '@symbolon/protocol'
import { MandatesError } from '../errors.ts'
import { CHANNELS_MAX, DEPTH_MAX, MANDATES_MAX, OPEN_HOLDS_MAX } from '../limits.ts'
import { type Allowance, type Demand, flowOf, type Moment } from './allowance.ts'
import { type Advance, Books, type Outcome } from './books.ts'
import { checkLink } from './chain.ts'
import type { ChannelPot } from './channel-pot.ts'
import { demandOf, labels, sumOf } from './demand.ts'
import { type HoldReport, isOverdue, reportHold } from './hold.ts'
import {
  type KeyCheck,
  type Mandate,
  mandateDigest,
  type SignedMandate,
  verifyMandateSignature,
} from './mandate.ts'
import { type Authorization, authorization, type BudgetOperation } from './operation.ts'

export interface BudgetOptions {
  frame: Hash
  /** Whose money it is: the issuer of every mandate without a parent. */
  principal: Address
  /** Gets each operation before it is applied; throwing refuses it. */
  record: (operation: BudgetOperation) => void
  mayKeySign?: KeyCheck
}

/** Where the base units of one mandate are. `available` + `committed` + `spent` = `total`. */
export interface BudgetReport {
  total: Amount
  available: Amount
  committed: Amount
  spent: Amount
  /** Part of `available` that the margin keeps back. */
  margin: Amount
  /** Part of `committed` that lies in one's own channels (BT-5: what an unbounded agent could lose at once). */
  inChannels: Amount
}

const marginRelease = record('margin-release', { mandate: [1, hash], release: [2, bytes(6, 6)] })

/** What the issuer signs to release the margin of a mandate (CG-8). */
export function marginReleaseDigest(frame: Hash, mandate: Hash): Hash {
  return domainDigest('request', frame, encode(marginRelease, { mandate, release: Buffer.from('margin') }))
}

export class Budget {
  readonly #options: BudgetOptions
  readonly #books: Books
  /** Channels whose newest state was signed before the last restart, and none since. */
  readonly #fromEarlierLife = new Set<string>()

  constructor(options: BudgetOptions) {
    this.#options = options
    this.#books = new Books(options.frame)
  }

  /** Applies journalled operations again, in order. Errors: BUDGET_REPLAY, for a list that this budget did not write. */
  replay(operations: Iterable<BudgetOperation>): void {
    for (const operation of operations)
      try {
        this.#books.apply(operation)
      } catch (cause) {
        throw new MandatesError(
          'BUDGET_REPLAY',
          `the journalled operation "${operation.kind}" does not fit: restore the journal`,
          {
            cause,
          },
        )
      }
    for (const key of this.#books.pots.keys()) this.#fromEarlierLife.add(key)
  }

  /**
   * Adds a mandate; its parent must be there. Adding it again changes nothing. Returns its digest. Errors in order:
   * MANDATE_FRAME, MANDATE_UNKNOWN (parent), MANDATE_PARENT, MANDATE_ISSUER, MANDATE_WIDENED, MANDATE_DEPTH,
   * MANDATE_SIGNATURE, BUDGET_BOUND.
   */
  add(signed: SignedMandate, { seconds }: Moment): Hash {
    const { mandate: of } = signed
    const digest = mandateDigest(of)
    if (this.#books.nodes.has(hashKey(digest))) return digest
    this.checkPlace(of)
    verifyMandateSignature(signed, this.#options.mayKeySign)
    this.#checkRoom(this.#books.nodes.size, MANDATES_MAX, 'MANDATES_MAX')
    this.#do({ kind: 'mandate', body: { at: seconds, signed } })
    return digest
  }

  /** What `add` checks before the signature: that the mandate has a place in this tree. */
  checkPlace(of: Mandate): void {
    if (!equalBytes(of.frame, this.#options.frame))
      throw new MandatesError('MANDATE_FRAME', 'the mandate is for another frame: it authorises nothing here')
    const parent = of.parent === undefined ? undefined : this.#books.node(of.parent)
    checkLink(of, parent?.mandate)
    if (parent === undefined && !equalBytes(of.issuer, this.#options.principal))
      throw new MandatesError('MANDATE_ISSUER', 'a mandate without a parent must come from the principal')
    if (parent !== undefined && [...parent.path()].length >= DEPTH_MAX)
      throw new MandatesError('MANDATE_DEPTH', `a chain has at most DEPTH_MAX (${DEPTH_MAX}) mandates`)
  }

  /** Frees the margin for use, on the issuer's signature over `marginReleaseDigest`. Errors: MANDATE_UNKNOWN, MANDATE_SIGNATURE. */
  releaseMargin(mandate: Hash, signature: Uint8Array, { seconds }: Moment): void {
    const node = this.#books.node(mandate)
    const key = this.#books.issuerKeys.get(node) ?? new Uint8Array()
    if (!ed25519.verify(signature, marginReleaseDigest(this.#options.frame, mandate), key))
      throw new MandatesError('MANDATE_SIGNATURE', 'only the issuer of the mandate can release its margin')
    this.#do({ kind: 'margin', body: { at: seconds, mandate, signature } })
  }

  /** The checks of an authorisation that need no counters: cheap, so they come before any other predicate. */
  checkScope(mandate: Hash, demand: Demand, now: Moment): void {
    for (const node of this.#books.node(mandate).path()) node.checkScope(demand, now)
  }

  /** The checks against counters. `taken`: what would leave `available`. */
  checkCounters(mandate: Hash, demand: Demand, taken: Amount, now: Moment): void {
    for (const node of this.#books.node(mandate).path()) node.checkCounters(demand, taken, now)
  }

  /** All that `authorize` checks, changing nothing. Same errors. */
  check(of: Authorization, now: Moment): void {
    const payer = this.#books.node(of.mandate)
    const pot = of.deposit === undefined ? undefined : this.#books.pot(of.deposit.channel)
    if (pot !== undefined && payer !== pot.owner)
      throw new MandatesError('CHANNEL_UNKNOWN', 'another mandate owns this channel: let it pay the deposit')
    this.#checkRoom(this.#books.holds.size, OPEN_HOLDS_MAX, 'OPEN_HOLDS_MAX')
    const demand = demandOf(of, pot)
    const taken = flowOf(demand) + (of.locked ?? 0n) + (of.deposit?.amount ?? 0n)
    this.checkScope(of.mandate, demand, now)
    this.checkCounters(of.mandate, demand, taken, now)
  }

  /**
   * Takes everything that the intent can cost, at its mandate and all above it, or nothing. The same intent again returns
   * the hold that there is. Errors in order: INTENT_CLOSED, INTENT_REUSED (same key, other content), MANDATE_UNKNOWN,
   * CHANNEL_UNKNOWN, BUDGET_BOUND, then the refusals in the order of RefusalCode.
   * @param unchecked a predicate could not be evaluated; counts towards the backstop
   */
  authorize(of: Authorization, now: Moment, unchecked = false): HoldReport {
    const known = this.#books.holds.get(hashKey(of.intent))
    if (known !== undefined) {
      if (!sameAuthorization(known.authorization, of))
        throw new MandatesError(
          'INTENT_REUSED',
          'this intent already holds money for something else: use a new identifier',
        )
      return reportHold(known, now)
    }
    if (this.#books.closed.has(hashKey(of.intent)))
      throw new MandatesError(
        'INTENT_CLOSED',
        'this intent was settled before: a new payment needs a new intent',
      )
    this.check(of, now)
    this.#do({ kind: 'authorize', body: { at: now.seconds, authorization: of, unchecked } })
    return reportHold(this.#books.hold(of.intent), now)
  }

  /** The intent cost this much: debits the actual, not the ceiling, and credits the rest. Errors: HOLD_UNKNOWN, HOLD_EXCEEDED. */
  commit(intent: Hash, { paid, fee, deposited = true }: Outcome, { seconds }: Moment): void {
    const { authorization: of } = this.#books.hold(intent)
    const payable = sumOf(of.payments) + (of.locked ?? 0n)
    if (paid > payable || fee > of.fee)
      throw new MandatesError(
        'HOLD_EXCEEDED',
        `the hold covers ${payable} and a fee of ${of.fee}, not ${paid} and ${fee}`,
      )
    if (!deposited) this.#requireDepositUntouched(of)
    this.#do({ kind: 'commit', body: { at: seconds, intent, paid, fee, deposited } })
  }

  /** Gives everything back, the deposit included: the intent can no longer cost anything. Errors: HOLD_UNKNOWN, HOLD_EXCEEDED. */
  release(intent: Hash, { seconds }: Moment): void {
    const { authorization: of } = this.#books.hold(intent)
    this.#requireDepositUntouched(of)
    this.#do({ kind: 'release', body: { at: seconds, intent } })
  }

  /** A provider paid back. Counters of rate windows, tasks and providers stay as they are. Errors: HOLD_UNKNOWN, HOLD_EXCEEDED. */
  refund(intent: Hash, amount: Amount, { seconds }: Moment): void {
    const closed = this.#books.settled(intent)
    if (amount > closed.refundable)
      throw new MandatesError('HOLD_EXCEEDED', `at most ${closed.refundable} base units can be refunded`)
    this.#do({ kind: 'refund', body: { at: seconds, intent, amount } })
  }

  /** Base units that were spent under the intent and not refunded. Errors: HOLD_UNKNOWN. */
  refundable(intent: Hash): Amount {
    return this.#books.settled(intent).refundable
  }

  /** Releases every hold whose time is over and for which no signature left; returns the intents. */
  expire(now: Moment): Hash[] {
    const intents = [...this.#books.holds.values()]
      .filter((hold) => !hold.authorization.signed && isOverdue(hold, now))
      .map((hold) => hold.authorization.intent)
    for (const intent of intents) this.release(intent, now)
    return intents
  }

  /**
   * Registers a channel that `mandate` will fund, in its opening state. Again: changes nothing.
   * Errors: MANDATE_UNKNOWN, CHANNEL_CLOSED, BUDGET_BOUND.
   */
  openChannel(terms: ChannelTerms, party: Party, mandate: Hash, { seconds }: Moment): Hash {
    const channel = channelId(this.#options.frame, terms)
    this.#books.node(mandate)
    if (this.#books.pots.has(hashKey(channel))) return channel
    if (this.#books.closed.has(hashKey(channel)))
      throw new MandatesError('CHANNEL_CLOSED', 'this channel was settled before')
    this.#checkRoom(this.#books.pots.size, CHANNELS_MAX, 'CHANNELS_MAX')
    this.#do({ kind: 'channel', body: { at: seconds, mandate, terms, party } })
    return channel
  }

  /**
   * Takes what signing the next state of a channel costs; the state then counts as signed. The newest state again costs
   * nothing. Errors in order: CHANNEL_UNKNOWN, MANDATE_UNKNOWN, those of ChannelPot.step, then the refusals.
   * Returns true if the state is new.
   */
  advance(of: Advance, now: Moment, unchecked = false): boolean {
    const pot = this.#books.pot(of.state.channel)
    if (equalBytes(channelStateDigest(this.#options.frame, of.state), pot.newestDigest)) return false
    this.#requireSuccessor(pot, of.state)
    const { demand, taken } = this.#books.demandOfAdvance(pot, of)
    this.checkScope(of.mandate, demand, now)
    for (const node of this.#books.node(of.mandate).path())
      node.checkCounters(demand, pot.owner.isWithin(node) ? taken : flowOf(demand), now)
    this.#do({
      kind: 'advance',
      body: { at: now.seconds, mandate: of.mandate, state: of.state, unchecked, ...labels(of) },
    })
    this.#fromEarlierLife.delete(hashKey(pot.channel))
    return true
  }

  /** One state per sequence and life (ST-3). Whether the last one of an earlier life ever reached the engine's disk is not known. */
  #requireSuccessor(pot: ChannelPot, { sequence }: ChannelState): void {
    if (sequence === pot.newest.sequence && !this.#fromEarlierLife.has(hashKey(pot.channel)))
      throw new MandatesError(
        'CHANNEL_STALE',
        `a state of sequence ${sequence} is signed already: build on the newest signed state`,
        { details: { sequence, newest: pot.newest.sequence } },
      )
  }

  /** What the next state asks of its mandate. Errors: as `advance`, without the refusals. */
  demandOfAdvance(of: Advance): Demand {
    const pot = this.#books.pot(of.state.channel)
    this.#requireSuccessor(pot, of.state)
    return this.#books.demandOfAdvance(pot, of).demand
  }

  /**
   * The counterparty signed our newest state: what came back from locks is free again, and if the state is final the pot
   * is emptied. Errors: CHANNEL_UNKNOWN, CHANNEL_COUNTERSIGNATURE.
   */
  countersign(channel: Hash, signature: Uint8Array, { seconds }: Moment): void {
    const pot = this.#books.pot(channel)
    if (!pot.returning.some(({ until }) => until < pot.newest.sequence) && !pot.newest.final) return
    if (!ed25519.verify(signature, pot.newestDigest, pot.counterpartyKey))
      throw new MandatesError(
        'CHANNEL_COUNTERSIGNATURE',
        "not the counterparty's signature over the newest state of this channel",
      )
    this.#do({ kind: 'countersigned', body: { at: seconds, channel } })
  }

  /** The ledger closed the channel and paid `payout` to our side: the caller has verified it. Errors: CHANNEL_UNKNOWN. */
  closeChannel(channel: Hash, payout: Amount, { seconds }: Moment): void {
    this.#books.pot(channel)
    this.#do({ kind: 'closed', body: { at: seconds, channel, payout } })
  }

  /** Errors: MANDATE_UNKNOWN. PERF: linear in the open channels. */
  report(mandate: Hash): BudgetReport {
    const node = this.#books.node(mandate)
    let inChannels = 0n
    for (const pot of this.#books.pots.values()) if (pot.owner.isWithin(node)) inChannels += pot.total
    const { available, committed, spent, margin } = node
    return { total: node.mandate.caps.total, available, committed, spent, margin, inChannels }
  }

  /** Holds that wait for their outcome: what to reconcile after a crash. */
  openHolds(now: Moment): HoldReport[] {
    return [...this.#books.holds.values()].map((hold) => reportHold(hold, now))
  }

  /** True while the intent holds money. */
  holds(intent: Hash): boolean {
    return this.#books.holds.has(hashKey(intent))
  }

  /** Of an open hold. Errors: HOLD_UNKNOWN. */
  authorization(intent: Hash): Readonly<Authorization> {
    return this.#books.hold(intent).authorization
  }

  /** The mandates, parents first. */
  mandates(): Hash[] {
    return [...this.#books.nodes.values()].map((node) => mandateDigest(node.mandate))
  }

  /** Errors: MANDATE_UNKNOWN. */
  allowance(mandate: Hash): Readonly<Allowance> {
    return this.#books.node(mandate)
  }

  /** Undefined for a channel that is unknown or settled. */
  pot(channel: Hash): Readonly<ChannelPot> | undefined {
    return this.#books.pots.get(hashKey(channel))
  }

  #do(operation: BudgetOperation): void {
    this.#options.record(operation)
    this.#books.apply(operation)
  }
  #requireDepositUntouched({ deposit }: Authorization): void {
    if (deposit !== undefined && this.#books.pot(deposit.channel).free < deposit.amount)
      throw new MandatesError('HOLD_EXCEEDED', 'the deposit has been paid out of: it cannot be given back')
  }
  #checkRoom(used: number, bound: number, name: string): void {
    if (used >= bound)
      throw new MandatesError('BUDGET_BOUND', `${name} (${bound}) is reached: settle what is open first`, {
        details: { [name]: bound },
      })
  }
}

/** Same content, field by field: the canonical encodings are equal. */
function sameAuthorization(a: Authorization, b: Authorization): boolean {
  return equalBytes(encode(authorization, a), encode(authorization, b))
}
