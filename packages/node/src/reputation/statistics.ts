/** What CON-144 asks of reputation: how it is distributed. Of whole numbers of parts per million. */

export const DECILES = 10

/** How many figures are in each tenth of 0 … 1,000,000; the last holds the upper end. */
export function deciles(figures: readonly number[]): number[] {
  const counts = new Array<number>(DECILES).fill(0)
  for (const figure of figures) {
    const decile = Math.min(DECILES - 1, Math.floor((figure * DECILES) / 1_000_000))
    counts[decile] = (counts[decile] as number) + 1
  }
  return counts
}

/** Gini coefficient, 0 (all alike) … 1 − 1/n (one has all); 0 without figures or if all are zero. O(n log n). */
export function gini(figures: readonly number[]): number {
  const sorted = Float64Array.from(figures).sort()
  let sum = 0
  let weighed = 0
  for (const [i, figure] of sorted.entries()) {
    sum += figure
    weighed += (i + 1) * figure
  }
  const n = sorted.length
  return sum === 0 ? 0 : (2 * weighed) / (n * sum) - (n + 1) / n
}
