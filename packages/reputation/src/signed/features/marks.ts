/** The ratings of one node by neighbour, in an array as long as the graph: looked up at once, cleared in O(degree). */
import type { Adjacency } from '../rating-graph.ts'

export interface Marks {
  /** NaN where the marked node has no rating. */
  readonly rating: Float64Array
  set(node: number): void
  clear(node: number): void
}

export function marks(nodes: number, over: Adjacency): Marks {
  const rating = new Float64Array(nodes).fill(Number.NaN)
  const each = (node: number, at: (k: number) => number): void => {
    const end = over.offsets[node + 1] as number
    for (let k = over.offsets[node] as number; k < end; k++) rating[over.neighbours[k] as number] = at(k)
  }
  return {
    rating,
    set: (node) => each(node, (k) => over.ratings[k] as number),
    clear: (node) => each(node, () => Number.NaN),
  }
}
