/**
 * A scorer without a model, for comparison: trust from the anchors over the consented layer (SybilRank), as a share of the
 * median of everybody who has any. "Low" is a quarter of it, as in TRU-030.
 */
import { personalisedPageRank, sybilRank } from '@symbolon/reputation'
import type { Scorer } from './scorer.ts'

const LOW = 0.25

export const anchoredScorer: Scorer = {
  name: 'anchored',
  score: (graph, anchors) => {
    const prior = new Float64Array(graph.nodes.size)
    for (const [node, weight] of anchors) prior[node] = weight
    const trust = sybilRank(graph, prior).scores
    const supported = [...trust].filter((value) => value > 0).sort((a, b) => a - b)
    const median = supported[Math.floor(supported.length / 2)] ?? 1
    const share = trust.map((value) => Math.min(1, value / median))
    return {
      probability: share.map((value) => 1 - value),
      flagged: Uint8Array.from(share, (value) => (value < LOW ? 1 : 0)),
      rmt: share.map((value) => Math.round(1_000 * value)),
      citation: personalisedPageRank(graph, prior).scores,
    }
  },
}
