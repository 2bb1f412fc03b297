/**
 * Fairness and goodness (Kumar, Spezzano, Subrahmanian and Faloutsos, "Edge weight prediction in weighted signed
 * networks", ICDM 2016, equations 1 and 2):
 *
 *   goodness g(v) = mean over ratings received   of f(u) · r(u, v)                 in −1 … 1
 *   fairness f(u) = mean over ratings given      of 1 − |r(u, v) − g(v)| / 2       in  0 … 1
 *
 * starting at f = g = 1, goodness first. The paper proves one fixed point, approached at least as fast as 2⁻ᵗ. The rating
 * of an unseen pair is predicted as f(u) · g(v). Who has given nothing keeps f = 1 and who has received nothing has g = 0,
 * as in the authors' program.
 */
import { FAIRNESS_STEPS_MAX, FAIRNESS_TOLERANCE } from '../limits.ts'
import type { Convergence } from '../rank/scores.ts'
import { replaceByMeans } from './means.ts'
import type { RatingGraph } from './rating-graph.ts'

export interface FairnessGoodness extends Convergence {
  readonly fairness: Float64Array
  readonly goodness: Float64Array
}

/** O(edges) a step; converged when the largest change of either falls below FAIRNESS_TOLERANCE. */
export function fairnessGoodness({ nodes, given, received }: RatingGraph): FairnessGoodness {
  const fairness = new Float64Array(nodes).fill(1)
  const goodness = new Float64Array(nodes)
  let residual = Number.POSITIVE_INFINITY
  let steps = 0
  while (steps < FAIRNESS_STEPS_MAX && residual >= FAIRNESS_TOLERANCE) {
    const good = replaceByMeans(received, goodness, (rating, rater) => (fairness[rater] as number) * rating)
    const fair = replaceByMeans(
      given,
      fairness,
      (rating, rated) => 1 - Math.abs(rating - (goodness[rated] as number)) / 2,
    )
    residual = Math.max(good, fair)
    steps++
  }
  return { fairness, goodness, steps, residual, converged: residual < FAIRNESS_TOLERANCE }
}
