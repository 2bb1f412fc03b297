/** What several draws of seeds say together. */
import type { Interval } from '../evaluation/index.ts'

/** Two-sided 95 % quantiles of Student's t for 1 … 30 degrees of freedom. */
const T_95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]
const T_95_MANY = 1.96

/**
 * Mean of a figure over the draws and the 95 % interval of that mean by Student's t. It covers the luck of the seeds, not
 * that of the graph: all draws share one. Draws where the figure does not exist (NaN) are left out; from one draw
 * alone there is no interval (low and high are NaN).
 */
export function overDraws(values: readonly number[]): Interval {
  const known = values.filter((value) => !Number.isNaN(value))
  const count = known.length
  const value = known.reduce((sum, one) => sum + one, 0) / count
  if (count < 2) return { value, low: Number.NaN, high: Number.NaN }
  const variance = known.reduce((sum, one) => sum + (one - value) ** 2, 0) / (count - 1)
  const half = (T_95[count - 2] ?? T_95_MANY) * Math.sqrt(variance / count)
  return { value, low: value - half, high: value + half }
}
