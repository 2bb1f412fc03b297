/**
 * Absorbing walks (Kemeny and Snell 1960; Doyle and Snell 1984; Alvisi and others 2013; TRU-020): the probability that a walk
 * from v, surviving each step with probability beta, ends in an anchor: h = 1 on anchors, h(v) = beta·Σ Q_vu h(u) elsewhere.
 *
 * It walks *backwards* ("who vouches for me?") on the consented layer. Forwards, an attacker cites an anchor and has beta;
 * backwards over all edges, strangers dilute whom they endorse (0.85 falls to 0.0085 under 99 worthless endorsements).
 * Both of those are here for the tables that show it.
 */
import { ReputationError } from '../errors.ts'
import { type Csr, transpose } from '../graph/csr.ts'
import type { TrustGraph } from '../graph/trust-graph.ts'
import { ABSORBING_STEPS_MAX } from '../limits.ts'
import { type Anchors, anchorPrior } from './anchors.ts'
import { reciprocals, rowSums } from './gather.ts'
import type { Ranking } from './teleport.ts'

export const SURVIVAL = 0.85

export interface AbsorbingOptions {
  /** beta in [0, 1]: without a chance to die, everything that reaches an anchor scores 1. SURVIVAL unless told. */
  readonly survival?: number
  /** 'consented' unless told; 'backward' and 'forward' go over all edges. */
  readonly walk?: 'consented' | 'backward' | 'forward'
  /** Of the largest change in one step; 1e-12 unless told. */
  readonly tolerance?: number
  readonly stepsMax?: number
  readonly incoming?: Csr
}

/** Each in [0, 1]; `residual` is the largest change. Errors: GRAPH_EMPTY, ANCHORS_…, ANCHOR_UNKNOWN, PARAMETER_INVALID. */
export function absorbing(graph: TrustGraph, anchors: Anchors, options: AbsorbingOptions = {}): Ranking {
  const {
    survival = SURVIVAL,
    walk = 'consented',
    tolerance = 1e-12,
    stepsMax = ABSORBING_STEPS_MAX,
  } = options
  if (!(survival >= 0 && survival <= 1))
    throw new ReputationError('PARAMETER_INVALID', `survival ${survival} must lie in 0 … 1`)
  const fixed = anchorPrior(graph, anchors)
  const layer =
    walk === 'consented'
      ? graph.consented
      : walk === 'forward'
        ? graph.support
        : (options.incoming ?? transpose(graph.support))
  const { size, offsets, columns, weights } = layer
  const share = reciprocals(rowSums(layer))
  let current = fixed.map((weight) => (weight > 0 ? 1 : 0))
  let next = current.slice()
  let steps = 0
  let residual = Number.POSITIVE_INFINITY
  while (steps < stepsMax && !(residual < tolerance)) {
    residual = 0
    let start = 0
    for (let v = 0; v < size; v++) {
      const end = offsets[v + 1] as number
      if ((fixed[v] as number) === 0) {
        let sum = 0
        for (let k = start; k < end; k++)
          sum += (weights[k] as number) * (current[columns[k] as number] as number)
        const value = survival * (share[v] as number) * sum
        const change = Math.abs(value - (current[v] as number))
        if (change > residual) residual = change
        next[v] = value
      }
      start = end
    }
    ;[current, next] = [next, current]
    steps++
  }
  return { scores: current, convergence: { steps, residual, converged: residual < tolerance } }
}
