/**
 * Trust that flows along ratings of one sign: x(v) = 1 + d · Σ x(u) · |r(u, v)| / Σ|r(u, ·)|, d = 0.85: PageRank with the teleport
 * left at 1 a node and nothing returned from nodes without ratings. So the score of a node depends on nothing but the nodes that
 * reach it: a node that nobody has rated yet changes no other score, which a mean over all nodes would not allow.
 */
import type { RatingGraph } from './rating-graph.ts'

const DAMPING = 0.85
/** 0.85⁴⁰ = 0.0015 of the first step is left: enough for a feature. */
const STEPS = 40

/** log x, O(edges) a step. */
export function flow({ nodes, given, received }: RatingGraph, sign: 1 | -1): Float64Array {
  const totals = new Float64Array(nodes)
  for (let u = 0; u < nodes; u++)
    for (let k = given.offsets[u] as number; k < (given.offsets[u + 1] as number); k++)
      totals[u] = (totals[u] as number) + Math.max(0, sign * (given.ratings[k] as number))
  let now = new Float64Array(nodes).fill(1)
  let next = new Float64Array(nodes)
  for (let step = 0; step < STEPS; step++) {
    for (let v = 0; v < nodes; v++) {
      let sum = 0
      const end = received.offsets[v + 1] as number
      for (let k = received.offsets[v] as number; k < end; k++) {
        const weight = sign * (received.ratings[k] as number)
        const rater = received.neighbours[k] as number
        if (weight > 0) sum += ((now[rater] as number) * weight) / (totals[rater] as number)
      }
      next[v] = 1 + DAMPING * sum
    }
    ;[now, next] = [next, now]
  }
  return now.map(Math.log)
}
