/**
 * SybilRank (Cao, Sirivianos, Yang, Pregueiro, NSDI 2012; TRU-018): honest seeds hand out trust along consented ties for
 * ceil(log2 n) steps, too few to cross a sparse cut in quantity; a node's score is its trust per degree. With g attack
 * edges into a fast-mixing honest region, O(g log n) Sybils outrank honest nodes. Seeds belong into every community.
 */
import type { Csr } from '../graph/csr.ts'
import type { TrustGraph } from '../graph/trust-graph.ts'
import { type Anchors, anchorPrior } from './anchors.ts'
import { gather, reciprocals, rowSums } from './gather.ts'
import type { Convergence } from './scores.ts'

export interface SybilRankOptions {
  /** ceil(log2 n) unless told. */
  readonly steps?: number
  /**
   * On a bipartite region trust alternates sides with each step. 'average' takes the mean of the last two steps, 'lazy'
   * keeps half of the trust in place, 'none' is the published algorithm.
   */
  readonly parity?: 'average' | 'lazy' | 'none'
  /** A symmetric matrix instead of the consented layer, for comparison only. */
  readonly layer?: Csr
}

export interface SybilRank {
  /** Trust per degree; 0 without a tie. */
  readonly scores: Float64Array
  /** Trust held; sum 1 unless a seed has no tie. */
  readonly trust: Float64Array
  readonly convergence: Convergence
}

/** Errors: GRAPH_EMPTY, ANCHORS_INVALID, ANCHOR_UNKNOWN, ANCHORS_MISSING. */
export function sybilRank(graph: TrustGraph, anchors: Anchors, options: SybilRankOptions = {}): SybilRank {
  const { parity = 'average', layer = graph.consented } = options
  const steps = options.steps ?? Math.ceil(Math.log2(graph.nodes.size))
  const share = reciprocals(rowSums(layer))
  let trust: Float64Array = anchorPrior(graph, anchors)
  let next: Float64Array = new Float64Array(trust.length)
  const scaled = new Float64Array(trust.length)
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < scaled.length; i++) scaled[i] = (trust[i] as number) * (share[i] as number)
    gather(layer, scaled, next)
    if (parity === 'lazy')
      for (let i = 0; i < next.length; i++) next[i] = ((next[i] as number) + (trust[i] as number)) / 2
    ;[trust, next] = [next, trust]
  }
  let residual = 0
  for (let i = 0; i < trust.length; i++) residual += Math.abs((trust[i] as number) - (next[i] as number))
  if (parity === 'average' && steps > 0)
    for (let i = 0; i < trust.length; i++) trust[i] = ((trust[i] as number) + (next[i] as number)) / 2
  const scores = trust.map((value, i) => value * (share[i] as number))
  // It stops early by design: what is still moving is reported and says nothing about success.
  return { scores, trust, convergence: { steps, residual, converged: true } }
}
