/**
 * Posted prices: a piecewise linear function of utilisation, never a scalar (CD-3).
 *
 *   price(u) = base                                                       below the first threshold
 *   price(u) = base × (multiplier + slope × (u − threshold)) , truncated   in the segment that u falls into
 *
 * A slope of zero is the step of CD-3 ("congestion multiplier active above the threshold"); a positive slope gives the
 * continuous gradient that keeps requests from clustering below thresholds (PG-6). The function never falls as load
 * rises, which is checked whenever a curve is encoded or decoded.
 */
import {
  type Amount,
  amount,
  boolean,
  checkAmount,
  enumeration,
  type Infer,
  list,
  record,
  refine,
  uint,
} from '@symbolon/primitives'
import { MarketError } from '../errors.ts'
import { MULTIPLIER_PPM_MAX, PRICE_SEGMENTS_MAX } from '../limits.ts'

export const PPM = 1_000_000
const PPM_SQUARED = BigInt(PPM) * BigInt(PPM)

export const UNITS = ['row', 'request', 'token', 'compute-second', 'byte'] as const
export type Unit = (typeof UNITS)[number]

export const priceSegment = record('price-segment', {
  /** Utilisation from which the segment counts, inclusive, ppm of capacity. */
  thresholdPpm: [1, uint(PPM, 'threshold')],
  /** Multiple of the base price at the threshold, ppm (1,000,000 = the base price). */
  multiplierPpm: [2, uint(MULTIPLIER_PPM_MAX, 'multiplier')],
  /** Growth of the multiple over a whole unit of utilisation, ppm. */
  slopePpm: [3, uint(MULTIPLIER_PPM_MAX, 'slope')],
})
export type PriceSegment = Infer<typeof priceSegment>

const pricingFields = record('pricing', {
  unit: [1, enumeration(UNITS, 'unit')],
  /** Base units of the asset per unit sold, at low utilisation. */
  base: [2, amount],
  segments: [3, list(priceSegment, PRICE_SEGMENTS_MAX)],
  /** Scarce slots go to the best bid; the curve is then only the floor (VK-6). */
  auction: [4, boolean],
})
export type Pricing = Infer<typeof pricingFields>

/** Multiple of the base, in ppm², so that nothing is rounded before the last step. */
function multipleAt(segment: PriceSegment, utilisationPpm: number): bigint {
  return (
    BigInt(segment.multiplierPpm) * BigInt(PPM) +
    BigInt(segment.slopePpm) * BigInt(utilisationPpm - segment.thresholdPpm)
  )
}

/** Throws PRICING_NOT_MONOTONE, or AMOUNT_OUT_OF_RANGE if the price at full load does not fit an amount. */
function checkPricing(pricing: Pricing): Pricing {
  let threshold = -1
  let reached = PPM_SQUARED
  let last: PriceSegment | undefined
  for (const segment of pricing.segments) {
    if (segment.thresholdPpm <= threshold)
      throw new MarketError('PRICING_NOT_MONOTONE', 'thresholds must rise from segment to segment')
    if (last !== undefined) reached = multipleAt(last, segment.thresholdPpm)
    if (multipleAt(segment, segment.thresholdPpm) < reached)
      throw new MarketError(
        'PRICING_NOT_MONOTONE',
        `the price falls at ${segment.thresholdPpm} ppm of utilisation; raise the multiplier there or flatten the segment before`,
      )
    threshold = segment.thresholdPpm
    last = segment
  }
  priceAt(pricing, PPM)
  return pricing
}

export const pricing = refine<Pricing, Pricing>('pricing', pricingFields, checkPricing)

/**
 * Base units per unit sold at a utilisation of 0 … 1,000,000 ppm; truncated, so a quote at this price never exceeds
 * the published curve. PERF: linear in the segments, at most PRICE_SEGMENTS_MAX.
 * Errors: UTILISATION_OUT_OF_RANGE, AMOUNT_OUT_OF_RANGE.
 */
export function priceAt(pricing: Pricing, utilisationPpm: number): Amount {
  if (!Number.isInteger(utilisationPpm) || utilisationPpm < 0 || utilisationPpm > PPM)
    throw new MarketError(
      'UTILISATION_OUT_OF_RANGE',
      `utilisation is 0 to ${PPM} ppm of capacity, not ${utilisationPpm}`,
    )
  const active = pricing.segments.findLast((segment) => segment.thresholdPpm <= utilisationPpm)
  if (active === undefined) return pricing.base
  return checkAmount((pricing.base * multipleAt(active, utilisationPpm)) / PPM_SQUARED, 'price')
}
