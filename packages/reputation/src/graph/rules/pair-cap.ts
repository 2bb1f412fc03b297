/**
 * TRU-037. What two agents pay each other counts by the logarithm of its amount, and at most three times per epoch: two accounts
 * that send the same money back and forth gain little by doing it again, or with more.
 */
import { ReputationError } from '../../errors.ts'
import { type EvidenceRule, grouped } from './evidence-rule.ts'

export interface PairCapOptions {
  /** Payments from one agent to another that count in one epoch, the earliest; 3 unless told. */
  readonly counted?: number
  /** The amount that weighs 1; 1 unless told. */
  readonly unit?: number
}

/** Support with a value, and settlements without one (their weight stays). Errors: RULE_INVALID. */
export function pairCapRule({ counted = 3, unit = 1 }: PairCapOptions = {}): EvidenceRule {
  if (!(counted >= 1) || !(unit > 0 && unit < Number.POSITIVE_INFINITY))
    throw new ReputationError(
      'RULE_INVALID',
      `pair cap: counted ${counted} must be at least 1, unit ${unit} positive`,
    )
  return (input) => {
    const { table, setWeight, weightOf, find } = input
    const hasValue = (place: number): boolean => !Number.isNaN(table.values?.[place] ?? Number.NaN)
    const groups = grouped(
      input,
      (place) =>
        ((table.marks?.[place] ?? 0) & 1) === 0 && (hasValue(place) || table.kindAt(place) === 'settlement'),
      true,
    )
    const byAmount = find({
      rule: 'pair-cap',
      why: `weight by the logarithm of the amount in units of ${unit}`,
      nodes: [],
    })
    const tooMany = find({
      rule: 'pair-cap',
      why: `more than ${counted} payments from one agent to another in an epoch`,
      nodes: [],
    })
    for (const group of groups)
      for (const [rank, place] of group.entries())
        if (rank >= counted) setWeight(place, 0, tooMany)
        else if (hasValue(place)) {
          const weight = amountWeight(table.values![place]! / unit)
          if (weight !== weightOf(place)) setWeight(place, weight, byAmount)
        }
  }
}

/**
 * 1 + log2 of an amount of at least 1, the amount itself below, 0 if it is negative. Between powers of two the logarithm is drawn
 * straight: with + − × / alone the result is the same on every machine (TRU-012), at most 0.09 off.
 */
export function amountWeight(amount: number): number {
  if (!(amount > 0)) return 0
  if (amount < 1) return amount
  let power = 0
  let mantissa = amount
  while (mantissa >= 2) {
    mantissa /= 2
    power++
  }
  return 1 + power + (mantissa - 1)
}
