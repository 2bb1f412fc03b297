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
import { replaceByMeans } from './means.ts'
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
    const deserved = replaceByMeans(received, deserve, (rating, rater) => {
      const leaning = (bias[rater] as number) * Math.sign(rating)
      return rating * (1 - Math.max(0, leaning))
    })
    const biased = replaceByMeans(given, bias, (rating, rated) => (rating - (deserve[rated] as number)) / 2)
    residual = Math.max(deserved, biased)
    steps++
  }
  return { bias, deserve, steps, residual, converged: residual < BIAS_TOLERANCE }
}
