/** Probabilities under other odds: undoing class weights, moving to the base rate of a deployment, choosing a threshold (TRU-048). */
import { ReputationError } from '../errors.ts'

/** The probability whose odds are those of `probability` times `factor`. 0 and 1 stay. */
export function scaleOdds(probability: number, factor: number): number {
  return (probability * factor) / (probability * factor + (1 - probability))
}

/**
 * What a model trained with `scale_pos_weight` says, without the weight: odds divided by it. 0.65 with 9,429/2,308 = 4.0854 is
 * 0.3125 at the training mix.
 */
export function withoutPositiveWeight(probability: number, scalePosWeight: number): number {
  return scaleOdds(probability, 1 / scalePosWeight)
}

function requireRate(name: string, rate: number): void {
  if (!(rate > 0 && rate < 1))
    throw new ReputationError('LEARNING_OPTION_INVALID', `${name} is ${rate}; give a share between 0 and 1`)
}

/**
 * A probability calibrated where `from` of all nodes were positive, for a network where `to` are: the likelihood ratio stays,
 * the prior odds change. Errors: LEARNING_OPTION_INVALID.
 */
export function shiftBaseRate(probability: number, from: number, to: number): number {
  requireRate('base rate', from)
  requireRate('base rate', to)
  return scaleOdds(probability, (to * (1 - from)) / ((1 - to) * from))
}

/** Flag iff the calibrated probability is at least this: where both mistakes cost the same on average. Errors: LEARNING_OPTION_INVALID. */
export function costThreshold(costFalsePositive: number, costFalseNegative: number): number {
  if (!(costFalsePositive > 0 && costFalseNegative > 0 && costFalsePositive + costFalseNegative < Infinity))
    throw new ReputationError(
      'LEARNING_OPTION_INVALID',
      `costs ${costFalsePositive} and ${costFalseNegative} must be positive numbers`,
    )
  return costFalsePositive / (costFalsePositive + costFalseNegative)
}
