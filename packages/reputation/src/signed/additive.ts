/**
 * The additive model of collaborative filtering: r(u, v) ≈ mean + leniency(u) + standing(v), by alternating ridge
 * regression (Koren, Bell and Volinsky 2009, equation 4). A rater that always gives tens says less by a ten.
 */
import type { Adjacency, RatingGraph } from './rating-graph.ts'

export interface Additive {
  readonly mean: number
  /** How far above others a node rates; 0 if it has rated nobody. */
  readonly leniency: Float64Array
  /** How far above others it is rated; 0 if nobody has rated it. */
  readonly standing: Float64Array
}

/** Ratings at the mean that every node is credited with: few ratings move it little. */
const SHRINKAGE = 3
/** Each sweep at least halves the error at this shrinkage on networks of a few ratings a node. */
const SWEEPS = 12

function sweep(over: Adjacency, mean: number, others: Float64Array, into: Float64Array): void {
  for (let i = 0; i < into.length; i++) {
    const start = over.offsets[i] as number
    const end = over.offsets[i + 1] as number
    let sum = 0
    for (let k = start; k < end; k++)
      sum += (over.ratings[k] as number) - mean - (others[over.neighbours[k] as number] as number)
    into[i] = sum / (end - start + SHRINKAGE)
  }
}

/** O(edges). */
export function additive({ nodes, mean, given, received }: RatingGraph): Additive {
  const leniency = new Float64Array(nodes)
  const standing = new Float64Array(nodes)
  for (let i = 0; i < SWEEPS; i++) {
    sweep(received, mean, leniency, standing)
    sweep(given, mean, standing, leniency)
  }
  return { mean, leniency, standing }
}
