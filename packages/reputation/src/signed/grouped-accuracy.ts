/**
 * Accuracy of a resample of groups without going over all rows again: error and correlation from sums per group, the order of signs from
 * one sort. What a bootstrap over the raters needs: ratings by one rater are not independent of each other.
 */
import { midranks } from '../evaluation/labelled-scores.ts'
import type { Accuracy } from './accuracy.ts'
import type { Predicted } from './learner.ts'

/** Count, Σx, Σy, Σx², Σy², Σxy, Σ(x − y)² of one group: x predicted, y actual. */
const SUMS = 7

export interface GroupedAccuracy {
  readonly groups: number
  /** O(rows) for `multiplicity[group]` copies of each group. */
  of(multiplicity: Uint32Array): Accuracy
}

/** `groupOf` holds any numbers; equal ones are one group. */
export function groupedAccuracy(
  actual: Float64Array,
  { rating, trust }: Predicted,
  groupOf: ArrayLike<number>,
): GroupedAccuracy {
  const places = new Map<number, number>()
  const group = Uint32Array.from(groupOf, (id) => {
    const known = places.get(id)
    if (known !== undefined) return known
    places.set(id, places.size)
    return places.size - 1
  })
  const sums = new Float64Array(places.size * SUMS)
  for (let row = 0; row < actual.length; row++) {
    const at = (group[row] as number) * SUMS
    const x = rating[row] as number
    const y = actual[row] as number
    for (const [k, term] of [1, x, y, x * x, y * y, x * y, (x - y) ** 2].entries())
      sums[at + k] = (sums[at + k] as number) + term
  }
  const ranks = midranks(trust)
  const order = Uint32Array.from(trust, (_, row) => row).sort(
    (a, b) => (ranks[a] as number) - (ranks[b] as number),
  )
  return {
    groups: places.size,
    of: (multiplicity) => {
      const total = new Float64Array(SUMS)
      for (let g = 0; g < places.size; g++)
        for (let k = 0; k < SUMS; k++)
          total[k] = (total[k] as number) + (multiplicity[g] as number) * (sums[g * SUMS + k] as number)
      const [n, x, y, xx, yy, xy, square] = total as unknown as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ]
      const spread = (xx - (x * x) / n) * (yy - (y * y) / n)
      return {
        rmse: Math.sqrt(square / n),
        pcc: spread > 0 ? (xy - (x * y) / n) / Math.sqrt(spread) : Number.NaN,
        auc: orderOf(actual, ranks, order, (row) => multiplicity[group[row] as number] as number),
      }
    },
  }
}

/** Weighted share of (positive, negative) pairs in the right order, ties one half. */
function orderOf(
  actual: Float64Array,
  ranks: Float64Array,
  order: Uint32Array,
  weightOf: (row: number) => number,
): number {
  let positives = 0
  let negatives = 0
  let right = 0
  for (let start = 0; start < order.length; ) {
    let above = 0
    let below = 0
    let end = start
    for (; end < order.length && ranks[order[end] as number] === ranks[order[start] as number]; end++) {
      const row = order[end] as number
      const value = actual[row] as number
      if (value > 0) above += weightOf(row)
      else if (value < 0) below += weightOf(row)
    }
    right += above * (negatives + below / 2)
    positives += above
    negatives += below
    start = end
  }
  return positives === 0 || negatives === 0 ? Number.NaN : right / (positives * negatives)
}
