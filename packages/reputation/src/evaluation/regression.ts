/** Quality of predicted values. Pairs are given as two arrays of one length. */
import { ReputationError } from '../errors.ts'
import { midranks } from './labelled-scores.ts'

function requirePairs(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length !== b.length)
    throw new ReputationError('EVALUATION_INVALID', `${a.length} predictions for ${b.length} values`)
  for (let row = 0; row < a.length; row++)
    if (!Number.isFinite(a[row]) || !Number.isFinite(b[row]))
      throw new ReputationError('EVALUATION_INVALID', `row ${row} is not finite: ${a[row]}, ${b[row]}`)
}

/** NaN of no pairs. Errors: EVALUATION_INVALID. */
export function rootMeanSquareError(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  requirePairs(predicted, actual)
  let sum = 0
  for (let row = 0; row < predicted.length; row++)
    sum += ((predicted[row] as number) - (actual[row] as number)) ** 2
  return Math.sqrt(sum / predicted.length)
}

/** NaN of no pairs. Errors: EVALUATION_INVALID. */
export function meanAbsoluteError(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  requirePairs(predicted, actual)
  let sum = 0
  for (let row = 0; row < predicted.length; row++)
    sum += Math.abs((predicted[row] as number) - (actual[row] as number))
  return sum / predicted.length
}

/** Pearson's product-moment correlation, in two passes. NaN if one side is constant. Errors: EVALUATION_INVALID. */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requirePairs(a, b)
  let meanA = 0
  let meanB = 0
  for (let row = 0; row < a.length; row++) {
    meanA += a[row] as number
    meanB += b[row] as number
  }
  meanA /= a.length
  meanB /= a.length
  let [together, ofA, ofB] = [0, 0, 0]
  for (let row = 0; row < a.length; row++) {
    const x = (a[row] as number) - meanA
    const y = (b[row] as number) - meanB
    together += x * y
    ofA += x * x
    ofB += y * y
  }
  if (ofA === 0 || ofB === 0) return Number.NaN
  return Math.max(-1, Math.min(1, together / (Math.sqrt(ofA) * Math.sqrt(ofB))))
}

/** Correlation of ranks, ties averaged. NaN if one side is constant. Errors: EVALUATION_INVALID. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requirePairs(a, b)
  return pearson(midranks(Float64Array.from(a)), midranks(Float64Array.from(b)))
}
