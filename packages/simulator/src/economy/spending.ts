/** The attacker's account book: every act of an attack writes a line, so that sums are computed and never stated. */
import type { Economy } from './economy.ts'

export type SpendingKind =
  /** Fees of settlements and transactions. */
  | 'fee'
  /** Price of an edge that an honest agent accepted. */
  | 'bridge'
  /** Value lost on purchases made for their evidence alone. */
  | 'purchase'
  /** Identity that passes KYC, or attestation without. */
  | 'identity'
  /** Interest paid to earn a payment history. */
  | 'history'
  /** Paid to an anchor. */
  | 'bribe'
  /** Locked money: costs its time value, and all of itself if it is forfeited. */
  | 'bond'
  /** Locked like a bond, by an anchor seat of the attacker's own; forfeited in part. */
  | 'stake'

export interface SpendingLine {
  readonly kind: SpendingKind
  /** ≥ 0, USDC. */
  readonly amount: number
  /** Place of the agent in the world's list for whom it was spent. */
  readonly agent: number
  /** Bonds and stakes: from locking to return. */
  readonly lockedDays?: number
}

export interface SpendingSummary {
  readonly fees: number
  readonly bridges: number
  readonly purchases: number
  readonly identities: number
  readonly histories: number
  readonly bribes: number
  readonly bondsLocked: number
  readonly stakesLocked: number
  readonly timeValue: number
  /** Everything that does not come back if no bond is forfeited; fees net of what the attacker's own validators earn. */
  readonly sunk: number
}

/** Simple interest on what is locked; the fees that return through the attacker's validators are not a cost. */
export function summariseSpending(lines: readonly SpendingLine[], economy: Economy): SpendingSummary {
  const of = (kind: SpendingKind): number =>
    lines.reduce((sum, line) => (line.kind === kind ? sum + line.amount : sum), 0)
  const timeValue = lines.reduce(
    (sum, { kind, amount, lockedDays }) =>
      kind === 'bond' || kind === 'stake'
        ? sum + (amount * economy.timeValue * (lockedDays ?? 0)) / 365
        : sum,
    0,
  )
  const fees = of('fee')
  const [bridges, purchases, identities] = [of('bridge'), of('purchase'), of('identity')]
  const [histories, bribes] = [of('history'), of('bribe')]
  return {
    fees,
    bridges,
    purchases,
    identities,
    histories,
    bribes,
    bondsLocked: of('bond'),
    stakesLocked: of('stake'),
    timeValue,
    sunk:
      fees * (1 - economy.validatorShare) + bridges + purchases + identities + histories + bribes + timeValue,
  }
}
