/** The deployed scorer: ranking, signals, features, boosted trees, calibration, as `symbolon reputation score` runs them. */
import { type Model, type ScoreOptions, scoreGraph } from '@symbolon/reputation'
import type { Scorer } from './scorer.ts'

/** With the model that ships unless another is given. Errors when scoring: those of `scoreGraph`. */
export function classifierScorer(
  options: Omit<ScoreOptions, 'anchors'> & { readonly model?: Model } = {},
): Scorer {
  return {
    name: 'classifier',
    score: (graph, anchors) => {
      const { probability, margin, flagged, rmt, raw } = scoreGraph(graph, {
        ...options,
        anchors,
      })
      return {
        probability,
        margin,
        flagged,
        rmt: Float64Array.from(rmt),
        citation: raw.personalisedPageRank,
      }
    },
  }
}
