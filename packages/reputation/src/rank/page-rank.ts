/**
 * PageRank (Page, Brin, Motwani, Winograd 1999; TRU-013): prestige in the whole graph. Not Sybil-resistant: k nodes without
 * edges in or out hold exactly k/n at any damping, and one honest edge with flow f adds d/(1−d)·f (TRU-014).
 */
import { type Csr, transpose } from '../graph/csr.ts'
import type { TrustGraph } from '../graph/trust-graph.ts'
import { uniformPrior } from './anchors.ts'
import { rowSums } from './gather.ts'
import { type Ranking, type Stopping, teleportWalk } from './teleport.ts'

/** For graphs of the real world; 0.614 is the catalogue's figure for synthetic ones. Neither is safer (TRU-014). */
export const DAMPING_REAL = 0.85
export const DAMPING_SYNTHETIC = 0.614

export interface PageRankOptions extends Stopping {
  /** Share of the mass that follows edges; DAMPING_REAL unless told. */
  readonly damping?: number
  /** Teleport vector with sum 1; uniform unless told. */
  readonly prior?: Float64Array
  /** The transposed support layer, where the caller has it already. */
  readonly incoming?: Csr
}

/** Sum 1. Errors: GRAPH_EMPTY, PARAMETER_INVALID. */
export function pageRank(graph: TrustGraph, options: PageRankOptions = {}): Ranking {
  const prior = options.prior ?? uniformPrior(graph)
  const incoming = options.incoming ?? transpose(graph.support)
  return teleportWalk(incoming, rowSums(graph.support), prior, options.damping ?? DAMPING_REAL, options)
}
