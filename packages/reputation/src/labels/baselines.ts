/** The classic methods as they are compared with: each with its one free choice made on the seeds, never on the test. */
import { auc } from '../evaluation/index.ts'
import { UNLABELLED } from '../model/labelled-graph.ts'
import { withoutFold } from './cross-fit.ts'
import { labelPropagation, labelSpreading } from './label-propagation.ts'
import type { NodeLabels } from './seeds.ts'
import type { Surroundings } from './surroundings.ts'
import { sybilRankFromSeeds } from './sybil-rank.ts'

type Scorer = (seeds: NodeLabels) => Float64Array

/** Share of walks that go on, for label spreading: from the nearest seeds only to the whole component. */
const ALPHAS = [0.5, 0.9, 0.99]

function candidates({ binary, weighted }: Surroundings): Record<LabelBaseline, Scorer[]> {
  return {
    labelPropagation: [binary, weighted].map((of) => (seeds) => labelPropagation(of, seeds)),
    labelSpreading: ALPHAS.map((alpha) => (seeds) => labelSpreading(binary, seeds, { alpha })),
    sybilRank: [binary, weighted].map((of) => (seeds) => sybilRankFromSeeds(of, seeds)),
  }
}

export const LABEL_BASELINES = ['labelPropagation', 'labelSpreading', 'sybilRank'] as const
export type LabelBaseline = (typeof LABEL_BASELINES)[number]

/** Scores by the candidate that ranks held-out seeds best; the first where that cannot be told. `folds` as in cross-fit.ts. */
export function baselineScores(
  method: LabelBaseline,
  surroundings: Surroundings,
  seeds: NodeLabels,
  folds: Int32Array,
  count: number,
): Float64Array {
  const scorers = candidates(surroundings)[method]
  let best = scorers[0]!
  let highest = Number.NEGATIVE_INFINITY
  if (count >= 2)
    for (const scorer of scorers) {
      const held = new Float64Array(seeds.length)
      for (let fold = 0; fold < count; fold++) {
        const scores = scorer(withoutFold(seeds, folds, fold))
        for (let node = 0; node < seeds.length; node++) if (folds[node] === fold) held[node] = scores[node]!
      }
      const area = auc(
        held,
        seeds.map((label, node) => (folds[node]! < 0 ? UNLABELLED : label)),
      )
      if (area > highest) {
        highest = area
        best = scorer
      }
    }
  return best(seeds)
}
