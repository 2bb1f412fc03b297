/** All seven algorithms on one graph: the eight raw scores of the feature vector (TRU-043), each with how it converged. */
import { transpose } from '../graph/csr.ts'
import type { TrustGraph } from '../graph/trust-graph.ts'
import { absorbing, SURVIVAL } from './absorbing.ts'
import { type Anchors, anchorPrior, uniformPrior } from './anchors.ts'
import { eigenTrust, RECURRENCE } from './eigen-trust.ts'
import { type FiedlerOptions, fiedler, type Spectral } from './fiedler.ts'
import { rowSums } from './gather.ts'
import { type HitsWeights, hits } from './hits.ts'
import { DAMPING_REAL, DAMPING_SYNTHETIC, pageRank } from './page-rank.ts'
import { personalisedPageRank } from './personalised-page-rank.ts'
import type { Convergence, RawScore, RawScores } from './scores.ts'
import { type SybilRankOptions, sybilRank } from './sybil-rank.ts'
import { threeTeleportWalks } from './teleport-three.ts'

export interface RankOptions {
  readonly anchors: Anchors
  /** Of PageRank; 0.85 unless told. */
  readonly damping?: number
  /** Of personalised PageRank; 0.614 unless told: at EigenTrust's 0.85 the two are one vector wherever nobody distrusts anybody. */
  readonly personalisedDamping?: number
  /** Of EigenTrust; 0.15 unless told. */
  readonly teleport?: number
  readonly survival?: number
  /** 'binary' unless told: weights are what an attacker trades with himself (TRU-017). */
  readonly hitsWeights?: HitsWeights
  readonly parity?: SybilRankOptions['parity']
  /** Of the iterations with teleport, HITS and walks; 1e-12 unless told. */
  readonly tolerance?: number
  readonly spectral?: FiedlerOptions
}

export interface Ranked {
  readonly scores: RawScores
  readonly convergence: Readonly<Record<RawScore, Convergence>>
  readonly spectral: Spectral
  /** The teleport vector that was used: sum 1, 0 for what is no anchor. */
  readonly anchors: Float64Array
  readonly personalisedDamping: number
}

/**
 * An algorithm that does not converge says so in `convergence`; call `requireConverged` before publishing.
 * Errors: GRAPH_EMPTY, ANCHORS_INVALID, ANCHOR_UNKNOWN, ANCHORS_MISSING, PARAMETER_INVALID.
 */
export function rankAll(graph: TrustGraph, options: RankOptions): Ranked {
  const {
    damping = DAMPING_REAL,
    personalisedDamping = DAMPING_SYNTHETIC,
    teleport = RECURRENCE.teleport,
    survival = SURVIVAL,
    hitsWeights = 'binary',
    parity = 'average',
    tolerance = 1e-12,
  } = options
  const anchors = anchorPrior(graph, options.anchors)
  const shared = { incoming: transpose(graph.support), tolerance }
  // Without distrust all three walk over the same matrix, and side by side they are about twice as fast; the bits are the same.
  const prior = anchorPrior(graph, anchors)
  const [prestige, eigen, personalised] =
    graph.distrust.columns.length === 0
      ? threeTeleportWalks(
          shared.incoming,
          rowSums(graph.support),
          [
            { prior: uniformPrior(graph), damping },
            { prior, damping: 1 - teleport },
            { prior, damping: personalisedDamping },
          ],
          { tolerance },
        )
      : [
          pageRank(graph, { ...shared, damping }),
          eigenTrust(graph, anchors, { ...shared, teleport }),
          personalisedPageRank(graph, anchors, { ...shared, damping: personalisedDamping }),
        ]
  const { authority, hub, convergence: links } = hits(graph, { ...shared, weights: hitsWeights })
  const sybil = sybilRank(graph, anchors, { parity })
  const spectral = fiedler(graph, anchors, options.spectral)
  const walks = absorbing(graph, anchors, { survival, tolerance })
  return {
    scores: {
      pageRank: prestige.scores,
      eigenTrust: eigen.scores,
      personalisedPageRank: personalised.scores,
      authority,
      hub,
      sybilRank: sybil.scores,
      spectral: spectral.scores,
      absorbing: walks.scores,
    },
    convergence: {
      pageRank: prestige.convergence,
      eigenTrust: eigen.convergence,
      personalisedPageRank: personalised.convergence,
      authority: links,
      hub: links,
      sybilRank: sybil.convergence,
      spectral: spectral.convergence,
      absorbing: walks.convergence,
    },
    spectral,
    anchors,
    personalisedDamping,
  }
}
