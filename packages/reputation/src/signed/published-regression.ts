/**
 * The strongest method of Kumar and others (ICDM 2016, section V.C): linear regression of the rating on the published measures, here by
 * ridge regression on standardised columns, fitted on rows whose own rating was hidden.
 */
import type { FeatureMatrix } from '../features/matrix.ts'
import { solveSymmetric } from './linear-system.ts'

export const PUBLISHED_REGRESSION = 'linear regression'

const MEASURES = [
  'source fairness',
  'target goodness',
  'fairness × goodness',
  'target deserve',
  'target authority',
  'reciprocal',
  'u→w→v: balance',
] as const

/** Of rows, added to the diagonal of the correlation matrix: measures are nearly collinear. */
const RIDGE = 1e-3

export interface PublishedRegression {
  readonly intercept: number
  /** Per measure, on the raw scale; a missing measure counts as its mean. */
  readonly weights: Float64Array
  readonly means: Float64Array
}

const measures = (matrix: FeatureMatrix): Float64Array[] =>
  MEASURES.map((name) => matrix.columns[matrix.names.indexOf(name)] as Float64Array)

function meanOf(column: Float64Array): number {
  let sum = 0
  let count = 0
  for (const value of column)
    if (!Number.isNaN(value)) {
      sum += value
      count++
    }
  return count === 0 ? 0 : sum / count
}

export function fitPublished(matrix: FeatureMatrix, ratings: Float64Array): PublishedRegression {
  const columns = measures(matrix)
  const size = columns.length
  const means = Float64Array.from(columns, meanOf)
  const centre = meanOf(ratings)
  const at = (c: number, row: number): number => {
    const value = (columns[c] as Float64Array)[row] as number
    return Number.isNaN(value) ? 0 : value - (means[c] as number)
  }
  const squares = Float64Array.from(columns, (_, c) => {
    let sum = 0
    for (let row = 0; row < matrix.rows; row++) sum += at(c, row) ** 2
    return sum
  })
  const spread = squares.map((sum) => Math.sqrt(sum / matrix.rows) || 1)
  const left = Array.from({ length: size }, () => new Float64Array(size))
  const right = new Float64Array(size)
  for (let a = 0; a < size; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0
      for (let row = 0; row < matrix.rows; row++) sum += at(a, row) * at(b, row)
      const value = sum / ((spread[a] as number) * (spread[b] as number) * matrix.rows)
      ;(left[a] as Float64Array)[b] = value
      ;(left[b] as Float64Array)[a] = value
    }
    ;(left[a] as Float64Array)[a] = ((left[a] as Float64Array)[a] as number) + RIDGE
    let sum = 0
    for (let row = 0; row < matrix.rows; row++) sum += at(a, row) * ((ratings[row] as number) - centre)
    right[a] = sum / ((spread[a] as number) * matrix.rows)
  }
  const solution = solveSymmetric(left, right)
  return { intercept: centre, weights: solution.map((value, c) => value / (spread[c] as number)), means }
}

export function predictPublished(
  { intercept, weights, means }: PublishedRegression,
  matrix: FeatureMatrix,
): Float64Array {
  const columns = measures(matrix)
  return Float64Array.from({ length: matrix.rows }, (_, row) => {
    let sum = intercept
    for (let c = 0; c < columns.length; c++) {
      const value = (columns[c] as Float64Array)[row] as number
      if (!Number.isNaN(value)) sum += (weights[c] as number) * (value - (means[c] as number))
    }
    return Math.max(-1, Math.min(1, sum))
  })
}
