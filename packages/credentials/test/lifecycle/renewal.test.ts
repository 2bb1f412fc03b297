import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  backoffMs,
  type CredentialSpan,
  credentialToPresent,
  initialRenewalState,
  nextTickAt,
  preExpiryThresholdMs,
  RENEWAL_DEFAULTS,
  type RenewalConfig,
  type RenewalEffect,
  type RenewalEvent,
  type RenewalState,
  renew,
  requireRenewalConfig,
} from '../../src/index.ts'

/** T-13: 400 + 100 + 200 + 300 ms. */
const config: RenewalConfig = { ...RENEWAL_DEFAULTS, overlapMs: 500, recoveryMsMax: 10_000 }
const span = (id: string, expiresAt: number, activeFrom = 0): CredentialSpan => ({
  id,
  activeFrom,
  expiresAt,
})
const first = span('first', 10_000)

/** Runs `[time, event]` pairs and returns the last state with the effects of every step. */
function run(
  steps: readonly [number, RenewalEvent | RenewalEvent['type']][],
  start = initialRenewalState(first),
) {
  let state = start
  const effects: RenewalEffect[] = []
  for (const [now, event] of steps) {
    const step = renew(
      state,
      typeof event === 'string' ? ({ type: event } as RenewalEvent) : event,
      now,
      config,
    )
    state = step.state
    effects.push(...step.effects)
  }
  return { state, effects, types: effects.map(({ type }) => type) }
}
const received = (id: string, expiresAt: number): RenewalEvent => ({
  type: 'credential-received',
  credential: span(id, expiresAt),
})

describe('LIFE-6: when a renewal starts', () => {
  test('T-13: at a threshold of 1000 ms, 1001 ms of life are valid and 999 are not', () => {
    expect(preExpiryThresholdMs(config)).toBe(1000)
    expect(run([[10_000 - 1001, 'tick']]).state.phase).toBe('valid')
    expect(run([[10_000 - 1000, 'tick']]).state.phase).toBe('valid')
    const due = run([[10_000 - 999, 'tick']])
    expect(due.state.phase).toBe('pre-expiry')
    expect(due.effects).toEqual([{ type: 'start-renewal', path: 'primary', attempt: 1 }])
  })

  test('spent counters start one too', () => {
    expect(run([[5, 'counters-exhausted']]).types).toEqual(['start-renewal'])
  })

  test('it starts once, however often time passes', () => {
    expect(
      run([
        [9500, 'tick'],
        [9501, 'tick'],
        [9502, 'counters-exhausted'],
        [9503, 'tick'],
      ]).types,
    ).toEqual(['start-renewal'])
  })
})

describe('LIFE-7: the way of a renewal that works', () => {
  const begun = [
    [9500, 'tick'],
    [9500, 'renewal-started'],
  ] as [number, RenewalEvent['type']][]

  test('valid, pre-expiry, in flight, fresh, valid, with an atomic swap', () => {
    expect(run(begun).state.phase).toBe('renewal-in-flight')
    const fresh = run([...begun, [9600, received('second', 20_000)]])
    expect(fresh.state).toMatchObject({ phase: 'fresh', current: first })
    const done = run([...begun, [9600, received('second', 20_000)], [9601, 'caveats-matched']])
    expect(done.state).toMatchObject({
      phase: 'valid',
      current: { id: 'second' },
      previous: { span: first, retainUntil: 10_101 },
      attempts: 0,
    })
    expect(done.types).toEqual(['start-renewal', 'compare-caveats', 'promote'])
  })

  test('LIFE-9: the old credential is dropped when the overlap is over, and not before', () => {
    const done = run([...begun, [9600, received('second', 20_000)], [9601, 'caveats-matched']]).state
    expect(run([[10_101, 'tick']], done).types).toEqual([])
    const after = run([[10_102, 'tick']], done)
    expect(after.types).toEqual(['drop'])
    expect(after.state.previous).toBeUndefined()
  })

  test('during the overlap a request takes whichever credential is accepted when it is sent', () => {
    const state: RenewalState = {
      ...initialRenewalState(span('second', 20_000, 9_900)),
      previous: { span: first, retainUntil: 10_300 },
    }
    expect(credentialToPresent(state, 9_800)?.id).toBe('first')
    expect(credentialToPresent(state, 9_900)?.id).toBe('second')
    expect(credentialToPresent(state, 20_001)).toBeUndefined()
  })

  test('what is reported twice or late changes nothing', () => {
    const done = run([...begun, [9600, received('second', 20_000)], [9601, 'caveats-matched']]).state
    const late: RenewalEvent[] = [
      { type: 'renewal-failed' },
      { type: 'caveats-matched' },
      { type: 'caveats-mismatched' },
      { type: 'mismatch-resolved' },
      { type: 'mismatch-unresolved' },
      { type: 'renewal-started' },
      received('second', 20_000),
      received('third', 30_000),
    ]
    for (const event of late)
      expect(renew(done, event, 9700, config), event.type).toEqual({ state: done, effects: [] })
  })

  test('a credential that is about to expire is not promoted, or renewals would pay in a circle', () => {
    const step = run([...begun, [9600, received('second', 10_599)], [9600, 'caveats-matched']])
    expect(step.state).toMatchObject({ phase: 'diagnostic', current: first })
  })
})

describe('failures', () => {
  const begun = [
    [9500, 'tick'],
    [9500, 'renewal-started'],
  ] as [number, RenewalEvent['type']][]

  test('LIFE-10: pauses double up to the cap, then the backup path, then a bounded report', () => {
    let state = run(begun).state
    let now = 9500
    const pauses: number[] = []
    const paths: string[] = []
    const quick = { ...config, recoveryMsMax: 1_000_000 }
    for (;;) {
      const failed = renew(state, { type: 'renewal-failed' }, now, quick)
      state = failed.state
      if (state.phase !== 'degraded') break
      expect(renew(state, { type: 'tick' }, state.retryAt! - 1, quick).effects).toEqual([])
      pauses.push(state.retryAt! - now)
      now = state.retryAt!
      const again = renew(state, { type: 'tick' }, now, quick)
      expect(again.effects).toHaveLength(1)
      paths.push((again.effects[0] as { path: string }).path)
      state = renew(again.state, { type: 'renewal-started' }, now, quick).state
    }
    // 6 attempts: 4 on the primary path, of which the first is not a retry, and 2 on the backup.
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000])
    expect(paths).toEqual(['primary', 'primary', 'primary', 'backup', 'backup'])
    expect(state).toMatchObject({ phase: 'failed', reason: 'attempts-exhausted' })
  })

  test('the pause never exceeds its cap, for any number of attempts', () => {
    expect(backoffMs(config, 6)).toBe(8000)
    expect(backoffMs(config, 1_000_000)).toBe(8000)
  })

  test('LIFE-12: a failed renewal lowers the rate and keeps the old credential in use', () => {
    const degraded = run([...begun, [9600, 'renewal-failed']])
    expect(degraded.effects).toContainEqual({ type: 'set-rate', ratePpm: 250_000 })
    expect(credentialToPresent(degraded.state, 9999)?.id).toBe('first')
    // With nothing valid left, a request waits instead of drawing a 402.
    expect(credentialToPresent(degraded.state, 10_001)).toBeUndefined()
  })

  test('recovery restores the full rate', () => {
    const recovered = run([
      ...begun,
      [9600, 'renewal-failed'],
      [9850, 'tick'],
      [9850, 'renewal-started'],
      [9900, received('second', 20_000)],
      [9900, 'caveats-matched'],
    ])
    expect(recovered.state).toMatchObject({ phase: 'valid', recoveringSince: undefined })
    expect(recovered.effects.at(-1)).toEqual({ type: 'set-rate', ratePpm: 1_000_000 })
  })

  test('a late renewal degrades, starts no second payment, and is still welcome when it comes', () => {
    // 400 + 100 + 300 ms after its start it is late.
    expect(run([...begun, [10_300, 'tick']]).state.phase).toBe('renewal-in-flight')
    const late = run([...begun, [10_301, 'tick']])
    expect(late.state).toMatchObject({ phase: 'degraded', retryAt: undefined })
    const waiting = run(
      [...Array.from({ length: 20 }, (_, i) => [11_000 + i * 100, 'tick'] as [number, 'tick'])],
      late.state,
    )
    expect(waiting.types).not.toContain('start-renewal')
    const arrived = run(
      [
        [13_000, received('second', 20_000)],
        [13_000, 'caveats-matched'],
      ],
      waiting.state,
    )
    expect(arrived.state).toMatchObject({ phase: 'valid', current: { id: 'second' } })
  })

  test('a credential that arrives in the pause after a failure spares the next attempt', () => {
    const pausing = run([...begun, [9600, 'renewal-failed']])
    const arrived = run(
      [
        [9700, received('second', 20_000)],
        [9700, 'caveats-matched'],
        [9900, 'tick'],
      ],
      pausing.state,
    )
    expect(arrived.state).toMatchObject({ phase: 'valid', current: { id: 'second' } })
    expect(arrived.types).not.toContain('start-renewal')
  })

  test('a failure that is reported again in the pause does not lengthen it', () => {
    const pausing = run([...begun, [9600, 'renewal-failed']]).state
    expect(renew(pausing, { type: 'renewal-failed' }, 9700, config)).toEqual({ state: pausing, effects: [] })
  })

  test('LIFE-13: recovery takes at most its deadline, then one terminal report', () => {
    const late = run([...begun, [10_301, 'tick']]).state
    expect(run([[20_301, 'tick']], late).state.phase).toBe('degraded')
    const over = run(
      [
        [20_302, 'tick'],
        [20_303, 'tick'],
        [30_000, received('second', 90_000)],
      ],
      late,
    )
    expect(over.state).toMatchObject({ phase: 'failed', reason: 'recovery-deadline' })
    expect(over.effects).toEqual([{ type: 'report-failure', reason: 'recovery-deadline', attempts: 1 }])
  })

  test('LIFE-11: a caveat mismatch is diagnosed; resolvable renews again, else it is audited', () => {
    const fresh = [...begun, [9600, received('second', 20_000)]] as [number, RenewalEvent][]
    const diagnosed = run([...fresh, [9600, 'caveats-mismatched']])
    expect(diagnosed.state).toMatchObject({ phase: 'diagnostic', current: first })
    expect(run([[9700, 'mismatch-resolved']], diagnosed.state).effects).toEqual([
      { type: 'start-renewal', path: 'primary', attempt: 2 },
    ])
    const unresolved = run([[9700, 'mismatch-unresolved']], diagnosed.state)
    expect(unresolved.types).toEqual(['audit-mismatch', 'set-rate'])
    expect(unresolved.state.phase).toBe('degraded')
  })

  test('CAV-14: prices over the ceiling in a row ask the principal once, and renew nothing blindly', () => {
    const rejected = run([
      [1, 'price-rejected'],
      [2, 'price-rejected'],
      [3, 'price-rejected'],
      [4, 'price-rejected'],
    ])
    expect(rejected.types).toEqual(['request-ceiling'])
  })
})

describe('for every sequence of events', () => {
  const event = fc.oneof(
    fc.constantFrom<RenewalEvent['type']>(
      'tick',
      'tick',
      'tick',
      'counters-exhausted',
      'renewal-started',
      'renewal-started',
      'renewal-failed',
      'renewal-failed',
      'caveats-matched',
      'caveats-mismatched',
      'mismatch-resolved',
      'mismatch-unresolved',
      'price-rejected',
    ),
    fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 30_000 })).map(([id, life]) => received(`c${id}`, life)),
  )
  const steps = fc.array(fc.tuple(fc.nat({ max: 2_000 }), event), { maxLength: 60, size: 'max' })

  test('attempts are bounded, failure is reported once and is final, and renewals start only one at a time', () => {
    // Few attempts and a short deadline, so that random sequences reach the end.
    const tight = { ...config, primaryAttemptsMax: 1, backupAttemptsMax: 1, recoveryMsMax: 4_000 }
    let reports = 0
    fc.assert(
      fc.property(steps, (sequence) => {
        let now = 0
        let state: RenewalState = initialRenewalState(first)
        let failures = 0
        for (const [pause, next] of sequence) {
          now += pause
          const before = state
          const step = renew(
            before,
            typeof next === 'string' ? ({ type: next } as RenewalEvent) : next,
            now,
            tight,
          )
          state = step.state
          for (const effect of step.effects) {
            if (effect.type === 'report-failure') failures++
            if (effect.type === 'start-renewal')
              expect(['valid', 'diagnostic', 'degraded']).toContain(before.phase)
            if (effect.type === 'promote') expect(state.current).toEqual(effect.promoted)
          }
          expect(state.attempts).toBeLessThanOrEqual(tight.primaryAttemptsMax + tight.backupAttemptsMax)
          if (before.phase === 'failed') expect(state.phase).toBe('failed')
        }
        expect(failures).toBeLessThanOrEqual(1)
        reports += failures
      }),
      { numRuns: 1500 },
    )
    expect(reports).toBeGreaterThan(0)
  })

  test('the timer is never late: nothing changes by itself before nextTickAt', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        let now = 0
        let state: RenewalState = initialRenewalState(first)
        for (const [pause, next] of sequence) {
          const wake = nextTickAt(state, config)
          const quiet = wake === undefined ? now + 100_000 : wake - 1
          if (quiet > now && state.phase !== 'pre-expiry')
            expect(renew(state, { type: 'tick' }, quiet, config).effects).toEqual([])
          now += pause
          state = renew(
            state,
            typeof next === 'string' ? ({ type: next } as RenewalEvent) : next,
            now,
            config,
          ).state
        }
      }),
      { numRuns: 500 },
    )
  })
})

test.each([
  ['a negative time', { paymentMs: -1 }],
  ['a fraction', { overlapMs: 0.5 }],
  ['no pause after a failure', { backoffMs: 0 }],
  ['no attempt', { primaryAttemptsMax: 0 }],
  ['a rate over the whole', { degradedRatePpm: 1_000_001 }],
  ['no price rejection', { priceRejectionsMax: 0 }],
])('a configuration with %s is refused', (_name, wrong) => {
  expect(() => requireRenewalConfig({ ...config, ...wrong })).toThrowError(
    expect.objectContaining({ code: 'LIFECYCLE_CONFIGURATION_INVALID' }),
  )
})
