/** Area under the receiver operating characteristic: the share of (positive, negative) pairs in the right order. */
import { type Interval, rateBoundWithoutEvent, Z_95 } from './interval.ts'
import { type Labels, labelledScores, midranks } from './labelled-scores.ts'

/**
 * Ties count one half. NaN if one class is absent: there is no pair to order. O(n log n). Errors: EVALUATION_INVALID.
 */
export function auc(scores: ArrayLike<number>, labels: Labels): number {
  const known = labelledScores(scores, labels)
  const { positives, negatives } = known
  if (positives === 0 || negatives === 0) return Number.NaN
  const ranks = midranks(known.scores)
  let sum = 0
  for (let row = 0; row < ranks.length; row++) if (known.labels[row] === 1) sum += ranks[row] as number
  return (sum - (positives * (positives + 1)) / 2) / (positives * negatives)
}

/**
 * 95 % interval by DeLong, DeLong and Clarke-Pearson (1988), by ranks as Sun and Xu (2014). Rows are taken as independent; use
 * `bootstrapInterval` over groups where they are not. Where the variance vanishes (perfect order) the bound comes from
 * min(positives, negatives) disjoint pairs, none of which was wrong.
 */
export function aucInterval(scores: ArrayLike<number>, labels: Labels): Interval {
  const known = labelledScores(scores, labels)
  const { positives: m, negatives: n } = known
  if (m === 0 || n === 0) return { value: Number.NaN, low: 0, high: 1 }
  const all = midranks(known.scores)
  const of = (label: number): number[] =>
    Array.from(known.labels.keys()).filter((row) => known.labels[row] === label)
  const [positive, negative] = [of(1), of(0)]
  const ranksIn = (rows: readonly number[]): Float64Array =>
    midranks(Float64Array.from(rows, (row) => known.scores[row] as number))
  const [ofPositives, ofNegatives] = [ranksIn(positive), ranksIn(negative)]
  // Share of the other class that each row beats.
  const above = positive.map((row, k) => ((all[row] as number) - (ofPositives[k] as number)) / n)
  const below = negative.map((row, k) => 1 - ((all[row] as number) - (ofNegatives[k] as number)) / m)
  const value = above.reduce((sum, share) => sum + share, 0) / m
  const variance = varianceOf(above) / m + varianceOf(below) / n
  if (variance > 0) {
    const half = Z_95 * Math.sqrt(variance)
    return { value, low: Math.max(0, value - half), high: Math.min(1, value + half) }
  }
  const bound = rateBoundWithoutEvent(Math.min(m, n))
  return { value, low: Math.max(0, value - bound), high: Math.min(1, value + bound) }
}

function varianceOf(values: readonly number[]): number {
  if (values.length < 2) return 0
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
}
