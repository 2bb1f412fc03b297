/** A credential as the renewal machine sees it. Times are milliseconds of the driver's clock. */
export interface CredentialSpan {
  /** Names the credential in the store: its payment hash. */
  readonly id: string
  /** From when verifiers accept it. */
  readonly activeFrom: number
  /** The last millisecond at which they do. */
  readonly expiresAt: number
}

/** Which way the renewal is paid for: the usual one, or a pre-funded backup channel (LIFE-10). */
export type RenewalPath = 'primary' | 'backup'

interface Common {
  /** Presented by default. */
  readonly current: CredentialSpan
  /** Demoted, kept for the overlap (LIFE-9). */
  readonly previous: { readonly span: CredentialSpan; readonly retainUntil: number } | undefined
  /** Renewal attempts since the current credential was promoted. */
  readonly attempts: number
  /** When the first of them failed or ran late; the recovery deadline counts from here. */
  readonly recoveringSince: number | undefined
  readonly priceRejections: number
}

/**
 * The states of LIFE-5, with the diagnosis and the terminal failure of LIFE-7.
 *
 * - `valid`: unexpired, counters not exhausted.
 * - `pre-expiry`: a renewal has been asked for.
 * - `renewal-in-flight`: it has started; its payment may be under way.
 * - `fresh`: a new credential arrived and its caveats are being compared with the expected ones.
 * - `diagnostic`: they differ.
 * - `degraded`: the last attempt failed (`retryAt` set) or is late (`retryAt` undefined: its payment may still
 *   settle, so no other may start).
 * - `failed`: recovery took too long or all attempts are spent. Terminal.
 */
export type RenewalState = Common &
  (
    | { readonly phase: 'valid' }
    | { readonly phase: 'pre-expiry' }
    | { readonly phase: 'renewal-in-flight'; readonly startedAt: number }
    | { readonly phase: 'fresh' | 'diagnostic'; readonly candidate: CredentialSpan }
    | { readonly phase: 'degraded'; readonly retryAt: number | undefined }
    | { readonly phase: 'failed'; readonly reason: RenewalFailure }
  )

export type RenewalFailure = 'recovery-deadline' | 'attempts-exhausted'

export type RenewalEvent =
  /** Time has passed. */
  | { readonly type: 'tick' }
  /** A verifier's counter for the credential is spent, or is known to be about to be. */
  | { readonly type: 'counters-exhausted' }
  | { readonly type: 'renewal-started' }
  | { readonly type: 'renewal-failed' }
  | { readonly type: 'credential-received'; readonly credential: CredentialSpan }
  | { readonly type: 'caveats-matched' }
  | { readonly type: 'caveats-mismatched' }
  /** The diagnosis found a way: renew again on terms that the provider accepts. */
  | { readonly type: 'mismatch-resolved' }
  | { readonly type: 'mismatch-unresolved' }
  /** A provider refused because its price is over the credential's ceiling. */
  | { readonly type: 'price-rejected' }

export type RenewalEffect =
  | { readonly type: 'start-renewal'; readonly path: RenewalPath; readonly attempt: number }
  | { readonly type: 'compare-caveats'; readonly candidate: CredentialSpan }
  | { readonly type: 'promote'; readonly promoted: CredentialSpan; readonly demoted: CredentialSpan }
  | { readonly type: 'drop'; readonly credential: CredentialSpan }
  | { readonly type: 'diagnose'; readonly candidate: CredentialSpan }
  | { readonly type: 'audit-mismatch'; readonly candidate: CredentialSpan }
  /** Share of the normal request rate, in parts per million. */
  | { readonly type: 'set-rate'; readonly ratePpm: number }
  /** The ceiling is too low: have the principal's policy raise it or stop; do not retry blindly (CAV-14). */
  | { readonly type: 'request-ceiling' }
  | { readonly type: 'report-failure'; readonly reason: RenewalFailure; readonly attempts: number }

export interface RenewalTransition {
  readonly state: RenewalState
  readonly effects: readonly RenewalEffect[]
}

export function initialRenewalState(current: CredentialSpan): RenewalState {
  return {
    phase: 'valid',
    current,
    previous: undefined,
    attempts: 0,
    recoveringSince: undefined,
    priceRejections: 0,
  }
}

/**
 * The credential to present at `now`: the current one, or during the overlap the previous one where the current is
 * not accepted yet. Undefined: present none and wait, because a request would draw a 402.
 */
export function credentialToPresent(state: RenewalState, now: number): CredentialSpan | undefined {
  for (const span of [state.current, state.previous?.span])
    if (span !== undefined && span.activeFrom <= now && now <= span.expiresAt) return span
  return undefined
}
