/**
 * As many trees as the data bears: a first model is stopped where the error on held-out rows no longer falls, and the model that counts
 * is grown on all rows to that number. Noisy signs bear some fifty trees, ten-step ratings of a market some two hundred.
 */
import { type BoostedTrees, type BoostingOptions, trainBoosted } from '../boosting/index.ts'
import type { FeatureMatrix } from '../features/matrix.ts'

/** Share of the rows, the last ones: parts of training rows are random, so that the last part stands for all. */
const HELD_OUT = 0.1
/** Fewer held-out rows cannot tell when to stop. */
const HELD_OUT_ROWS_MIN = 50
/** Trees without a lower error. */
const PATIENCE = 25

function rowsBetween({ names, columns }: FeatureMatrix, start: number, end: number): FeatureMatrix {
  return { names, rows: end - start, columns: columns.map((column) => column.subarray(start, end)) }
}

/** The options' `trees` is the most there may be. */
export function trainStopped(
  matrix: FeatureMatrix,
  labels: Float64Array,
  weights: Float64Array,
  options: BoostingOptions,
): BoostedTrees {
  const cut = Math.floor(matrix.rows * (1 - HELD_OUT))
  if (matrix.rows - cut < HELD_OUT_ROWS_MIN) return trainBoosted(matrix, labels, { ...options, weights })
  const first = trainBoosted(rowsBetween(matrix, 0, cut), labels.subarray(0, cut), {
    ...options,
    weights: weights.subarray(0, cut),
    validation: {
      matrix: rowsBetween(matrix, cut, matrix.rows),
      labels: labels.subarray(cut),
      weights: weights.subarray(cut),
    },
    earlyStoppingRounds: PATIENCE,
  })
  return trainBoosted(matrix, labels, { ...options, weights, trees: Math.max(1, first.trees.length) })
}
