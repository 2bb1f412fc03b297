/**
 * Hubs and authorities (Kleinberg 1999; TRU-017): a = Wᵀh, h = Wa, each scaled to sum 1, from a uniform start: where the
 * largest singular value is repeated, the start decides. Manipulable: two nodes that trade weight 50 hold 94 % of all
 * authority of a 30-node graph, so authority never counts for anybody where money is at stake.
 *
 * The change per step says little where the two largest singular values are close (two wash traders are exactly that), so
 * what POWER_STEPS steps do not settle goes on as a Lanczos iteration from the same vector: it has the same limit.
 */
import { type Csr, transpose } from '../graph/csr.ts'
import type { TrustGraph } from '../graph/trust-graph.ts'
import { HITS_STEPS_MAX } from '../limits.ts'
import { uniformPrior } from './anchors.ts'
import { gather, gatherLinks, reweighted } from './gather.ts'
import { largestEigenpair, scale } from './lanczos.ts'
import type { Convergence } from './scores.ts'

/** `binary` counts links, so a pair cannot buy authority with volume; `log` is ln(1 + w). */
export type HitsWeights = 'raw' | 'log' | 'binary'

export interface HitsOptions {
  /** 'raw' unless told. */
  readonly weights?: HitsWeights
  readonly tolerance?: number
  /** Applications of W and Wᵀ. */
  readonly stepsMax?: number
  readonly incoming?: Csr
}

export interface Hits {
  /** Sum 1 each, or all 0 in a graph without edges. */
  readonly authority: Float64Array
  readonly hub: Float64Array
  readonly convergence: Convergence
}

/** The principal vector is settled by then where the gap is ordinary. */
const POWER_STEPS = 60

/** Multiplies by W or its transpose. */
type Kernel = typeof gather

/** Returns the sum before. */
function scaleToOne(values: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] as number
  if (sum > 0) for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / sum
  return sum
}

interface State {
  hub: Float64Array
  authority: Float64Array
}

/** One step a ← Wᵀh, h ← Wa with both scaled, in place. Returns the 1-norm of the change and the factor by which WWᵀ stretched h. */
function step(
  kernel: Kernel,
  layer: Csr,
  incoming: Csr,
  state: State,
  spare: State,
): { change: number; stretch: number } {
  kernel(incoming, state.hub, spare.authority)
  const up = scaleToOne(spare.authority)
  kernel(layer, spare.authority, spare.hub)
  const stretch = up * scaleToOne(spare.hub)
  let change = 0
  for (let i = 0; i < state.hub.length; i++)
    change +=
      Math.abs((spare.hub[i] as number) - (state.hub[i] as number)) +
      Math.abs((spare.authority[i] as number) - (state.authority[i] as number))
  ;[state.hub, spare.hub] = [spare.hub, state.hub]
  ;[state.authority, spare.authority] = [spare.authority, state.authority]
  return { change, stretch }
}

/** Errors: GRAPH_EMPTY. */
export function hits(graph: TrustGraph, options: HitsOptions = {}): Hits {
  const { weights = 'raw', tolerance = 1e-12, stepsMax = HITS_STEPS_MAX } = options
  const transposed = options.incoming ?? transpose(graph.support)
  // Links alone: the kernel that does not read weights, on the matrices as they are.
  const kernel = weights === 'binary' ? gatherLinks : gather
  const layer = weights === 'log' ? reweighted(graph.support, Math.log1p) : graph.support
  const incoming = weights === 'log' ? reweighted(transposed, Math.log1p) : transposed
  const state: State = { hub: uniformPrior(graph), authority: new Float64Array(graph.nodes.size) }
  const spare: State = {
    hub: new Float64Array(graph.nodes.size),
    authority: new Float64Array(graph.nodes.size),
  }
  let steps = 0
  let change = Number.POSITIVE_INFINITY
  let stretch = 1
  while (steps < Math.min(stepsMax, POWER_STEPS) && !(change < tolerance)) {
    ;({ change, stretch } = step(kernel, layer, incoming, state, spare))
    steps++
  }
  let converged = change < tolerance
  if (!converged && steps < stepsMax && stretch > 0) {
    const middle = new Float64Array(graph.nodes.size)
    const apply = (source: Float64Array, target: Float64Array): void => {
      kernel(incoming, source, middle)
      kernel(layer, middle, target)
      scale(target, 1 / stretch)
    }
    const pair = largestEigenpair(apply, graph.nodes.size, { start: state.hub, stepsMax: stepsMax - steps })
    if (pair) {
      // The principal vector of a matrix without negative entries has none: what is below 0 is rounding.
      const sign = pair.vector.reduce((sum, value) => sum + value, 0) < 0 ? -1 : 1
      state.hub = pair.vector.map((value) => Math.max(0, sign * value))
      scaleToOne(state.hub)
      step(kernel, layer, incoming, state, spare)
      ;({ change } = step(kernel, layer, incoming, state, spare))
      steps += pair.steps + 2
      converged = pair.converged
    }
  }
  return { ...state, convergence: { steps, residual: change, converged } }
}
