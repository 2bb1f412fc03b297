import { ReputationError } from '../errors.ts'
import type { FeatureMatrix } from '../features/matrix.ts'
import { logistic } from './exponential.ts'
import { type BoostedTrees, type FlatTrees, flatTrees } from './trees.ts'

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

/** Rows that are laid out side by side at a time: their values stay in the cache while all trees pass over them. */
const BLOCK = 512

/** Sums of the trees before the logistic function. O(rows · trees · depth). Errors: FEATURES_MISMATCH. */
export function predictMargin(model: BoostedTrees, matrix: FeatureMatrix): Float64Array {
  requireFeatures(model.features, matrix)
  const flat = flatTrees(model)
  const width = model.features.length
  const margins = new Float64Array(matrix.rows).fill(model.baseMargin)
  const values = new Float64Array(BLOCK * width)
  for (let start = 0; start < matrix.rows; start += BLOCK) {
    const rows = Math.min(BLOCK, matrix.rows - start)
    for (let feature = 0; feature < width; feature++) {
      const column = matrix.columns[feature] as Float64Array
      for (let row = 0; row < rows; row++) values[row * width + feature] = column[start + row] as number
    }
    addTrees(flat, values, width, margins.subarray(start, start + rows))
  }
  return margins
}

/** PERF: one step down a tree is about 5 ns. Trees are added in the order of training: the sums are those that training had. */
function addTrees(flat: FlatTrees, values: Float64Array, width: number, margins: Float64Array): void {
  const { roots, feature, threshold, left, missingLeft, value } = flat
  for (let tree = 0; tree + 1 < roots.length; tree++) {
    const root = roots[tree] as number
    for (let row = 0; row < margins.length; row++) {
      const first = row * width
      let node = root
      for (let asked = feature[node] as number; asked >= 0; asked = feature[node] as number) {
        const x = values[first + asked] as number
        const goesLeft = x < (threshold[node] as number) || (Number.isNaN(x) && missingLeft[node] === 1)
        node = (left[node] as number) + (goesLeft ? 0 : 1)
      }
      margins[row] = (margins[row] as number) + (value[node] as number)
    }
  }
}

/** Probabilities of label 1 (logistic) or values (squared). Errors: FEATURES_MISMATCH. */
export function predict(model: BoostedTrees, matrix: FeatureMatrix): Float64Array {
  const margins = predictMargin(model, matrix)
  return model.objective === 'logistic' ? margins.map(logistic) : margins
}
