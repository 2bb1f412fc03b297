import { ReputationError } from '../errors.ts'
import { fitIsotonic, type IsotonicCalibration, isotonicProbability } from './isotonic.ts'
import { fitLogistic, type LogisticCalibration, logisticProbability } from './logistic-fit.ts'

/** Plain data: it is stored with the model. Fit it on rows that did not train the scores. */
export type Calibration = IsotonicCalibration | LogisticCalibration

/** Scores are margins for `logistic`; any order-preserving score for `isotonic`. Errors: EVALUATION_INVALID. */
export function fitCalibration(
  kind: Calibration['kind'],
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
): Calibration {
  return kind === 'isotonic' ? fitIsotonic(scores, labels) : fitLogistic(scores, labels)
}

export function calibrated(calibration: Calibration, score: number): number {
  return calibration.kind === 'isotonic'
    ? isotonicProbability(calibration, score)
    : logisticProbability(calibration, score)
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((entry) => Number.isFinite(entry))

const ascends = (values: readonly number[], strictly: boolean): boolean =>
  values.every(
    (value, place) =>
      place === 0 ||
      (strictly ? value > (values[place - 1] as number) : value >= (values[place - 1] as number)),
  )

/** Reads a stored calibration. Errors: MODEL_INVALID. */
export function calibrationFromObject(json: unknown): Calibration {
  const { kind, slope, intercept, scores, probabilities } = (json ?? {}) as Record<string, unknown>
  if (kind === 'logistic' && Number.isFinite(slope) && Number.isFinite(intercept))
    return { kind, slope: slope as number, intercept: intercept as number }
  if (
    kind === 'isotonic' &&
    isNumbers(scores) &&
    isNumbers(probabilities) &&
    scores.length === probabilities.length &&
    ascends(scores, true) &&
    ascends(probabilities, false) &&
    (probabilities[0] as number) >= 0 &&
    (probabilities[probabilities.length - 1] as number) <= 1
  )
    return { kind, scores, probabilities }
  throw new ReputationError(
    'MODEL_INVALID',
    'the calibration is not what its kind says; train or download the model again',
  )
}
