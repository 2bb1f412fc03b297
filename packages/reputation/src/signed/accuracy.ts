/** How near predictions come: error and correlation of the rating, order of the signs. */
import { auc, pearson, rootMeanSquareError } from '../evaluation/index.ts'

export const ACCURACY = ['rmse', 'pcc', 'auc'] as const
export type AccuracyName = (typeof ACCURACY)[number]

/** NaN where a figure is undefined. */
export interface Accuracy {
  /** Root mean square error, in units of the largest rating: −1 … 1. */
  readonly rmse: number
  /** Pearson's correlation; undefined if predictions or ratings are all equal. */
  readonly pcc: number
  /** Share of (positive, negative) pairs in the right order; undefined without both signs. Ratings of zero have none. */
  readonly auc: number
}

export function accuracyOf(
  actual: Float64Array,
  { rating, trust }: { readonly rating: Float64Array; readonly trust: Float64Array },
): Accuracy {
  return {
    rmse: rootMeanSquareError(rating, actual),
    pcc: pearson(rating, actual),
    auc: auc(
      trust,
      Int8Array.from(actual, (value) => (value > 0 ? 1 : value < 0 ? 0 : -1)),
    ),
  }
}
