import { ReputationError } from '../errors.ts'
import { SIGNED_FOLDS_MAX, SIGNED_WINDOWS_MAX } from '../limits.ts'

export interface SignedOptions {
  /** Parts of a cross-validation, 2 … SIGNED_FOLDS_MAX; default 10. Not used by a split by time. */
  readonly folds?: number
  /** Known are the earliest ratings, tested the rest: the share that is known, or true for 0.8. Default: false. */
  readonly timeSplit?: boolean | number
  /**
   * By time: into how many blocks of equal size the tested ratings are cut, each predicted from all that came before it, 1 …
   * SIGNED_WINDOWS_MAX. Models are learned at the first cut and stay. Default 1: nothing after the first cut is ever known.
   */
  readonly refreshes?: number
  /** Of folds, row samples and bootstrap; default 1. */
  readonly seed?: number
  /** Largest rating that the form allows; default: the largest magnitude in the file. */
  readonly scale?: number
  /** Report every tested pair. */
  readonly predictions?: boolean
  /** Called after each part. */
  readonly onPart?: (done: number, of: number) => void
}

/** Errors: SIGNED_OPTION_INVALID. */
export function foldsIn(folds = 10): number {
  if (Number.isInteger(folds) && folds >= 2 && folds <= SIGNED_FOLDS_MAX) return folds
  throw new ReputationError(
    'SIGNED_OPTION_INVALID',
    `folds is ${folds}; give a whole number in 2 … SIGNED_FOLDS_MAX (${SIGNED_FOLDS_MAX})`,
  )
}

/** Errors: SIGNED_OPTION_INVALID. Undefined for no split by time. */
export function knownShareIn(timeSplit: boolean | number = false): number | undefined {
  if (timeSplit === false) return undefined
  const share = timeSplit === true ? 0.8 : timeSplit
  if (share > 0 && share < 1) return share
  throw new ReputationError(
    'SIGNED_OPTION_INVALID',
    `timeSplit is ${timeSplit}; give the share of ratings that is known, between 0 and 1`,
  )
}

/** Errors: SIGNED_OPTION_INVALID. */
export function seedIn(seed = 1): number {
  if (Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff) return seed
  throw new ReputationError('SIGNED_OPTION_INVALID', `seed is ${seed}; give a whole number in 0 … 2³² − 1`)
}

/** Errors: SIGNED_OPTION_INVALID. */
export function refreshesIn(refreshes = 1): number {
  if (Number.isInteger(refreshes) && refreshes >= 1 && refreshes <= SIGNED_WINDOWS_MAX) return refreshes
  throw new ReputationError(
    'SIGNED_OPTION_INVALID',
    `refreshes is ${refreshes}; give a whole number in 1 … SIGNED_WINDOWS_MAX (${SIGNED_WINDOWS_MAX})`,
  )
}
