/**
 * HITS on a signed network (as in Kumar and others): h(u) = Σ r(u, v) · a(v) and a(v) = Σ r(u, v) · h(u), each scaled to length 1,
 * from a = 1 on whoever was rated. The prediction of an unseen pair is the authority of the target scaled by the largest magnitude.
 */
import { SIGNED_HITS_STEPS_MAX, SIGNED_HITS_TOLERANCE } from '../limits.ts'
import type { Convergence } from '../rank/scores.ts'
import type { Adjacency, RatingGraph } from './rating-graph.ts'

export interface SignedHits extends Convergence {
  readonly hub: Float64Array
  readonly authority: Float64Array
}

/** Returns the 1-norm of the change. */
function step(from: Float64Array, over: Adjacency, into: Float64Array): number {
  const next = new Float64Array(into.length)
  let squares = 0
  for (let i = 0; i < next.length; i++) {
    let sum = 0
    const end = over.offsets[i + 1] as number
    for (let k = over.offsets[i] as number; k < end; k++)
      sum += (over.ratings[k] as number) * (from[over.neighbours[k] as number] as number)
    next[i] = sum
    squares += sum * sum
  }
  const length = squares > 0 ? Math.sqrt(squares) : 1
  let change = 0
  for (let i = 0; i < next.length; i++) {
    const value = (next[i] as number) / length
    change += Math.abs(value - (into[i] as number))
    into[i] = value
  }
  return change
}

export function signedHits({ nodes, given, received }: RatingGraph): SignedHits {
  const hub = new Float64Array(nodes)
  const authority = Float64Array.from({ length: nodes }, (_, i) =>
    received.offsets[i] === received.offsets[i + 1] ? 0 : 1,
  )
  let residual = Number.POSITIVE_INFINITY
  let steps = 0
  while (steps < SIGNED_HITS_STEPS_MAX && residual >= SIGNED_HITS_TOLERANCE) {
    residual = step(authority, given, hub) + step(hub, received, authority)
    steps++
  }
  return { hub, authority, steps, residual, converged: residual < SIGNED_HITS_TOLERANCE }
}
