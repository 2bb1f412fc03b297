/** Scores of different methods become comparable as ranks: the share of nodes that score lower. */

/** The scores of the chosen nodes in ascending order. */
export function fractionsBelow(scores: Float64Array, chosen: Uint8Array): Float64Array {
  return scores.filter((_, node) => chosen[node] === 1).sort()
}

/** Share of `sorted` below `value`, equals by half: 0 … 1, ½ if there is nothing to compare with. O(log n). */
export function placeOf(sorted: Float64Array, value: number): number {
  if (sorted.length === 0) return 0.5
  const first = (beyond: (found: number) => boolean): number => {
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (beyond(sorted[middle]!)) high = middle
      else low = middle + 1
    }
    return low
  }
  return (first((found) => found >= value) + first((found) => found > value)) / (2 * sorted.length)
}
