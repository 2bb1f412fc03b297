import { backoffMs, preExpiryThresholdMs, type RenewalConfig } from './renewal-config.ts'
import type {
  RenewalEffect,
  RenewalEvent,
  RenewalFailure,
  RenewalPath,
  RenewalState,
  RenewalTransition,
} from './renewal-state.ts'

const FULL_RATE_PPM = 1_000_000

/**
 * The renewal machine (LIFE-7) as a pure function. An event that means nothing in a state leaves it as it is, so
 * late and repeated events do no harm: a renewal that is reported twice promotes once.
 */
export function renew(
  state: RenewalState,
  event: RenewalEvent,
  now: number,
  config: RenewalConfig,
): RenewalTransition {
  switch (event.type) {
    case 'tick':
      return tick(state, now, config)
    case 'counters-exhausted':
      return state.phase === 'valid' ? askForRenewal(state, config) : unchanged(state)
    case 'renewal-started':
      return state.phase === 'pre-expiry'
        ? to({ ...common(state), phase: 'renewal-in-flight', startedAt: now })
        : unchanged(state)
    case 'renewal-failed':
      return mayFail(state) ? degrade(state, now, config) : unchanged(state)
    case 'credential-received': {
      const candidate = event.credential
      // In `degraded` it is late or was believed to have failed; it is paid for, and as good as any.
      if (state.phase !== 'renewal-in-flight' && state.phase !== 'degraded') return unchanged(state)
      if (candidate.id === state.current.id) return unchanged(state)
      return to({ ...common(state), phase: 'fresh', candidate }, { type: 'compare-caveats', candidate })
    }
    case 'caveats-matched':
      if (state.phase !== 'fresh') return unchanged(state)
      // One that is about to expire would start the next renewal at once, and pay in a circle.
      if (state.candidate.expiresAt - now < preExpiryThresholdMs(config)) return diagnose(state)
      return promote(state, now, config)
    case 'caveats-mismatched':
      return state.phase === 'fresh' ? diagnose(state) : unchanged(state)
    case 'mismatch-resolved':
      return state.phase === 'diagnostic' ? askForRenewal(state, config) : unchanged(state)
    case 'mismatch-unresolved': {
      if (state.phase !== 'diagnostic') return unchanged(state)
      const degraded = degrade(state, now, config)
      return {
        state: degraded.state,
        effects: [{ type: 'audit-mismatch', candidate: state.candidate }, ...degraded.effects],
      }
    }
    case 'price-rejected': {
      const priceRejections = state.priceRejections + 1
      if (priceRejections < config.priceRejectionsMax) return to({ ...state, priceRejections })
      return to({ ...state, priceRejections: 0 }, { type: 'request-ceiling' })
    }
  }
}

function tick(state: RenewalState, now: number, config: RenewalConfig): RenewalTransition {
  const expired =
    state.previous !== undefined && now > state.previous.retainUntil ? state.previous : undefined
  const kept = expired === undefined ? state : { ...state, previous: undefined }
  const { state: next, effects } = advance(kept, now, config)
  if (expired === undefined) return { state: next, effects }
  return { state: next, effects: [{ type: 'drop', credential: expired.span }, ...effects] }
}

function advance(state: RenewalState, now: number, config: RenewalConfig): RenewalTransition {
  if (state.phase === 'failed') return unchanged(state)
  if (state.recoveringSince !== undefined && now - state.recoveringSince > config.recoveryMsMax)
    return fail(state, 'recovery-deadline')
  if (state.phase === 'valid')
    return state.current.expiresAt - now < preExpiryThresholdMs(config)
      ? askForRenewal(state, config)
      : unchanged(state)
  if (state.phase === 'renewal-in-flight') {
    const late = now - state.startedAt > config.paymentMs + config.issueRoundTripMs + config.safetyMarginMs
    if (!late) return unchanged(state)
    return to(
      {
        ...common(state),
        recoveringSince: state.recoveringSince ?? now,
        phase: 'degraded',
        retryAt: undefined,
      },
      { type: 'set-rate', ratePpm: config.degradedRatePpm },
    )
  }
  if (state.phase === 'degraded' && state.retryAt !== undefined && now >= state.retryAt)
    return askForRenewal(state, config)
  return unchanged(state)
}

function askForRenewal(state: RenewalState, config: RenewalConfig): RenewalTransition {
  const attempt = state.attempts + 1
  if (attempt > config.primaryAttemptsMax + config.backupAttemptsMax) return fail(state, 'attempts-exhausted')
  const path: RenewalPath = attempt <= config.primaryAttemptsMax ? 'primary' : 'backup'
  return to(
    { ...common(state), attempts: attempt, phase: 'pre-expiry' },
    { type: 'start-renewal', path, attempt },
  )
}

/** States in which an attempt is open, so that a report of its failure means something. */
function mayFail(state: RenewalState): boolean {
  return (
    state.phase === 'pre-expiry' ||
    state.phase === 'renewal-in-flight' ||
    (state.phase === 'degraded' && state.retryAt === undefined)
  )
}

function degrade(state: RenewalState, now: number, config: RenewalConfig): RenewalTransition {
  if (state.attempts >= config.primaryAttemptsMax + config.backupAttemptsMax)
    return fail(state, 'attempts-exhausted')
  return to(
    {
      ...common(state),
      recoveringSince: state.recoveringSince ?? now,
      phase: 'degraded',
      retryAt: now + backoffMs(config, state.attempts),
    },
    { type: 'set-rate', ratePpm: config.degradedRatePpm },
  )
}

function promote(
  state: Extract<RenewalState, { phase: 'fresh' | 'diagnostic' }>,
  now: number,
  config: RenewalConfig,
): RenewalTransition {
  const { candidate, current } = state
  const effects: RenewalEffect[] = [{ type: 'promote', promoted: candidate, demoted: current }]
  if (state.previous !== undefined) effects.push({ type: 'drop', credential: state.previous.span })
  if (state.recoveringSince !== undefined) effects.push({ type: 'set-rate', ratePpm: FULL_RATE_PPM })
  return {
    state: {
      phase: 'valid',
      current: candidate,
      previous: { span: current, retainUntil: now + config.overlapMs },
      attempts: 0,
      recoveringSince: undefined,
      priceRejections: 0,
    },
    effects,
  }
}

function diagnose(state: Extract<RenewalState, { phase: 'fresh' | 'diagnostic' }>): RenewalTransition {
  const { candidate } = state
  return to({ ...common(state), phase: 'diagnostic', candidate }, { type: 'diagnose', candidate })
}

function fail(state: RenewalState, reason: RenewalFailure): RenewalTransition {
  return to(
    { ...common(state), phase: 'failed', reason },
    { type: 'report-failure', reason, attempts: state.attempts },
  )
}

function common(state: RenewalState) {
  const { current, previous, attempts, recoveringSince, priceRejections } = state
  return { current, previous, attempts, recoveringSince, priceRejections }
}

function to(state: RenewalState, ...effects: RenewalEffect[]): RenewalTransition {
  return { state, effects }
}

function unchanged(state: RenewalState): RenewalTransition {
  return { state, effects: [] }
}

/**
 * When the machine next has something to do without an event: the driver's timer. Undefined: only an event moves it.
 */
export function nextTickAt(state: RenewalState, config: RenewalConfig): number | undefined {
  const times: number[] = []
  if (state.previous !== undefined) times.push(state.previous.retainUntil + 1)
  if (state.phase === 'valid') times.push(state.current.expiresAt - preExpiryThresholdMs(config) + 1)
  if (state.phase === 'renewal-in-flight')
    times.push(state.startedAt + config.paymentMs + config.issueRoundTripMs + config.safetyMarginMs + 1)
  if (state.phase === 'degraded' && state.retryAt !== undefined) times.push(state.retryAt)
  if (state.phase !== 'failed' && state.recoveringSince !== undefined)
    times.push(state.recoveringSince + config.recoveryMsMax + 1)
  return times.length === 0 ? undefined : Math.min(...times)
}
