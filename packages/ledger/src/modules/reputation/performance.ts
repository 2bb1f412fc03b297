/**
 * Performance of one epoch (CON-100): a weighted mean of measures, each 0 … 1,000,000 parts per million.
 *
 *   0.30 × settlement rate + 0.25 × (1 − dispute loss rate) + 0.20 × volume + 0.25 × proof rate
 *
 * The loss rate enters as its complement: with the printed sign, losing every dispute raised the score (CON-101). A measure
 * that was not observed has no value, and its weight is shared by the others, so who never went to court or never submitted
 * a proof neither gains nor loses by it (CON-102).
 */
import { PPM, WEIGHT_DISPUTE, WEIGHT_PROOF, WEIGHT_SETTLEMENT, WEIGHT_VOLUME } from './limits.ts'

/** Parts per million; absent if not observed. */
export interface Measures {
  readonly settlementRate?: bigint | undefined
  readonly disputeLossRate?: bigint | undefined
  readonly volume?: bigint | undefined
  readonly proofRate?: bigint | undefined
}

/** Parts per million, truncated once at the end; undefined if nothing was observed. */
export function performance(of: Measures): bigint | undefined {
  const lossComplement = of.disputeLossRate === undefined ? undefined : PPM - of.disputeLossRate
  let sum = 0n
  let weights = 0n
  for (const [weight, value] of [
    [WEIGHT_SETTLEMENT, of.settlementRate],
    [WEIGHT_DISPUTE, lossComplement],
    [WEIGHT_VOLUME, of.volume],
    [WEIGHT_PROOF, of.proofRate],
  ] as const) {
    if (value === undefined) continue
    sum += weight * value
    weights += weight
  }
  return weights === 0n ? undefined : sum / weights
}

/** `part` of `whole` in parts per million, truncated; undefined without a denominator. */
export function rate(part: bigint, whole: bigint): bigint | undefined {
  return whole === 0n ? undefined : (part * PPM) / whole
}
