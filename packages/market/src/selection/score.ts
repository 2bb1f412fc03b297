/**
 * The score of one candidate that passed the gates: lower is better, in ppm, integers only, so every reader of the same
 * facts ranks alike.
 *
 *   believed = cost × (1 + uncertainty(age))                 upper end of the price's confidence interval (PS-4)
 *   true     = believed + believed² × (tasks − 1) ÷ ((remaining − believed) × tasks)     option cost (PS-5)
 *   score    = (w₁ × true/cap + w₂ × latency/ceiling + w₃ × true/(remaining/tasks)) ÷ Σw + penalties
 *
 * The option cost is what a purchase takes away from the tasks after it: nothing for the last task, and the more convex
 * the larger the share of the headroom that it uses (70 % of it costs 2.33 times the price on top, over many tasks).
 */
import type { Candidate, Gates, Runway } from './candidate.ts'
import type { Weights } from './weights.ts'

const PPM = 1_000_000n
/** Bound on each normalised input: a hundred times the norm is as bad as it gets. */
const INPUT_MAX_PPM = 100n * PPM

export interface FreshnessPolicy {
  /** Growth of the confidence interval, ppm of the price per second of age. */
  readonly wideningPpmPerSecond: bigint
  /** Age above which the price counts as stale, milliseconds. */
  readonly ageMsMax: number
  /** Added to the score for each started second above it, ppm. */
  readonly stalePpmPerSecond: bigint
}

export const FRESHNESS_POLICY_DEFAULT: FreshnessPolicy = {
  wideningPpmPerSecond: 10_000n,
  ageMsMax: 2_000,
  stalePpmPerSecond: 100_000n,
}

export interface Score {
  readonly totalPpm: bigint
  /** Normalised inputs, ppm, lower is better. */
  readonly pricePpm: bigint
  readonly latencyPpm: bigint
  readonly runwayPpm: bigint
  readonly stalePpm: bigint
}

/** Upper end of the price's confidence interval, base units, rounded up. */
export function believedCost(of: Candidate, policy: FreshnessPolicy): bigint {
  const cost = of.taskCost + (of.switchingCost ?? 0n)
  const scale = PPM * 1_000n
  return cost + ceilDivide(cost * policy.wideningPpmPerSecond * BigInt(of.priceAgeMs), scale)
}

/** Price plus the expected value of the options that it destroys. `remaining` must exceed `cost`. */
export function trueCost(cost: bigint, runway: Pick<Runway, 'remaining' | 'tasksRemaining'>): bigint {
  const { remaining, tasksRemaining } = runway
  if (tasksRemaining === 1n) return cost
  // One base unit of headroom is assumed left, so that spending everything is dear and not a division by zero.
  const headroom = remaining > cost ? remaining - cost : 1n
  return cost + (cost * cost * (tasksRemaining - 1n)) / (headroom * tasksRemaining)
}

export function scoreOf(
  of: Candidate,
  gates: Gates,
  runway: Runway,
  weights: Weights,
  freshness: FreshnessPolicy,
): Score {
  const cost = trueCost(believedCost(of, freshness), runway)
  const pricePpm = ratioPpm(cost, gates.taskCostMax)
  const latencyPpm = ratioPpm(BigInt(of.latencyMs), BigInt(gates.latencyCeilingMs))
  const runwayPpm = ratioPpm(cost * runway.tasksRemaining, runway.remaining)
  const overMs = of.priceAgeMs - freshness.ageMsMax
  const stalePpm = overMs > 0 ? ceilDivide(BigInt(overMs), 1_000n) * freshness.stalePpmPerSecond : 0n
  const weighted = pricePpm * weights.price + latencyPpm * weights.latency + runwayPpm * weights.runway
  const totalPpm =
    weighted / (weights.price + weights.latency + weights.runway) +
    stalePpm +
    BigInt(of.historyPenaltyPpm ?? 0)
  return { totalPpm, pricePpm, latencyPpm, runwayPpm, stalePpm }
}

function ratioPpm(value: bigint, norm: bigint): bigint {
  if (norm <= 0n) return value > 0n ? INPUT_MAX_PPM : 0n
  const ratio = (value * PPM) / norm
  return ratio < INPUT_MAX_PPM ? ratio : INPUT_MAX_PPM
}

function ceilDivide(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by
}
