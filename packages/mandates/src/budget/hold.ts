/** A hold: base units taken from `available` for one intent, until it is known what became of it (AP2 #207). */
import { type Amount, asHash, type Hash } from '@symbolon/primitives'
import type { Allowance, Moment } from './allowance.ts'
import type { Authorization } from './operation.ts'

export interface Hold {
  readonly authorization: Authorization
  readonly payer: Allowance
  /** Payments, fee and what is locked, base units; the deposit, if any, is in the pot of its channel. */
  readonly amount: Amount
  /** Unix seconds. */
  readonly at: number
}

/** What callers see of a hold. */
export interface HoldReport {
  intent: Hash
  mandate: Hash
  amount: Amount
  deposit: Amount
  at: number
  lockedUntil?: number | undefined
  lockedUntilHeight?: bigint | undefined
  signed: boolean
  /** Its time is over. If it was signed, look for its outcome on the ledger. */
  overdue: boolean
}

export function isOverdue({ authorization: { lockedUntil, lockedUntilHeight } }: Hold, now: Moment): boolean {
  if (lockedUntil !== undefined && now.seconds > lockedUntil) return true
  return lockedUntilHeight !== undefined && now.height !== undefined && now.height > lockedUntilHeight
}

export function reportHold(hold: Hold, now: Moment): HoldReport {
  const { authorization: of } = hold
  return {
    intent: asHash(of.intent.slice()),
    mandate: asHash(of.mandate.slice()),
    amount: hold.amount,
    deposit: of.deposit?.amount ?? 0n,
    at: hold.at,
    lockedUntil: of.lockedUntil,
    lockedUntilHeight: of.lockedUntilHeight,
    signed: of.signed,
    overdue: isOverdue(hold, now),
  }
}
