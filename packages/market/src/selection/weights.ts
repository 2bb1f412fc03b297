/** How much price, latency and runway count, given how the buyer stands (PS-3). */
import type { Runway } from './candidate.ts'

export interface Weights {
  readonly price: bigint
  readonly latency: bigint
  readonly runway: bigint
}

export interface WeightPolicy {
  readonly base: Weights
  /** Below this share of the initial budget the runway weight rises, ppm. */
  readonly runwayThresholdPpm: bigint
  /** Factor just below the threshold; it doubles on the way to an empty budget. */
  readonly runwayFactor: bigint
  /** From this share of the time used, latency outweighs everything else together, ppm. */
  readonly deadlineThresholdPpm: number
}

export const WEIGHT_POLICY_DEFAULT: WeightPolicy = {
  base: { price: 400_000n, latency: 300_000n, runway: 300_000n },
  runwayThresholdPpm: 300_000n,
  runwayFactor: 3n,
  deadlineThresholdPpm: 700_000,
}

const PPM = 1_000_000n

/** Exactly 30 % of the budget still counts as normal; the comparison multiplies out, so nothing is rounded. */
export function weightsFor(runway: Runway, policy: WeightPolicy = WEIGHT_POLICY_DEFAULT): Weights {
  const { base } = policy
  let weight = base.runway
  const threshold = runway.initial * policy.runwayThresholdPpm
  const remaining = runway.remaining * PPM
  if (remaining < threshold) {
    const shortfallPpm = ((threshold - remaining) * PPM) / threshold
    weight = (base.runway * policy.runwayFactor * (PPM + shortfallPpm)) / PPM
  }
  const others = base.price + weight
  const pressed = runway.deadlinePressurePpm >= policy.deadlineThresholdPpm
  return {
    price: base.price,
    latency: pressed && base.latency < 2n * others ? 2n * others : base.latency,
    runway: weight,
  }
}
