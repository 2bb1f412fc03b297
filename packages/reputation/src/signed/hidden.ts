/** Predicts hidden pairs from known ratings by every method. The hidden ratings are not among the arguments. */
import { type Baseline, baselinePredictions } from './baselines.ts'
import { type Pairs, pairDescriber } from './features/index.ts'
import { answer, type Learned, learn, type Missing, type Predicted } from './learner.ts'
import {
  fitPublished,
  PUBLISHED_REGRESSION,
  type PublishedRegression,
  predictPublished,
} from './published-regression.ts'
import type { Ratings } from './ratings.ts'
import { scoresOf, type TrainingRows } from './training-rows.ts'

export const OWN = 'symbolon'
export type Method = Baseline | typeof PUBLISHED_REGRESSION | typeof OWN

/** Everything that was learned; it says nothing of single pairs. */
export interface Models {
  readonly missing: Missing
  readonly own: Learned
  readonly published: PublishedRegression
}

/** Undefined if the known ratings are too few to learn from: then learned methods answer as the additive model does. */
export function modelsOf(rows: TrainingRows | undefined, missing: Missing, seed: number): Models | undefined {
  if (rows === undefined) return undefined
  return { missing, own: learn(rows, missing, seed), published: fitPublished(rows.matrix, rows.ratings) }
}

const ranked = (rating: Float64Array): Predicted => ({ rating, trust: rating })

/** `known` has one row per pair, none of them among `hidden`. */
export function predictHidden(
  known: Ratings,
  hidden: Pairs,
  models: Models | undefined,
): Record<Method, Predicted> {
  const scores = scoresOf(known)
  const baselines = baselinePredictions(scores, hidden)
  const methods = Object.fromEntries(
    Object.entries(baselines).map(([name, rating]) => [name, ranked(rating)]),
  ) as Record<Baseline, Predicted>
  if (models === undefined)
    return { ...methods, [PUBLISHED_REGRESSION]: methods.additive, [OWN]: methods.additive }
  const matrix = pairDescriber(scores, { recency: models.missing !== 'part' })(hidden)
  return {
    ...methods,
    [PUBLISHED_REGRESSION]: ranked(predictPublished(models.published, matrix)),
    [OWN]: answer(models.own, matrix),
  }
}
