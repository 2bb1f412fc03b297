/** How sure a figure is. */
import type { Random } from '../random.ts'

export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** Two-sided 95 % of the standard normal distribution. */
export const Z_95 = 1.959963984540054

/**
 * Wilson's score interval (1927) for a share, 95 %: stays in 0 … 1 and does not collapse at 0 or all. NaN, 0, 1 without trials.
 */
export function proportionInterval(successes: number, trials: number): Interval {
  if (trials === 0) return { value: Number.NaN, low: 0, high: 1 }
  const p = successes / trials
  const z2 = Z_95 * Z_95
  const centre = (p + z2 / (2 * trials)) / (1 + z2 / trials)
  const half = (Z_95 / (1 + z2 / trials)) * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials * trials))
  return { value: p, low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

/**
 * What the rate of an event may be, with 95 % confidence, when it happened in none of `trials`: 1 − 0.05^(1/trials), about
 * 3/trials ("rule of three", TRU-055): no miss in 50 bounds the miss rate by 6 %.
 */
export function rateBoundWithoutEvent(trials: number, confidence = 0.95): number {
  return trials <= 0 ? 1 : 1 - (1 - confidence) ** (1 / trials)
}

/**
 * Percentile interval of a statistic by resampling whole groups with replacement: rows of one graph or one Sybil operation are
 * not independent of each other, so they come and go together. `statistic` receives the chosen groups (with repetition); a
 * resample for which it is NaN (one class only) is left out.
 */
export function bootstrapInterval(
  groups: number,
  statistic: (chosen: Uint32Array) => number,
  random: Random,
  { resamples = 1000, confidence = 0.95 } = {},
): Interval {
  const value = statistic(Uint32Array.from({ length: groups }, (_, group) => group))
  const values: number[] = []
  for (let k = 0; k < resamples; k++) {
    const drawn = statistic(Uint32Array.from({ length: groups }, () => random.below(groups)).sort())
    if (!Number.isNaN(drawn)) values.push(drawn)
  }
  if (values.length === 0) return { value, low: Number.NaN, high: Number.NaN }
  values.sort((a, b) => a - b)
  const tail = (1 - confidence) / 2
  const at = (share: number): number => values[Math.round(share * (values.length - 1))] as number
  return { value, low: at(tail), high: at(1 - tail) }
}
