/** The last look before paying (PS-8): headroom shrinks under congestion, so an old check is no check. */
import type { Amount } from '@symbolon/primitives'
import { MarketError } from '../errors.ts'
import { SOLVENCY_CHECK_AGE_MS_MAX } from '../limits.ts'

export interface SolvencyCheck {
  /** Budget left and price, read together. */
  readonly remaining: Amount
  readonly cost: Amount
  /** Milliseconds on the same clock as `nowMs`. */
  readonly checkedAtMs: number
}

/**
 * Passes if the check is fresh and affordable, else throws and nothing is paid.
 * Errors, in order of precedence: SELECTION_CHECK_STALE (too old, or from the future: the clock was set back),
 * SELECTION_INSOLVENT.
 */
export function requireSolvent(
  check: SolvencyCheck,
  nowMs: number,
  ageMsMax: number = SOLVENCY_CHECK_AGE_MS_MAX,
): void {
  const ageMs = nowMs - check.checkedAtMs
  if (!(ageMs >= 0 && ageMs <= ageMsMax))
    throw new MarketError(
      'SELECTION_CHECK_STALE',
      `the solvency check is ${ageMs} ms old, at most ${ageMsMax} allowed; check again`,
    )
  if (check.cost > check.remaining)
    throw new MarketError(
      'SELECTION_INSOLVENT',
      `${check.cost} needed, ${check.remaining} left; choose a cheaper provider`,
    )
}
