import { nextTickAt, renew } from './renewal.ts'
import { type RenewalConfig, requireRenewalConfig } from './renewal-config.ts'
import {
  type CredentialSpan,
  credentialToPresent,
  initialRenewalState,
  type RenewalEffect,
  type RenewalEvent,
  type RenewalPath,
  type RenewalState,
} from './renewal-state.ts'

export interface RenewalActions {
  /**
   * Requests, pays and stores the next credential. Rejecting with the code L402_PAYMENT_PENDING means that the
   * payment may still settle: no further attempt is made until {@link RenewalDriver.deliver} or the deadline.
   */
  renew(path: RenewalPath, attempt: number): Promise<CredentialSpan>
  /** Compares the candidate's caveats with the expected ones (LIFE-11). */
  caveatsMatch(candidate: CredentialSpan): boolean
  /** True if renewing again can help, for instance after adapting what is asked for. */
  resolveMismatch(candidate: CredentialSpan): Promise<boolean>
  /** Every effect, in order, after the state has changed: rate, ceiling request, audit and failure reports. */
  onEffect?(effect: RenewalEffect): void
}

/**
 * Runs the renewal machine. It has no timer of its own: call {@link advance} at {@link nextTickAt}, or before each
 * dispatch, with any clock; a simulation passes simulated time.
 */
export class RenewalDriver {
  #state: RenewalState
  readonly #config: RenewalConfig
  readonly #clock: () => number
  readonly #actions: RenewalActions

  /** @throws LIFECYCLE_CONFIGURATION_INVALID */
  constructor(current: CredentialSpan, config: RenewalConfig, clock: () => number, actions: RenewalActions) {
    requireRenewalConfig(config)
    this.#state = initialRenewalState(current)
    this.#config = config
    this.#clock = clock
    this.#actions = actions
  }

  get state(): RenewalState {
    return this.#state
  }

  /** When {@link advance} next has something to do, by the driver's clock. */
  get nextTickAt(): number | undefined {
    return nextTickAt(this.#state, this.#config)
  }

  /** The credential for a request sent now; undefined means wait. */
  present(): CredentialSpan | undefined {
    this.advance()
    return credentialToPresent(this.#state, this.#clock())
  }

  advance(): void {
    this.#dispatch({ type: 'tick' })
  }

  /** A verifier said that the credential's counters are spent. */
  countersExhausted(): void {
    this.#dispatch({ type: 'counters-exhausted' })
  }

  /** A provider's price is over the credential's ceiling. */
  priceRejected(): void {
    this.#dispatch({ type: 'price-rejected' })
  }

  /** A credential whose payment was pending has arrived after all. */
  deliver(credential: CredentialSpan): void {
    this.#dispatch({ type: 'credential-received', credential })
  }

  #dispatch(event: RenewalEvent): void {
    const { state, effects } = renew(this.#state, event, this.#clock(), this.#config)
    this.#state = state
    for (const effect of effects) {
      this.#actions.onEffect?.(effect)
      this.#perform(effect)
    }
  }

  #perform(effect: RenewalEffect): void {
    if (effect.type === 'start-renewal') {
      this.#dispatch({ type: 'renewal-started' })
      // Both outcomes are handled inside, so nothing is left to reject.
      void this.#renew(effect.path, effect.attempt)
    } else if (effect.type === 'compare-caveats') {
      const matched = this.#matches(effect.candidate)
      this.#dispatch({ type: matched ? 'caveats-matched' : 'caveats-mismatched' })
    } else if (effect.type === 'diagnose') void this.#diagnose(effect.candidate)
  }

  /** A comparison that throws has not shown a match. */
  #matches(candidate: CredentialSpan): boolean {
    try {
      return this.#actions.caveatsMatch(candidate)
    } catch {
      return false
    }
  }

  async #renew(path: RenewalPath, attempt: number): Promise<void> {
    try {
      const credential = await this.#actions.renew(path, attempt)
      this.#dispatch({ type: 'credential-received', credential })
    } catch (error) {
      if (!isPaymentPending(error)) this.#dispatch({ type: 'renewal-failed' })
    }
  }

  async #diagnose(candidate: CredentialSpan): Promise<void> {
    const resolved = await this.#actions.resolveMismatch(candidate).catch(() => false)
    this.#dispatch({ type: resolved ? 'mismatch-resolved' : 'mismatch-unresolved' })
  }
}

function isPaymentPending(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'L402_PAYMENT_PENDING'
}
