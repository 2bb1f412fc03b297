/**
 * EigenTrust (Kamvar, Schlosser, Garcia-Molina 2003; TRU-015, TPR-126): t ← (1 − a)·Cᵀt + a·p over *net* local trust,
 * c_ij = max(sat − unsat, 0) / row sum, rows without trust replaced by p. With p on anchors, an unsupported set has 0.
 * Where nobody distrusts anybody and p is the same, this is personalised PageRank with d = 1 − a.
 */
import { type Csr, transpose } from '../graph/csr.ts'
import type { TrustGraph } from '../graph/trust-graph.ts'
import { type Anchors, anchorPrior, uniformPrior } from './anchors.ts'
import { rowSums } from './gather.ts'
import { similarityWeighted } from './similarity.ts'
import { type Ranking, type Stopping, teleportWalk } from './teleport.ts'

/** The recurrence that frames state: teleport 0.15, largest change below 1e-6, refused beyond 200 steps (TPR-126, TPR-130). */
export const RECURRENCE = { teleport: 0.15, tolerance: 1e-6, norm: 'max', stepsMax: 200 } as const

export interface EigenTrustOptions extends Stopping {
  /** Probability of returning to the prior in each step; 0.15 unless told. */
  readonly teleport?: number
  /** EigenTrust++ (Fan, Liu, Li, Su 2012): share of each row weighted by similarity of opinion, 0 … 1; 0 unless told. */
  readonly similarity?: number
  /** Transposed support, used as it stands if nobody distrusts anybody. */
  readonly incoming?: Csr
}

/** max(support − distrust, 0), entry by entry; the support layer itself if there is no distrust. */
export function netTrust({ support, distrust }: Pick<TrustGraph, 'support' | 'distrust'>): Csr {
  if (distrust.columns.length === 0) return support
  const { size } = support
  const offsets = new Uint32Array(size + 1)
  const columns = new Uint32Array(support.columns.length)
  const weights = new Float64Array(support.columns.length)
  let place = 0
  for (let i = 0; i < size; i++) {
    let d = distrust.offsets[i] as number
    const distrustEnd = distrust.offsets[i + 1] as number
    const end = support.offsets[i + 1] as number
    for (let k = support.offsets[i] as number; k < end; k++) {
      const column = support.columns[k] as number
      while (d < distrustEnd && (distrust.columns[d] as number) < column) d++
      const against = d < distrustEnd && distrust.columns[d] === column ? (distrust.weights[d] as number) : 0
      const net = (support.weights[k] as number) - against
      if (net <= 0) continue
      columns[place] = column
      weights[place++] = net
    }
    offsets[i + 1] = place
  }
  return { size, offsets, columns: columns.slice(0, place), weights: weights.slice(0, place) }
}

/**
 * `anchors` are the pre-trusted peers; 'uniform' is a mode for comparison only, because it gives every fake the score of an
 * average honest agent (TPR-129). Sum 1.
 * Errors: GRAPH_EMPTY, ANCHORS_INVALID, ANCHOR_UNKNOWN, ANCHORS_MISSING, PARAMETER_INVALID.
 */
export function eigenTrust(
  graph: TrustGraph,
  anchors: Anchors | 'uniform',
  options: EigenTrustOptions = {},
): Ranking {
  const prior = anchors === 'uniform' ? uniformPrior(graph) : anchorPrior(graph, anchors)
  const net = netTrust(graph)
  const local = options.similarity ? similarityWeighted(net, options.similarity) : net
  const incoming = local === graph.support && options.incoming ? options.incoming : transpose(local)
  return teleportWalk(incoming, rowSums(local), prior, 1 - (options.teleport ?? RECURRENCE.teleport), options)
}
