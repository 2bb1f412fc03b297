/**
 * Personalised PageRank from anchors (Haveliwala 2002; Jeh and Widom 2003; TrustRank 2004; TRU-016): PageRank that returns
 * to the anchors by weight. What no anchor reaches scores exactly 0, and no edge added by a stranger lowers anyone.
 */
import { type Csr, transpose } from '../graph/csr.ts'
import type { TrustGraph } from '../graph/trust-graph.ts'
import { type Anchors, anchorPrior } from './anchors.ts'
import { rowSums } from './gather.ts'
import { DAMPING_REAL } from './page-rank.ts'
import { type Ranking, type Stopping, teleportWalk } from './teleport.ts'

export interface PersonalisedOptions extends Stopping {
  readonly damping?: number
  readonly incoming?: Csr
}

/** Sum 1. Errors: GRAPH_EMPTY, ANCHORS_INVALID, ANCHOR_UNKNOWN, ANCHORS_MISSING, PARAMETER_INVALID. */
export function personalisedPageRank(
  graph: TrustGraph,
  anchors: Anchors,
  options: PersonalisedOptions = {},
): Ranking {
  const prior = anchorPrior(graph, anchors)
  const incoming = options.incoming ?? transpose(graph.support)
  return teleportWalk(incoming, rowSums(graph.support), prior, options.damping ?? DAMPING_REAL, options)
}
