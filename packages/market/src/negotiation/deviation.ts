/**
 * The combined deviation of countered fields (NG-4), defined here because the source gives no formula:
 *
 *   deviation = Σ over soft fields of ceil( |proposed − preferred| × 1,000,000 ÷ max(preferred, 1) )
 *
 * in ppm, compared with one tolerance. Rounding up means that no run of small counters is free.
 */
import { SOFT_FIELDS, type SoftField, type SoftTerms } from './terms.ts'

const PPM = 1_000_000n

export function relativeDeviationPpm(preferred: bigint, proposed: bigint): bigint {
  const distance = proposed > preferred ? proposed - preferred : preferred - proposed
  const base = preferred > 0n ? preferred : 1n
  return (distance * PPM + base - 1n) / base
}

export function combinedDeviationPpm(preferred: SoftTerms, proposed: SoftTerms): bigint {
  let sum = 0n
  for (const field of SOFT_FIELDS) sum += relativeDeviationPpm(preferred[field], proposed[field])
  return sum
}

export function counteredFields(preferred: SoftTerms, proposed: SoftTerms): SoftField[] {
  return SOFT_FIELDS.filter((field) => preferred[field] !== proposed[field])
}
