/** One half-step of measures that define raters and rated by each other's means: fairness and goodness, bias and deserve. */
import type { Adjacency } from './rating-graph.ts'

/**
 * Replaces the value of every node that has entries by the mean of `term` over them; the others keep theirs. Returns the largest
 * change. O(entries).
 */
export function replaceByMeans(
  { offsets, neighbours, ratings }: Adjacency,
  values: Float64Array,
  term: (rating: number, neighbour: number) => number,
): number {
  let change = 0
  for (let node = 0; node < values.length; node++) {
    const start = offsets[node] as number
    const end = offsets[node + 1] as number
    if (start === end) continue
    let sum = 0
    for (let k = start; k < end; k++) sum += term(ratings[k] as number, neighbours[k] as number)
    const next = sum / (end - start)
    change = Math.max(change, Math.abs(next - (values[node] as number)))
    values[node] = next
  }
  return change
}
