/**
 * The iteration that PageRank, EigenTrust and personalised PageRank share:
 *
 *   r ← d · (Pᵀ r + (mass of rows without weight) · v) + (1 − d) · v,   sum v = 1
 *
 * It contracts by d in the 1-norm, so t steps leave at most 2·dᵗ of error from any start (TPR-130). A node that v cannot
 * reach keeps exactly 0. `teleport` is 1 − d: literature on trust calls that alpha, literature on search calls d so.
 */
import { ReputationError } from '../errors.ts'
import type { Csr } from '../graph/csr.ts'
import { TELEPORT_STEPS_MAX } from '../limits.ts'
import { reciprocals } from './gather.ts'
import type { Convergence } from './scores.ts'

export interface Stopping {
  /** Of the change in one step; 1e-12 unless told. */
  readonly tolerance?: number
  /** How the change is measured; '1' (sum of magnitudes) unless told. */
  readonly norm?: '1' | 'max'
  readonly stepsMax?: number
}

export interface Ranking {
  /** One per node; sum 1. */
  readonly scores: Float64Array
  readonly convergence: Convergence
}

/** Errors: PARAMETER_INVALID. */
export function requireDamping(damping: number): void {
  if (!(damping >= 0 && damping < 1))
    throw new ReputationError('PARAMETER_INVALID', `damping ${damping} must be at least 0 and below 1`)
}

/** Errors: PARAMETER_INVALID. `incoming` is the transposed weight matrix, `outWeights` its column sums. */
export function teleportWalk(
  incoming: Csr,
  outWeights: Float64Array,
  prior: Float64Array,
  damping: number,
  { tolerance = 1e-12, norm = '1', stepsMax = TELEPORT_STEPS_MAX }: Stopping = {},
): Ranking {
  requireDamping(damping)
  const { size, offsets, columns, weights } = incoming
  const share = reciprocals(outWeights)
  const scaled = new Float64Array(size)
  let current = prior.slice()
  let next = new Float64Array(size)
  let steps = 0
  let residual = Number.POSITIVE_INFINITY
  while (steps < stepsMax && !(residual < tolerance)) {
    let dangling = 0
    for (let i = 0; i < size; i++) {
      const mass = current[i] as number
      const portion = share[i] as number
      if (portion === 0) dangling += mass
      scaled[i] = mass * portion
    }
    const jump = damping * dangling + (1 - damping)
    let sum1 = 0
    let largest = 0
    let start = 0
    for (let j = 0; j < size; j++) {
      const end = offsets[j + 1] as number
      let flow = 0
      for (let k = start; k < end; k++)
        flow += (weights[k] as number) * (scaled[columns[k] as number] as number)
      start = end
      const value = damping * flow + jump * (prior[j] as number)
      const change = Math.abs(value - (current[j] as number))
      sum1 += change
      if (change > largest) largest = change
      next[j] = value
    }
    residual = norm === '1' ? sum1 : largest
    ;[current, next] = [next, current]
    steps++
  }
  return { scores: current, convergence: { steps, residual, converged: residual < tolerance } }
}
