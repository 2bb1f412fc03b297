import { type BoostedTrees, gainImportance, permutationImportance } from '../boosting/index.ts'
import { auc } from '../evaluation/index.ts'
import { seeded } from '../random.ts'
import { classifierInput } from './classifier.ts'
import type { HeldOut } from './cross-fit.ts'
import { FEATURE_GROUPS } from './feature-groups.ts'
import type { FeatureImportance } from './model.ts'
import { type PreparedGraph, sampleRows, stackRows } from './prepared-graph.ts'

const ROWS_PER_GRAPH = 100

const round = (value: number): number => Number(value.toFixed(4))

/** By falling loss of AUC, the mean over the folds; features outside the groups stand alone. */
export function importanceOf(
  final: BoostedTrees,
  pool: readonly PreparedGraph[],
  heldOut: HeldOut,
): FeatureImportance[] {
  const known = FEATURE_GROUPS.map((group) => group.filter((name) => final.features.includes(name))).filter(
    ({ length }) => length > 0,
  )
  const alone = final.features.filter((name) => !known.flat().includes(name)).map((name) => [name])
  const groups = [...known, ...alone]
  const places = groups.map((group) => group.map((name) => final.features.indexOf(name)))
  const lost = new Float64Array(groups.length)
  let folds = 0
  for (const [fold, classifier] of heldOut.classifiers.entries()) {
    const numbers = new Set(heldOut.graphs.filter((_, row) => heldOut.folds[row] === fold))
    const test = pool.filter((_, number) => numbers.has(number))
    const random = seeded(fold + 1)
    const { matrix, labels } = stackRows(
      test,
      classifier.normalisation,
      classifier.features,
      sampleRows(test, ROWS_PER_GRAPH, random),
    )
    const quality = (predictions: Float64Array): number => auc(predictions, labels)
    const input = classifierInput(classifier, matrix)
    if (Number.isNaN(auc(new Float64Array(labels.length), labels))) continue
    folds++
    for (const [group, value] of permutationImportance(
      classifier.trees,
      input,
      quality,
      places,
      random,
      1,
    ).entries())
      lost[group] = (lost[group] as number) + value
  }
  const gains = gainImportance(final)
  return groups
    .map((features, group) => ({
      features,
      aucLost: folds === 0 ? 0 : round((lost[group] as number) / folds),
      gain: round((places[group] as number[]).reduce((sum, place) => sum + (gains[place] as number), 0)),
    }))
    .sort((a, b) => b.aucLost - a.aucLost || b.gain - a.gain)
}
