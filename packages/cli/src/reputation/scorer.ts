/** Scorers that can be attacked, by name. */

import { scoreGraph } from '@symbolon/reputation'
import { anchoredScorer, blindScorer, type Scorer } from '@symbolon/simulator'
import { oneOf } from '../parse.ts'
import { readModel } from './model-file.ts'
import { SCORER_NAMES } from './names.ts'

/** Errors: USAGE, MODEL_INVALID. */
export function scorerNamed(name: string): Scorer {
  const known = oneOf(name, SCORER_NAMES, '--scorer')
  if (known === 'anchored') return anchoredScorer
  if (known === 'blind') return blindScorer
  const model = readModel(undefined)
  return {
    name: 'model',
    score: (graph, anchors) => {
      const { probability, flagged, rmt, raw } = scoreGraph(graph, { anchors, model })
      return { probability, flagged, rmt: Float64Array.from(rmt), citation: raw.personalisedPageRank }
    },
  }
}
