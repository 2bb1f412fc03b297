/**
 * Hubs and authorities (Kleinberg 1999; TRU-017): a = Wᵀh, h = Wa, each scaled to sum 1, from a uniform start: where the
 * largest singular value is repeated, the start decides. Manipulable: two nodes that trade weight 50 hold 94 % of all
 * authority of a 30-node graph, so authority never counts for anybody where money is at stake.
 */
import { type Csr, transpose } from '../graph/csr.ts'
import type { TrustGraph } from '../graph/trust-graph.ts'
import { HITS_STEPS_MAX } from '../limits.ts'
import { uniformPrior } from './anchors.ts'
import { gather, reweighted } from './gather.ts'
import type { Convergence } from './scores.ts'

/** `binary` counts links, so a pair cannot buy authority with volume; `log` is ln(1 + w). */
export type HitsWeights = 'raw' | 'log' | 'binary'

export interface HitsOptions {
  /** 'raw' unless told. */
  readonly weights?: HitsWeights
  readonly tolerance?: number
  readonly stepsMax?: number
  readonly incoming?: Csr
}

export interface Hits {
  /** Sum 1 each, or all 0 in a graph without edges. */
  readonly authority: Float64Array
  readonly hub: Float64Array
  readonly convergence: Convergence
}

const WEIGH = { log: Math.log1p, binary: () => 1 } as const

function scaleToOne(values: Float64Array): void {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] as number
  if (sum > 0) for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / sum
}

/** Errors: GRAPH_EMPTY. */
export function hits(graph: TrustGraph, options: HitsOptions = {}): Hits {
  const { weights = 'raw', tolerance = 1e-12, stepsMax = HITS_STEPS_MAX } = options
  const layer = weights === 'raw' ? graph.support : reweighted(graph.support, WEIGH[weights])
  const transposed = options.incoming ?? transpose(graph.support)
  const incoming = weights === 'raw' ? transposed : reweighted(transposed, WEIGH[weights])
  let hub: Float64Array = uniformPrior(graph)
  let nextHub: Float64Array = new Float64Array(hub.length)
  let authority: Float64Array = new Float64Array(hub.length)
  let nextAuthority: Float64Array = new Float64Array(hub.length)
  let steps = 0
  let residual = Number.POSITIVE_INFINITY
  while (steps < stepsMax && !(residual < tolerance)) {
    gather(incoming, hub, nextAuthority)
    scaleToOne(nextAuthority)
    gather(layer, nextAuthority, nextHub)
    scaleToOne(nextHub)
    residual = 0
    for (let i = 0; i < hub.length; i++)
      residual +=
        Math.abs((nextHub[i] as number) - (hub[i] as number)) +
        Math.abs((nextAuthority[i] as number) - (authority[i] as number))
    ;[hub, nextHub] = [nextHub, hub]
    ;[authority, nextAuthority] = [nextAuthority, authority]
    steps++
  }
  return { authority, hub, convergence: { steps, residual, converged: residual < tolerance } }
}
