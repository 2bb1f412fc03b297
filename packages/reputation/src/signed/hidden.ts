/** Predicts hidden pairs from known ratings by every method. The hidden ratings are not among the arguments. */
import { type Baseline, baselinePredictions } from './baselines.ts'
import { type Pairs, pairDescriber } from './features/index.ts'
import { answer, type Learned, learn, type Missing, type Predicted } from './learner.ts'
import { fitPublished, PUBLISHED_REGRESSION, predictPublished } from './published-regression.ts'
import type { Ratings } from './ratings.ts'
import { inFolds, inWindows, scoresOf, type TrainingRows } from './training-rows.ts'

export const OWN = 'symbolon'
export type Method = Baseline | typeof PUBLISHED_REGRESSION | typeof OWN

export interface HiddenPredictions {
  readonly methods: Record<Method, Predicted>
  /** Absent if the known ratings are too few to learn from: then our method answers as the additive model does. */
  readonly learned?: Learned
}

function predictFrom(
  known: Ratings,
  pairs: Pairs,
  rows: TrainingRows | undefined,
  missing: Missing,
  seed: number,
): HiddenPredictions {
  const scores = scoresOf(known)
  const baselines = baselinePredictions(scores, pairs)
  const alike = (rating: Float64Array): Predicted => ({ rating, trust: rating })
  const methods = Object.fromEntries(
    Object.entries(baselines).map(([name, rating]) => [name, alike(rating)]),
  ) as Record<Method, Predicted>
  if (rows === undefined)
    return {
      methods: {
        ...methods,
        [PUBLISHED_REGRESSION]: alike(baselines.additive),
        [OWN]: alike(baselines.additive),
      },
    }
  const matrix = pairDescriber(scores, { recency: missing === 'future' })(pairs)
  const learned = learn(rows, missing, seed)
  return {
    methods: {
      ...methods,
      [PUBLISHED_REGRESSION]: alike(predictPublished(fitPublished(rows.matrix, rows.ratings), matrix)),
      [OWN]: answer(learned, matrix),
    },
    learned,
  }
}

/** A random part is missing: `known` has one row per pair. */
export function predictPart(known: Ratings, hidden: Pairs, seed: number): HiddenPredictions {
  return predictFrom(known, hidden, inFolds(known, seed), 'part', seed)
}

/** The future is missing: `events` may go on past `time`, but nothing from `time` on is read. */
export function predictFuture(
  events: Ratings,
  known: Ratings,
  time: number,
  hidden: Pairs,
  seed: number,
): HiddenPredictions {
  return predictFrom(known, hidden, inWindows(events, time, seed), 'future', seed)
}
