/**
 * How much a channel state takes from our side, computed from the state and the one signed before it, never declared.
 *
 * Our side is our balance plus what our pending payments and streams lock. Units leave it (the side shrinks), or stop
 * being free (a new lock); a lock that ends was either paid or has come back. Whether a single lock was paid cannot be
 * read from two states, but the sum can: what left is attributed to locks that ended, before the free balance.
 */
import { type Amount, hashKey } from '@symbolon/primitives'
import { type ChannelState, type Party, streamLocked } from '@symbolon/protocol'
import { lesser } from './lesser.ts'

/** A lock by name. The name holds everything that makes it another promise if it changes. */
export type LockName = string

export interface LockChange {
  name: LockName
  amount: Amount
}

export interface Outflow {
  /** Left the free balance for the other side at once. */
  direct: Amount
  /** Newly locked: new payments and streams, and growth of old ones. */
  locked: LockChange[]
  /** Left a lock for the other side: folded ticks, fulfilled payments. */
  paid: LockChange[]
  /** Came back from a lock to our balance: failed payments, unused ticks. */
  returned: LockChange[]
}

export function ownLocks(state: ChannelState, party: Party): Map<LockName, Amount> {
  const locks = new Map<LockName, Amount>()
  const add = (name: LockName, amount: Amount): void => void locks.set(name, (locks.get(name) ?? 0n) + amount)
  for (const one of state.pending)
    if (one.payer === party)
      add(`htlc ${one.id} ${one.amount} ${one.expiry} ${hashKey(one.paymentHash)}`, one.amount)
  for (const one of state.streams)
    if (one.payer === party) add(`stream ${one.id} ${one.tickValue} ${hashKey(one.quote)}`, streamLocked(one))
  return locks
}

/** Our balance and everything that we have locked. */
export function ownTotal(state: ChannelState, party: Party): Amount {
  let total = state.balances[party] ?? 0n
  for (const one of state.pending) if (one.payer === party) total += one.amount
  for (const one of state.streams) if (one.payer === party) total += streamLocked(one)
  return total
}

/**
 * @param added what deposits of ours put into our side between the two states
 * PERF: linear in the locks of both states, at most 128 each.
 */
export function outflow(previous: ChannelState, next: ChannelState, party: Party, added: Amount): Outflow {
  const before = ownLocks(previous, party)
  const after = ownLocks(next, party)
  const locked: LockChange[] = []
  const ended: LockChange[] = []
  for (const [name, amount] of after) {
    const growth = amount - (before.get(name) ?? 0n)
    if (growth > 0n) locked.push({ name, amount: growth })
  }
  for (const [name, amount] of before) {
    const decline = amount - (after.get(name) ?? 0n)
    if (decline > 0n) ended.push({ name, amount: decline })
  }
  const left = ownTotal(previous, party) + added - ownTotal(next, party)
  // Income: nothing left. It never widens a mandate, so it is not counted at all.
  let unattributed = left > 0n ? left : 0n
  const paid: LockChange[] = []
  const returned: LockChange[] = []
  for (const { name, amount } of ended) {
    const gone = lesser(amount, unattributed)
    unattributed -= gone
    if (gone > 0n) paid.push({ name, amount: gone })
    if (amount > gone) returned.push({ name, amount: amount - gone })
  }
  return { direct: unattributed, locked, paid, returned }
}
