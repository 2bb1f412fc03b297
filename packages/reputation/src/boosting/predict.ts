import { ReputationError } from '../errors.ts'
import type { FeatureMatrix } from '../features/matrix.ts'
import { logistic } from './exponential.ts'
import { type BoostedTrees, flatTrees, leafOf } from './trees.ts'

/** Errors: FEATURES_MISMATCH. A model that reads the wrong column answers nonsense with confidence. */
export function requireFeatures(names: readonly string[], matrix: FeatureMatrix): void {
  const wrong = names.findIndex((name, place) => matrix.names[place] !== name)
  if (wrong === -1 && matrix.names.length === names.length && matrix.columns.length === names.length) return
  throw new ReputationError(
    'FEATURES_MISMATCH',
    wrong === -1
      ? `the model has ${names.length} features, the matrix ${matrix.columns.length}`
      : `feature ${wrong} of the model is ${names[wrong]}, of the matrix ${matrix.names[wrong] ?? 'absent'}`,
  )
}

/** Sums of the trees before the logistic function. O(rows · trees · depth). Errors: FEATURES_MISMATCH. */
export function predictMargin(model: BoostedTrees, matrix: FeatureMatrix): Float64Array {
  requireFeatures(model.features, matrix)
  const flat = flatTrees(model)
  const margins = new Float64Array(matrix.rows).fill(model.baseMargin)
  // Tree by tree, in the order of training: the sums are those that training had.
  for (let tree = 0; tree < model.trees.length; tree++) {
    const root = flat.roots[tree] as number
    for (let row = 0; row < matrix.rows; row++) {
      const leaf = leafOf(flat, root, matrix.columns, row)
      margins[row] = (margins[row] as number) + (flat.value[leaf] as number)
    }
  }
  return margins
}

/** Probabilities of label 1 (logistic) or values (squared). Errors: FEATURES_MISMATCH. */
export function predict(model: BoostedTrees, matrix: FeatureMatrix): Float64Array {
  const margins = predictMargin(model, matrix)
  return model.objective === 'logistic' ? margins.map(logistic) : margins
}
