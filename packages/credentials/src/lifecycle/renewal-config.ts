import { CredentialError } from '../errors.ts'

/** All durations are whole milliseconds; set once when an agent starts (LIFE-13). */
export interface RenewalConfig {
  /** Expected time for the payment to settle. */
  readonly paymentMs: number
  /** Round trip of the request that issues the new macaroon. */
  readonly issueRoundTripMs: number
  /** Until the deadline of the next scheduled call. */
  readonly nextCallMs: number
  readonly safetyMarginMs: number
  /** How long the old credential is kept beside the new one (LIFE-9). */
  readonly overlapMs: number
  /** First pause after a failed renewal; doubled after each further failure, up to `backoffMaxMs`. */
  readonly backoffMs: number
  readonly backoffMaxMs: number
  /** Attempts on the primary path, then on the pre-funded backup path (LIFE-10; 0 for none). */
  readonly primaryAttemptsMax: number
  readonly backupAttemptsMax: number
  /** From the first failure to the terminal report, at most. */
  readonly recoveryMsMax: number
  /** Share of the normal request rate while degraded, in parts per million. */
  readonly degradedRatePpm: number
  /** Rejections of the price in a row after which the ceiling is taken to be too low (CAV-14). */
  readonly priceRejectionsMax: number
}

export const RENEWAL_DEFAULTS: RenewalConfig = {
  paymentMs: 400,
  issueRoundTripMs: 100,
  nextCallMs: 200,
  safetyMarginMs: 300,
  overlapMs: 500,
  backoffMs: 250,
  backoffMaxMs: 8_000,
  primaryAttemptsMax: 4,
  backupAttemptsMax: 2,
  recoveryMsMax: 30_000,
  degradedRatePpm: 250_000,
  priceRejectionsMax: 3,
}

/** Remaining validity below which a renewal must start (LIFE-6): 400 + 100 + 200 + 300 = 1000 ms by default. */
export function preExpiryThresholdMs(config: RenewalConfig): number {
  return config.paymentMs + config.issueRoundTripMs + config.nextCallMs + config.safetyMarginMs
}

/** Pause before attempt `attempt` (counted from 1) may be followed by another. */
export function backoffMs(config: RenewalConfig, attempt: number): number {
  return Math.min(config.backoffMaxMs, config.backoffMs * 2 ** Math.min(attempt - 1, 30))
}

/** @throws LIFECYCLE_CONFIGURATION_INVALID naming the first field that is out of range */
export function requireRenewalConfig(config: RenewalConfig): void {
  for (const [name, value] of Object.entries(config))
    if (!Number.isSafeInteger(value) || value < 0) throw invalid(`${name} must be a whole number, 0 or more`)
  if (config.backoffMs === 0)
    throw invalid('backoffMs must be at least 1, or failures would be retried at once')
  if (config.primaryAttemptsMax === 0) throw invalid('primaryAttemptsMax must be at least 1')
  if (config.priceRejectionsMax === 0) throw invalid('priceRejectionsMax must be at least 1')
  if (config.degradedRatePpm > 1_000_000) throw invalid('degradedRatePpm must be at most 1000000')
}

function invalid(reason: string): CredentialError {
  return new CredentialError('LIFECYCLE_CONFIGURATION_INVALID', reason)
}
