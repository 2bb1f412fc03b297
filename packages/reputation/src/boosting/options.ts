import { ReputationError } from '../errors.ts'
import type { FeatureMatrix } from '../features/matrix.ts'
import { BOOSTED_TREES_MAX, TREE_DEPTH_MAX } from '../limits.ts'

/** `logistic`: labels in 0 … 1, the model answers a probability. `squared`: any finite label, it answers a value. */
export type Objective = 'logistic' | 'squared'

/** Numbers that shape the model; they are stored with it. Defaults are those of TRU-046 and the table of open parameters. */
export interface BoostingParameters {
  readonly objective: Objective
  /** Trees at most; early stopping may keep fewer. */
  readonly trees: number
  /** Splits between root and leaf, at most. */
  readonly depth: number
  /** Shrinks each leaf, 0 < rate ≤ 1. */
  readonly learningRate: number
  /** L2 penalty on leaf values. */
  readonly lambda: number
  /** A split must gain more than this: ½[…] − γ, so γ here is half of XGBoost's. Applied bottom-up when the tree is grown. */
  readonly gamma: number
  /** Least sum of second derivatives in a child. */
  readonly minChildWeight: number
  /** Share of rows that each tree sees, 0 < share ≤ 1. */
  readonly subsample: number
  /** Weight of rows with label 1 (logistic only). */
  readonly scalePosWeight: number
  /** Histogram slots per feature, 3 … 256; one of them holds missing values. */
  readonly bins: number
  /** Seeds the row sample; without effect at subsample 1. */
  readonly seed: number
}

export interface BoostingOptions extends Partial<BoostingParameters> {
  /** One weight ≥ 0 per row; 1 if absent. */
  readonly weights?: Float64Array
  /** Per feature: +1 the answer never falls as it grows, −1 never rises, 0 free. */
  readonly monotone?: readonly (-1 | 0 | 1)[]
  /** Where boosting starts. Default: 0 (probability ½) for logistic, the weighted mean label for squared. */
  readonly baseMargin?: number
  /** Rows that judge when to stop; required by `earlyStoppingRounds`. */
  readonly validation?: {
    readonly matrix: FeatureMatrix
    readonly labels: Float64Array
    readonly weights?: Float64Array
  }
  /** Stop after this many trees without a lower validation loss, and keep the trees up to the best. */
  readonly earlyStoppingRounds?: number
}

export const BOOSTING_DEFAULTS: BoostingParameters = {
  objective: 'logistic',
  trees: 200,
  depth: 5,
  learningRate: 0.1,
  lambda: 1,
  gamma: 0,
  minChildWeight: 1,
  subsample: 1,
  scalePosWeight: 1,
  bins: 256,
  seed: 1,
}

function requireOption(holds: boolean, name: string, value: unknown, range: string): void {
  if (!holds) throw new ReputationError('LEARNING_OPTION_INVALID', `${name} is ${value}; give ${range}`)
}

const whole = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max
const notNegative = (value: number): boolean => value >= 0 && Number.isFinite(value)

/** Errors: LEARNING_OPTION_INVALID, naming the option and its range. */
export function boostingParameters(options: BoostingOptions): BoostingParameters {
  const { objective, trees, depth, learningRate, lambda, gamma, minChildWeight, subsample, scalePosWeight } =
    {
      ...BOOSTING_DEFAULTS,
      ...options,
    }
  const { bins, seed } = { ...BOOSTING_DEFAULTS, ...options }
  requireOption(
    objective === 'logistic' || objective === 'squared',
    'objective',
    objective,
    'logistic or squared',
  )
  requireOption(
    whole(trees, 1, BOOSTED_TREES_MAX),
    'trees',
    trees,
    `1 … BOOSTED_TREES_MAX (${BOOSTED_TREES_MAX})`,
  )
  requireOption(whole(depth, 1, TREE_DEPTH_MAX), 'depth', depth, `1 … TREE_DEPTH_MAX (${TREE_DEPTH_MAX})`)
  requireOption(learningRate > 0 && learningRate <= 1, 'learningRate', learningRate, '0 < rate ≤ 1')
  requireOption(notNegative(lambda), 'lambda', lambda, 'a number ≥ 0')
  requireOption(notNegative(gamma), 'gamma', gamma, 'a number ≥ 0')
  requireOption(notNegative(minChildWeight), 'minChildWeight', minChildWeight, 'a number ≥ 0')
  requireOption(subsample > 0 && subsample <= 1, 'subsample', subsample, '0 < share ≤ 1')
  requireOption(
    scalePosWeight > 0 && Number.isFinite(scalePosWeight),
    'scalePosWeight',
    scalePosWeight,
    'a number > 0',
  )
  requireOption(whole(bins, 3, 256), 'bins', bins, '3 … 256')
  requireOption(whole(seed, 0, 2 ** 32 - 1), 'seed', seed, '0 … 2³² − 1')
  const rounds = options.earlyStoppingRounds
  if (rounds !== undefined) {
    requireOption(whole(rounds, 1, BOOSTED_TREES_MAX), 'earlyStoppingRounds', rounds, 'a whole number ≥ 1')
    requireOption(
      options.validation !== undefined,
      'validation',
      'absent',
      'rows that early stopping can judge',
    )
  }
  const base = options.baseMargin
  requireOption(base === undefined || Number.isFinite(base), 'baseMargin', base, 'a finite number')
  return {
    objective,
    trees,
    depth,
    learningRate,
    lambda,
    gamma,
    minChildWeight,
    subsample,
    scalePosWeight,
    bins,
    seed,
  }
}
