import { asAddress, compareBytes } from '@symbolon/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  believedCost,
  type Candidate,
  FRESHNESS_POLICY_DEFAULT,
  type Gates,
  LatencyWindow,
  overBudget,
  percentile,
  type Runway,
  rankCandidates,
  requireSolvent,
  trueCost,
  WEIGHT_POLICY_DEFAULT,
  weightsFor,
} from '../src/index.ts'
import { codeOf, hashOf } from './fixture.ts'

const named = (name: string) => asAddress(hashOf(name))
const candidate = (name: string, change: Partial<Candidate> = {}): Candidate => ({
  provider: named(name),
  taskCost: 100n,
  latencyMs: 100,
  reputationPpm: 500_000,
  priceAgeMs: 0,
  ...change,
})
const gates: Gates = { latencyCeilingMs: 200, taskCostMax: 1_000n, reputationMinPpm: 300_000 }
const runway: Runway = { remaining: 100_000n, initial: 100_000n, tasksRemaining: 10n, deadlinePressurePpm: 0 }
const names = ['A', 'B', 'C', 'D']
const nameOf = (of: Candidate) => names.find((name) => compareBytes(named(name), of.provider) === 0)
const order = (candidates: Candidate[], now: Partial<Runway> = {}) =>
  rankCandidates(candidates, gates, { ...runway, ...now }).ranked.map(({ candidate: of }) => nameOf(of))

describe('gates come first (PS-1)', () => {
  it('eliminate what is too slow, too dear, too little trusted or not affordable, at the exact bound', () => {
    const { ranked, eliminated } = rankCandidates(
      [
        candidate('A', { latencyMs: 200, taskCost: 1_000n, reputationPpm: 300_000 }),
        candidate('B', { latencyMs: 201, taskCost: 1n }),
        candidate('C', { taskCost: 1_001n, latencyMs: 1 }),
        candidate('D', { reputationPpm: 299_999, taskCost: 0n }),
      ],
      gates,
      runway,
    )
    expect(ranked.map(({ candidate: of }) => nameOf(of))).toEqual(['A'])
    expect(eliminated.map(({ candidate: of, gate }) => [nameOf(of), gate])).toEqual([
      ['B', 'latency'],
      ['C', 'taskCost'],
      ['D', 'reputation'],
    ])
    const broke = rankCandidates([candidate('A', { taskCost: 90n, switchingCost: 11n })], gates, {
      ...runway,
      remaining: 100n,
    })
    expect(broke.eliminated[0]?.gate).toBe('solvency')
  })
})

describe('the score', () => {
  it('example 33: at equal price, 160 ms outranks 198 ms under a ceiling of 200', () => {
    expect(order([candidate('A', { latencyMs: 198 }), candidate('B', { latencyMs: 160 })])).toEqual([
      'B',
      'A',
    ])
  })

  it('example 1: of two fresh candidates, the lower price is picked', () => {
    expect(order([candidate('A', { taskCost: 300n }), candidate('B', { taskCost: 200n })])).toEqual([
      'B',
      'A',
    ])
  })

  it('example 34: at 29 % of the budget the runway weight is raised, at 30 % and 31 % it is not', () => {
    const at = (remaining: bigint) => weightsFor({ ...runway, initial: 100n, remaining }).runway
    expect(at(31n)).toBe(WEIGHT_POLICY_DEFAULT.base.runway)
    expect(at(30n)).toBe(WEIGHT_POLICY_DEFAULT.base.runway)
    expect(at(29n)).toBeGreaterThanOrEqual(3n * WEIGHT_POLICY_DEFAULT.base.runway)
    expect(at(0n)).toBe(6n * WEIGHT_POLICY_DEFAULT.base.runway)
  })

  it('lets latency dominate under deadline pressure (PS-3)', () => {
    const pair = [
      candidate('A', { taskCost: 400n, latencyMs: 20 }),
      candidate('B', { taskCost: 100n, latencyMs: 180 }),
    ]
    const tight = { remaining: 4_000n, initial: 4_000n }
    expect(order(pair, tight)).toEqual(['B', 'A'])
    expect(order(pair, { ...tight, deadlinePressurePpm: 700_000 })).toEqual(['A', 'B'])
    const { price, latency, runway: weight } = weightsFor({ ...runway, deadlinePressurePpm: 700_000 })
    expect(latency).toBeGreaterThan(price + weight)
  })

  it('option cost: a price within the cap that uses 70 % of the headroom loses (PS-5)', () => {
    // 70 of 100 left for many tasks: 70 + 70²/30 = 233 before the share of later tasks; 30 of 100: 30 + 900/70.
    expect(trueCost(70n, { remaining: 100n, tasksRemaining: 10n })).toBe(70n + (4_900n * 9n) / 300n)
    expect(trueCost(70n, { remaining: 100n, tasksRemaining: 1n })).toBe(70n)
    expect(trueCost(100n, { remaining: 100n, tasksRemaining: 2n })).toBe(100n + 5_000n)
    const pair = [
      candidate('A', { taskCost: 700n, latencyMs: 10 }),
      candidate('B', { taskCost: 400n, latencyMs: 195 }),
    ]
    expect(order(pair, { remaining: 1_000n, initial: 1_000n, tasksRemaining: 3n })).toEqual(['B', 'A'])
  })

  it('believes old prices less, and punishes stale ones (PS-4)', () => {
    const aged = (priceAgeMs: number) =>
      believedCost(candidate('A', { taskCost: 1_000n, priceAgeMs }), FRESHNESS_POLICY_DEFAULT)
    expect([aged(0), aged(500), aged(2_000), aged(1)]).toEqual([1_000n, 1_005n, 1_020n, 1_001n])
    expect(order([candidate('A', { priceAgeMs: 1_900 }), candidate('B', { priceAgeMs: 100 })])).toEqual([
      'B',
      'A',
    ])
    const cheapButStale = [candidate('A', { taskCost: 90n, priceAgeMs: 2_001 }), candidate('B')]
    expect(order(cheapButStale)).toEqual(['B', 'A'])
    expect(order([candidate('A', { taskCost: 90n, priceAgeMs: 2_000 - 1_999 }), candidate('B')])).toEqual([
      'A',
      'B',
    ])
  })

  it('counts rebalancing: a 12 % discount is erased by what it costs to switch (PS-7)', () => {
    const discounted = candidate('A', { taskCost: 88n, switchingCost: 13n })
    expect(order([discounted, candidate('B')])).toEqual(['B', 'A'])
    expect(order([{ ...discounted, switchingCost: 11n }, candidate('B')])).toEqual(['A', 'B'])
  })

  it('heeds experience and demotion', () => {
    expect(
      order([candidate('A', { historyPenaltyPpm: 250_000 }), candidate('B', { taskCost: 120n })]),
    ).toEqual(['B', 'A'])
    expect(
      order([
        candidate('A', { demoted: true, taskCost: 1n, latencyMs: 1 }),
        candidate('B', { taskCost: 999n, latencyMs: 199 }),
      ]),
    ).toEqual(['B', 'A'])
  })
})

describe('a ranking', () => {
  const arbitraryCandidates = fc.uniqueArray(
    fc.record({
      name: fc.nat(200),
      taskCost: fc.bigInt({ min: 0n, max: 1_200n }),
      latencyMs: fc.integer({ min: 0, max: 220 }),
      reputationPpm: fc.constantFrom(100_000, 300_000, 900_000),
      priceAgeMs: fc.integer({ min: 0, max: 5_000 }),
      demoted: fc.boolean(),
    }),
    { selector: ({ name }) => name, maxLength: 12 },
  )

  it('does not depend on the order of its input, loses nobody, and breaks ties by address', () => {
    fc.assert(
      fc.property(arbitraryCandidates, fc.bigInt({ min: 0n, max: 2_000n }), (facts, remaining) => {
        const all = facts.map(({ name, ...change }) => candidate(`${name}`, change))
        const now = { ...runway, remaining, initial: 2_000n }
        const forward = rankCandidates(all, gates, now)
        expect(rankCandidates([...all].reverse(), gates, now).ranked).toEqual(forward.ranked)
        expect(forward.ranked.length + forward.eliminated.length).toBe(all.length)
      }),
    )
    const twins = ['A', 'B', 'C', 'D'].map((name) => candidate(name))
    const byAddress = twins.map((of) => of.provider).sort(compareBytes)
    expect(rankCandidates(twins, gates, runway).ranked.map(({ candidate: of }) => of.provider)).toEqual(
      byAddress,
    )
  })

  it('never puts a candidate behind one that it beats in price and latency, all else equal', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 999n }),
        fc.integer({ min: 0, max: 199 }),
        fc.bigInt({ min: 0n, max: 500n }),
        fc.nat(100),
        (cost, latencyMs, dearer, slower) => {
          const better = candidate('A', { taskCost: cost, latencyMs })
          const worse = candidate('B', { taskCost: cost + dearer, latencyMs: latencyMs + slower })
          const { ranked } = rankCandidates([worse, better], gates, { ...runway, remaining: 3_000n })
          const [first, second] = ranked
          if (second !== undefined) expect((first?.score.totalPpm ?? 0n) <= second.score.totalPpm).toBe(true)
          const scoreOfBetter = ranked.find(({ candidate: of }) => of === better)?.score.totalPpm ?? 0n
          const scoreOfWorse = ranked.find(({ candidate: of }) => of === worse)?.score.totalPpm
          if (scoreOfWorse !== undefined) expect(scoreOfBetter <= scoreOfWorse).toBe(true)
        },
      ),
    )
  })

  it('with bad or too many inputs is refused', () => {
    const refused = (change: Partial<Candidate>, now: Partial<Runway> = {}) =>
      codeOf(() => rankCandidates([candidate('A', change)], gates, { ...runway, ...now }))
    expect(refused({ latencyMs: 1.5 })).toBe('SELECTION_INPUT')
    expect(refused({ taskCost: -1n })).toBe('SELECTION_INPUT')
    expect(refused({ priceAgeMs: -1 })).toBe('SELECTION_INPUT')
    expect(refused({}, { tasksRemaining: 0n })).toBe('SELECTION_INPUT')
    expect(
      codeOf(() =>
        rankCandidates(
          Array.from({ length: 1_025 }, () => candidate('A')),
          gates,
          runway,
        ),
      ),
    ).toBe('SELECTION_CANDIDATES_EXCEEDED')
    expect(rankCandidates([], gates, runway)).toEqual({ ranked: [], eliminated: [] })
  })
})

describe('the check before paying (PS-8)', () => {
  it('does not accept one that is 3 s old, from the future, or not affordable', () => {
    const check = { remaining: 100n, cost: 100n, checkedAtMs: 10_000 }
    expect(codeOf(() => requireSolvent(check, 10_000))).toBeUndefined()
    expect(codeOf(() => requireSolvent(check, 11_000))).toBeUndefined()
    expect(codeOf(() => requireSolvent(check, 11_001))).toBe('SELECTION_CHECK_STALE')
    expect(codeOf(() => requireSolvent(check, 13_000))).toBe('SELECTION_CHECK_STALE')
    expect(codeOf(() => requireSolvent(check, 9_999))).toBe('SELECTION_CHECK_STALE')
    expect(codeOf(() => requireSolvent({ ...check, cost: 101n }, 10_000))).toBe('SELECTION_INSOLVENT')
  })
})

describe('latency windows (LB-11)', () => {
  const feed = (window: LatencyWindow, p95: number) => {
    for (let i = 0; i < 94; i++) window.add(10)
    for (let i = 0; i < 6; i++) window.add(p95)
  }

  it('example 29: ceiling 150; 181 three times is flagged at the third, 180 never, 181 181 150 not', () => {
    const flags = (p95s: number[]) => {
      const window = new LatencyWindow(150)
      return p95s.map((p95) => {
        feed(window, p95)
        expect(window.summary?.p95).toBe(p95)
        return window.demoted
      })
    }
    expect(flags([181, 181, 181])).toEqual([false, false, true])
    expect(flags([180, 180, 180])).toEqual([false, false, false])
    expect(flags([181, 181, 150])).toEqual([false, false, false])
    expect(flags([181, 181, 181, 150, 181])).toEqual([false, false, true, false, false])
    expect([overBudget(180, 150), overBudget(181, 150)]).toEqual([false, true])
  })

  it('percentiles are nearest-rank', () => {
    const sorted = Array.from({ length: 100 }, (_, i) => i + 1)
    expect([50, 95, 99, 100, 0].map((percent) => percentile(sorted, percent))).toEqual([50, 95, 99, 100, 1])
    expect(percentile([7], 95)).toBe(7)
  })

  it('a window has 100 to 500 cycles', () => {
    for (const cycles of [99, 501, 100.5])
      expect(codeOf(() => new LatencyWindow(150, cycles))).toBe('LATENCY_WINDOW_SIZE')
    const window = new LatencyWindow(150, 500)
    for (let i = 0; i < 499; i++) window.add(1)
    expect(window.summary).toBeUndefined()
    window.add(1)
    expect(window.summary).toEqual({ p50: 1, p95: 1, p99: 1 })
  })
})
