/**
 * The books: the state of a budget, and what each recorded operation does to it.
 *
 * They refuse nothing but what does not fit, because only operations that Budget has checked are recorded. The state is a
 * function of the list of operations, so a restart applies the journal again and stands where it stood.
 */
import { type Amount, type Hash, hashKey } from '@symbolon/primitives'
import { type ChannelState, channelId, channelStateDigest, type Party } from '@symbolon/protocol'
import { MandatesError } from '../errors.ts'
import { CLOSED_INTENTS_MAX } from '../limits.ts'
import { Allowance, type Demand, flowOf } from './allowance.ts'
import { ChannelPot, type Lock, type ReturningLock } from './channel-pot.ts'
import { demandOf, labels, unpaid } from './demand.ts'
import type { Hold } from './hold.ts'
import { lesser } from './lesser.ts'
import { mandateDigest, type SignedMandate } from './mandate.ts'
import type { Authorization, BudgetOperation } from './operation.ts'

/** A state that a mandate is to pay for. */
export interface Advance {
  state: ChannelState
  /** Digest of the mandate that pays. */
  mandate: Hash
  task?: string | undefined
  resource?: string | undefined
}

/** What became of a hold. */
export interface Outcome {
  /** Base units that reached providers, and what was locked and is gone. */
  paid: Amount
  /** Base units that the network charged. */
  fee: Amount
  /** False if the deposit never reached the channel; default true. */
  deposited?: boolean
}

interface ClosedIntent {
  payer: Allowance
  /** What was spent and not refunded. */
  refundable: Amount
}

export class Books {
  readonly frame: Hash
  readonly nodes = new Map<string, Allowance>()
  readonly issuerKeys = new Map<Allowance, Uint8Array>()
  readonly holds = new Map<string, Hold>()
  readonly closed = new Map<string, ClosedIntent>()
  readonly pots = new Map<string, ChannelPot>()

  constructor(frame: Hash) {
    this.frame = frame
  }

  /** The whole state transition; it checks no limit, since only checked operations are recorded. */
  apply(operation: BudgetOperation): void {
    switch (operation.kind) {
      case 'mandate':
        this.#applyMandate(operation.body.signed)
        return
      case 'authorize':
        this.#applyAuthorize(operation.body.authorization, operation.body.at, operation.body.unchecked)
        return
      case 'commit':
        this.#applyCommit(operation.body.intent, operation.body)
        return
      case 'release':
        this.#applyRelease(operation.body.intent)
        return
      case 'refund':
        this.#applyRefund(operation.body.intent, operation.body.amount)
        return
      case 'margin':
        this.node(operation.body.mandate).marginReleased = true
        return
      case 'channel': {
        const { terms, party, mandate } = operation.body
        const channel = channelId(this.frame, terms)
        const pot = new ChannelPot(this.frame, channel, terms, party as Party, this.node(mandate))
        this.pots.set(hashKey(channel), pot)
        return
      }
      case 'advance':
        this.#applyAdvance(operation.body, operation.body.at, operation.body.unchecked)
        return
      case 'countersigned':
        this.#applyCountersigned(this.pot(operation.body.channel))
        return
      case 'closed':
        this.#settlePot(this.pot(operation.body.channel), operation.body.payout)
        return
    }
  }

  #applyMandate(signed: SignedMandate): void {
    const { mandate: of } = signed
    const node = new Allowance(of, of.parent === undefined ? undefined : this.node(of.parent))
    this.nodes.set(hashKey(mandateDigest(of)), node)
    this.issuerKeys.set(node, signed.publicKey)
  }

  #applyAuthorize(of: Authorization, at: number, unchecked: boolean): void {
    const payer = this.node(of.mandate)
    const pot = of.deposit === undefined ? undefined : this.pot(of.deposit.channel)
    const demand = demandOf(of, pot)
    const amount = flowOf(demand) + (of.locked ?? 0n)
    const deposit = of.deposit?.amount ?? 0n
    for (const node of payer.path()) {
      node.move('available', 'committed', amount + deposit)
      node.count(demand, at)
      if (unchecked) node.unchecked += amount
    }
    if (pot !== undefined) {
      pot.free += deposit
      if (pot.funded) pot.unabsorbed += deposit
      pot.funded = true
    }
    this.holds.set(hashKey(of.intent), { authorization: of, payer, amount, at })
  }

  #applyCommit(intent: Hash, { paid, fee, deposited }: Required<Outcome>): void {
    const { authorization: of, payer, amount, at } = this.hold(intent)
    const unused = { payments: unpaid(of.payments, paid), fee: of.fee - fee, task: of.task }
    for (const node of payer.path()) {
      node.move('committed', 'spent', paid + fee)
      node.move('committed', 'available', amount - paid - fee)
      if (!deposited) node.move('committed', 'available', of.deposit?.amount ?? 0n)
      node.uncount(unused, at)
    }
    if (!deposited && of.deposit !== undefined)
      this.#withdrawDeposit(this.pot(of.deposit.channel), of.deposit.amount)
    this.#closeIntent(intent, payer, paid + fee)
  }

  #applyRelease(intent: Hash): void {
    const { authorization: of, payer, amount, at } = this.hold(intent)
    for (const node of payer.path()) {
      node.move('committed', 'available', amount + (of.deposit?.amount ?? 0n))
      node.uncount({ payments: of.payments, fee: of.fee, task: of.task }, at)
    }
    if (of.deposit !== undefined) this.#withdrawDeposit(this.pot(of.deposit.channel), of.deposit.amount)
    this.#closeIntent(intent, payer, 0n)
  }

  #withdrawDeposit(pot: ChannelPot, amount: Amount): void {
    pot.free -= amount
    if (pot.unabsorbed >= amount) pot.unabsorbed -= amount
    else pot.funded = false
  }

  #applyRefund(intent: Hash, amount: Amount): void {
    const closed = this.settled(intent)
    closed.refundable -= amount
    for (const node of closed.payer.path()) node.move('spent', 'available', amount)
  }

  demandOfAdvance(pot: ChannelPot, of: Advance): { demand: Demand; taken: Amount; fromPot: Amount } {
    const { flow } = pot.step(of.state)
    const payer = this.node(of.mandate)
    if (!payer.isWithin(pot.owner))
      throw new MandatesError(
        'CHANNEL_UNKNOWN',
        'this mandate may not pay through that channel: it belongs to another branch',
      )
    const amount = flow.direct + flow.locked.reduce((sum, lock) => sum + lock.amount, 0n)
    const payments = amount === 0n ? [] : [{ provider: pot.counterparty, amount }]
    const fromPot = lesser(amount, pot.free)
    return {
      demand: { payments, fee: 0n, windsDown: amount === 0n, ...labels(of) },
      taken: amount - fromPot,
      fromPot,
    }
  }

  #applyAdvance(of: Advance, at: number, unchecked: boolean): void {
    const pot = this.pot(of.state.channel)
    const { flow, absorbed } = pot.step(of.state)
    const { demand, taken, fromPot } = this.demandOfAdvance(pot, of)
    const payer = this.node(of.mandate)
    const amount = flowOf(demand)
    for (const node of payer.path()) {
      // From the owner up the pot is committed already; below it nothing is until now.
      node.move('available', 'committed', pot.owner.isWithin(node) ? taken : amount)
      node.move('committed', 'spent', flow.direct)
      node.count(demand, at)
      if (unchecked) node.unchecked += amount
    }
    pot.free -= fromPot
    pot.unabsorbed -= absorbed
    for (const { name, amount: paid } of flow.paid) {
      for (const node of this.#lock(pot, name).payer.path()) node.move('committed', 'spent', paid)
      takeFromLock(pot, name, paid)
    }
    for (const { name, amount: back } of flow.returned)
      pot.returning.push({
        ...this.#lock(pot, name),
        amount: takeFromLock(pot, name, back),
        until: pot.newest.sequence,
      })
    for (const { name, amount: locked } of flow.locked) {
      const known = pot.locks.get(name)
      pot.locks.set(name, {
        name,
        amount: locked + (known?.amount ?? 0n),
        payer: known?.payer ?? payer,
        demand: labels(of),
        at,
      })
    }
    pot.newest = of.state
    pot.newestDigest = channelStateDigest(this.frame, of.state)
  }

  #applyCountersigned(pot: ChannelPot): void {
    const isFree = ({ until }: ReturningLock): boolean => until < pot.newest.sequence
    for (const lock of pot.returning.filter(isFree)) {
      const demand = {
        ...lock.demand,
        payments: [{ provider: pot.counterparty, amount: lock.amount }],
        fee: 0n,
      }
      for (const node of lock.payer.path()) {
        if (!pot.owner.isWithin(node)) node.move('committed', 'available', lock.amount)
        node.uncount(demand, lock.at)
      }
      pot.free += lock.amount
    }
    pot.returning = pot.returning.filter((lock) => !isFree(lock))
    // A final state has no locks; what a competing state still promises is counted as gone.
    if (pot.newest.final) this.#settlePot(pot, pot.free)
  }

  /** The payout covers the pot first; what it does not cover was claimed by the other side. */
  #settlePot(pot: ChannelPot, payout: Amount): void {
    const total = pot.total
    const back = lesser(total, payout)
    for (const node of pot.owner.path()) {
      node.move('committed', 'available', back)
      node.move('committed', 'spent', total - back)
    }
    let lost = total - back
    for (const lock of [...pot.locks.values(), ...pot.returning]) {
      const gone = lesser(lock.amount, lost)
      lost -= gone
      for (const node of lock.payer.path()) {
        if (pot.owner.isWithin(node)) break
        node.move('committed', 'spent', gone)
        node.move('committed', 'available', lock.amount - gone)
      }
    }
    this.pots.delete(hashKey(pot.channel))
    this.#closeIntent(pot.channel, pot.owner, 0n)
  }
  #closeIntent(intent: Hash, payer: Allowance, refundable: Amount): void {
    this.holds.delete(hashKey(intent))
    this.closed.set(hashKey(intent), { payer, refundable })
    if (this.closed.size <= CLOSED_INTENTS_MAX) return
    const oldest = this.closed.keys().next().value
    if (oldest !== undefined) this.closed.delete(oldest)
  }
  node(mandate: Hash): Allowance {
    const node = this.nodes.get(hashKey(mandate))
    if (node === undefined)
      throw new MandatesError('MANDATE_UNKNOWN', 'add the mandate, and those above it, to the budget first')
    return node
  }

  hold(intent: Hash): Hold {
    const hold = this.holds.get(hashKey(intent))
    if (hold === undefined)
      throw new MandatesError('HOLD_UNKNOWN', 'no open hold has this intent: it was settled, or never made')
    return hold
  }

  /** Of an intent that is over. Errors: HOLD_UNKNOWN. */
  settled(intent: Hash): ClosedIntent {
    const closed = this.closed.get(hashKey(intent))
    if (closed === undefined) throw new MandatesError('HOLD_UNKNOWN', 'nothing was spent under this intent')
    return closed
  }

  pot(channel: Hash): ChannelPot {
    const pot = this.pots.get(hashKey(channel))
    if (pot === undefined)
      throw new MandatesError(
        'CHANNEL_UNKNOWN',
        'the channel is settled, or was not opened through this budget',
      )
    return pot
  }

  #lock(pot: ChannelPot, name: string): Lock {
    const lock = pot.locks.get(name)
    if (lock === undefined)
      throw new MandatesError(
        'BUDGET_INVARIANT',
        'a lock of the signed state is not in the pot: stop and audit',
      )
    return lock
  }
}

/** Returns `amount`, for the caller's convenience. */
function takeFromLock(pot: ChannelPot, name: string, amount: Amount): Amount {
  const lock = pot.locks.get(name)
  if (lock === undefined || lock.amount <= amount) pot.locks.delete(name)
  else pot.locks.set(name, { ...lock, amount: lock.amount - amount })
  return amount
}
