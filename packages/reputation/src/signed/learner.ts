/** Two boosted models over the same features: one of the rating, one of its sign. */
import {
  type BoostedTrees,
  type BoostingOptions,
  gainImportance,
  predict,
  trainBoosted,
} from '../boosting/index.ts'
import type { FeatureMatrix } from '../features/matrix.ts'
import { directions } from './features/direction.ts'
import { trainStopped } from './stopped.ts'
import type { TrainingRows } from './training-rows.ts'

/** What the missing ratings are: a random part, the future without end, or what comes next. */
export type Missing = 'part' | 'future' | 'next'

export interface Learned {
  /** −1 … 1. */
  readonly rating: BoostedTrees
  /** Probability that the rating is positive; absent if all training ratings have one sign. */
  readonly sign?: BoostedTrees
}

export interface Predicted {
  /** −1 … 1. */
  readonly rating: Float64Array
  /** Ranks pairs by how likely the rating is positive: a probability if both signs were seen, otherwise the rating. */
  readonly trust: Float64Array
}

/**
 * The far future is less like the past than one part is like another: small trees, few of them, held to directions. Signs are held
 * to directions everywhere: negative ratings are few. For a part, `trees` is a bound, see `trainStopped`; windows of time overlap or
 * follow each other and cannot judge each other so.
 */
const RATING: Record<Missing, BoostingOptions> = {
  part: { depth: 5, trees: 300, learningRate: 0.06, minChildWeight: 20 },
  future: { depth: 4, trees: 60, learningRate: 0.05, minChildWeight: 40 },
  next: { depth: 4, trees: 100, learningRate: 0.05, minChildWeight: 20 },
}
const SIGN: Record<Missing, BoostingOptions> = {
  part: { depth: 4, trees: 200, learningRate: 0.06 },
  future: { depth: 4, trees: 60, learningRate: 0.05 },
  next: { depth: 4, trees: 100, learningRate: 0.05 },
}
/** Below this many rows, trees of few leaves say all that can be said. */
const FEW_ROWS = 4000
const FEW: BoostingOptions = { depth: 3, trees: 80, learningRate: 0.08, minChildWeight: 5 }
const SHARED: BoostingOptions = { lambda: 5, subsample: 0.7 }

export function learn({ matrix, ratings, burst }: TrainingRows, missing: Missing, seed: number): Learned {
  const monotone = directions(matrix.names)
  const few = matrix.rows < FEW_ROWS
  const train = (labels: Float64Array, weights: Float64Array, options: BoostingOptions): BoostedTrees =>
    missing === 'part'
      ? trainStopped(matrix, labels, weights, options)
      : trainBoosted(matrix, labels, { ...options, weights })
  const rating = train(ratings, new Float64Array(ratings.length).fill(1), {
    ...SHARED,
    ...(few ? FEW : RATING[missing]),
    ...(missing === 'part' ? {} : { monotone }),
    objective: 'squared',
    seed,
  })
  const positive = ratings.filter((value) => value > 0).length
  const negative = ratings.filter((value) => value < 0).length
  if (positive === 0 || negative === 0) return { rating }
  const signs = ratings.map((value) => (value > 0 ? 1 : 0))
  // A rating of zero says nothing of the sign. One burst of one rater counts once in the future, where it will not recur.
  const weights = Float64Array.from(ratings, (value, row) =>
    value === 0 ? 0 : missing === 'future' ? 1 / (burst[row] as number) : 1,
  )
  const sign = train(signs, weights, {
    ...SHARED,
    ...(few ? FEW : SIGN[missing]),
    minChildWeight: 1,
    monotone,
    objective: 'logistic',
    baseMargin: Math.log(positive / negative),
    seed,
  })
  return { rating, sign }
}

export function answer({ rating, sign }: Learned, matrix: FeatureMatrix): Predicted {
  const ratings = predict(rating, matrix).map((value) => Math.max(-1, Math.min(1, value)))
  return { rating: ratings, trust: sign === undefined ? ratings : predict(sign, matrix) }
}

/** Share of the gain of both models' splits per feature, descending; features that no tree asked for are left out. */
export function importanceOf({ rating, sign }: Learned): { name: string; share: number }[] {
  const gains = [rating, ...(sign ? [sign] : [])].map((model) => {
    const gain = gainImportance(model)
    const total = gain.reduce((sum, value) => sum + value, 0) || 1
    return gain.map((value) => value / total)
  })
  return rating.features
    .map((name, f) => ({
      name,
      share: gains.reduce((sum, gain) => sum + (gain[f] as number), 0) / gains.length,
    }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1))
}
