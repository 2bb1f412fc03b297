/**
 * Bias and deserve (Mishra and Bhattacharya, "Finding the bias and prestige of nodes in networks based on trust scores",
 * WWW 2011):
 *
 *   deserve d(v) = mean over ratings received of r(u, v) · (1 − max(0, b(u) · sign r(u, v)))
 *   bias    b(u) = mean over ratings given    of (r(u, v) − d(v)) / 2
 *
 * from b = 0. As in Kumar and others the prediction of an unseen pair is d(v).
 */
import { BIAS_STEPS_MAX, BIAS_TOLERANCE } from '../limits.ts'
import type { Convergence } from '../rank/scores.ts'
import type { RatingGraph } from './rating-graph.ts'

export interface BiasDeserve extends Convergence {
  /** −1 … 1: below zero rates lower than deserved. */
  readonly bias: Float64Array
  /** −1 … 1. */
  readonly deserve: Float64Array
}

export function biasDeserve({ nodes, given, received }: RatingGraph): BiasDeserve {
  const bias = new Float64Array(nodes)
  const deserve = new Float64Array(nodes)
  let residual = Number.POSITIVE_INFINITY
  let steps = 0
  while (steps < BIAS_STEPS_MAX && residual >= BIAS_TOLERANCE) {
    residual = 0
    for (let v = 0; v < nodes; v++) {
      const start = received.offsets[v] as number
      const end = received.offsets[v + 1] as number
      if (start === end) continue
      let sum = 0
      for (let k = start; k < end; k++) {
        const rating = received.ratings[k] as number
        const leaning = (bias[received.neighbours[k] as number] as number) * Math.sign(rating)
        sum += rating * (1 - Math.max(0, leaning))
      }
      const next = sum / (end - start)
      residual = Math.max(residual, Math.abs(next - (deserve[v] as number)))
      deserve[v] = next
    }
    for (let u = 0; u < nodes; u++) {
      const start = given.offsets[u] as number
      const end = given.offsets[u + 1] as number
      if (start === end) continue
      let sum = 0
      for (let k = start; k < end; k++)
        sum += ((given.ratings[k] as number) - (deserve[given.neighbours[k] as number] as number)) / 2
      const next = sum / (end - start)
      residual = Math.max(residual, Math.abs(next - (bias[u] as number)))
      bias[u] = next
    }
    steps++
  }
  return { bias, deserve, steps, residual, converged: residual < BIAS_TOLERANCE }
}
