import { type Address, asAddress } from '@symbolon/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ABORT_ACTIONS,
  ABORT_CLASSES,
  ADVICE,
  type Attempt,
  classifyAbort,
  decompose,
  dominantFailure,
  exceedsRoundTrips,
  fundingLatencyMs,
  MarketError,
  mark,
  PROCUREMENT_STEPS,
  ProviderHistory,
  suspectsDefection,
  type Timeline,
} from '../src/index.ts'
import { codeOf, hashOf, provider } from './fixture.ts'

const attempt = (failure?: Attempt['failure'], roundTrips = 1): Attempt => ({
  roundTrips,
  timeline: {},
  ...(failure === undefined ? {} : { failure }),
})
const many = (count: number, failure?: Attempt['failure'], roundTrips = 1) =>
  Array.from({ length: count }, () => attempt(failure, roundTrips))
const addressNumber = (n: number): Address => asAddress(hashOf(`provider ${n}`))

describe('an abort', () => {
  it('has exactly one class and one next step, whatever caused it (AB-1)', () => {
    const steps = PROCUREMENT_STEPS.map((step) => classifyAbort({ step, provider, at: 5 }))
    expect(steps.map(({ class: of, action }) => [of, action])).toEqual([
      ['NEGOTIATION_MISMATCH', 'next-candidate'],
      ['COMMITMENT_TIMEOUT', 'discard-commitment'],
      ['FUNDING_COORDINATION_FAILURE', 'recover-on-ledger'],
    ])
    expect(Object.keys(ABORT_ACTIONS)).toEqual([...ABORT_CLASSES])
  })

  it('keeps the cause beside the class', () => {
    const cause = new MarketError('QUOTE_EXPIRED', 'expired 3 s ago')
    expect(classifyAbort({ step: 'negotiation', provider, at: 5, cause })).toMatchObject({
      cause: 'QUOTE_EXPIRED',
      message: 'expired 3 s ago',
    })
    expect(classifyAbort({ step: 'commitment', provider, at: 5 })).toMatchObject({ cause: 'TIMEOUT' })
    expect(classifyAbort({ step: 'commitment', provider, at: 5, cause: new Error('socket') })).toMatchObject({
      cause: 'UNEXPECTED',
      message: 'socket',
    })
  })

  it('recovers funds by itself only if they have left (AB-2)', () => {
    const recovers = (step: 'commitment' | 'funding', fundingSubmitted?: boolean) =>
      classifyAbort({
        step,
        provider,
        at: 5,
        ...(fundingSubmitted === undefined ? {} : { fundingSubmitted }),
      }).recoverFunding
    expect([
      recovers('funding', true),
      recovers('funding', false),
      recovers('funding'),
      recovers('commitment', true),
    ]).toEqual([true, false, false, false])
  })
})

describe('a timeline', () => {
  it('gives the funding latency from both signatures verified to confirmation (MT-2)', () => {
    let timeline: Timeline = {}
    timeline = mark(timeline, 'offerSent', 100)
    timeline = mark(timeline, 'offerAnswered', 140)
    timeline = mark(timeline, 'commitmentAccepted', 200)
    expect(fundingLatencyMs(timeline)).toBeUndefined()
    timeline = mark(timeline, 'fundingSubmitted', 200)
    timeline = mark(timeline, 'fundingConfirmed', 450)
    expect(fundingLatencyMs(timeline)).toBe(250)
  })

  it('refuses a step twice, out of order, or on a clock that ran back', () => {
    const timeline = mark({}, 'offerAnswered', 100)
    expect(codeOf(() => mark(timeline, 'offerAnswered', 101))).toBe('ABORT_TIMELINE')
    expect(codeOf(() => mark(timeline, 'offerSent', 101))).toBe('ABORT_TIMELINE')
    expect(codeOf(() => mark(timeline, 'commitmentProposed', 99))).toBe('ABORT_TIMELINE')
    expect(codeOf(() => mark(timeline, 'commitmentProposed', 100.5))).toBe('ABORT_TIMELINE')
  })
})

describe('the history of providers', () => {
  it('advises by the class that fails most (example 8)', () => {
    const filters = decompose([
      ...many(70),
      ...many(20, 'NEGOTIATION_MISMATCH'),
      ...many(10, 'FUNDING_COORDINATION_FAILURE'),
    ])
    expect(filters).toMatchObject({
      attempts: 100,
      successes: 70,
      failures: { NEGOTIATION_MISMATCH: 20, COMMITMENT_TIMEOUT: 0 },
    })
    expect(ADVICE[dominantFailure(filters) ?? 'COMMITMENT_TIMEOUT']).toMatch(/discovery/)
    const funding = decompose([
      ...many(70),
      ...many(5, 'NEGOTIATION_MISMATCH'),
      ...many(25, 'FUNDING_COORDINATION_FAILURE'),
    ])
    expect(ADVICE[dominantFailure(funding) ?? 'COMMITMENT_TIMEOUT']).toMatch(
      /funding timeout.*counterparties/,
    )
    expect(dominantFailure(decompose(many(3)))).toBeUndefined()
  })

  it('suspects defection from many timeouts to few mismatches (MT-4)', () => {
    const suspected = (timeouts: number, mismatches: number) =>
      suspectsDefection(
        decompose([...many(timeouts, 'COMMITMENT_TIMEOUT'), ...many(mismatches, 'NEGOTIATION_MISMATCH')]),
      )
    expect([
      suspected(2, 0),
      suspected(3, 0),
      suspected(3, 1),
      suspected(3, 2),
      suspected(4, 2),
      suspected(0, 9),
    ]).toEqual([false, true, true, false, true, false])
  })

  it('flags round trips over target by more than one standard deviation, as real arithmetic would (MT-3)', () => {
    // Others: ten with 1, own: two with 4. Mean 1.5, σ = √(42/12 − 2.25) = 1.118; 4 − 1 > 1.118, 2.1 … is not reached by 2 − 1.
    const own = many(2, undefined, 4)
    expect(exceedsRoundTrips(own, [...many(10), ...own], 1)).toBe(true)
    expect(exceedsRoundTrips(own, [...many(10), ...own], 3)).toBe(false)
    expect(exceedsRoundTrips([], many(3), 1)).toBe(false)
    const counts = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: 0, max: 5 }), (mine, others, target) => {
        const all = [...mine, ...others]
        const mean = (of: number[]) => of.reduce((a, b) => a + b, 0) / of.length
        const deviation = Math.sqrt(mean(all.map((x) => (x - mean(all)) ** 2)))
        const margin = mean(mine) - target - deviation
        fc.pre(Math.abs(margin) > 1e-9)
        const asAttempts = (of: number[]) => of.map((roundTrips) => attempt(undefined, roundTrips))
        expect(exceedsRoundTrips(asAttempts(mine), asAttempts(all), target)).toBe(margin > 0)
      }),
    )
  })

  it('reorders: nothing against strangers, more with each failure, less with each success (AB-3)', () => {
    const history = new ProviderHistory()
    expect(history.penaltyPpm(provider)).toBe(0)
    history.record(provider, attempt('COMMITMENT_TIMEOUT'))
    expect(history.penaltyPpm(provider)).toBe(250_000)
    history.record(provider, attempt('COMMITMENT_TIMEOUT'))
    expect(history.penaltyPpm(provider)).toBe(400_000)
    history.record(provider, attempt())
    expect(history.penaltyPpm(provider)).toBe(333_333)
    expect(history.penaltyPpm(addressNumber(1))).toBe(0)
  })

  it('is bounded: 64 newest attempts of 4,096 providers, the longest unused forgotten', () => {
    const history = new ProviderHistory()
    for (let i = 0; i < 70; i++) history.record(provider, attempt(i < 6 ? 'NEGOTIATION_MISMATCH' : undefined))
    expect(decompose(history.attemptsOf(provider))).toMatchObject({ attempts: 64, successes: 64 })
    for (let i = 0; i < 4_095; i++) history.record(addressNumber(i), attempt())
    history.record(provider, attempt())
    history.record(addressNumber(4_095), attempt())
    expect(history.attemptsOf(addressNumber(0))).toHaveLength(0)
    expect(history.attemptsOf(provider)).toHaveLength(64)
    expect(history.all()).toHaveLength(4_095 + 64)
  })
})
