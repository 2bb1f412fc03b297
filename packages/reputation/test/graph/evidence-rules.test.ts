import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  amountWeight,
  applyEvidenceRules,
  attestationDelayRule,
  buildGraph,
  type Edge,
  type EvidenceRule,
  edgesOfEvents,
  endorsementBudgetRule,
  graphOf,
  pairCapRule,
  type SettledFact,
  seeded,
  tableOf,
} from '../../src/index.ts'
import { wholeEdges } from './edges.arbitrary.ts'
import { fingerprint } from './reference-graph.ts'

const DAY = 86_400
const run = (edges: readonly Edge[], rule: EvidenceRule, now = 100 * DAY) => {
  const { table, applied } = applyEvidenceRules(tableOf(edges), [rule], { now, anchors: new Set(['anchor']) })
  return { weights: [...table].map(({ weight }) => weight), applied: [...applied], table }
}

describe('the delay of attestations (TRU-010)', () => {
  const attested: Edge = { from: 'anchor', to: 'a', weight: 1, kind: 'attestation', time: 0 }

  it.each([
    [29, 0],
    [29.999, 0],
    [30, 1],
  ])('on day %d an attestation counts %d', (day, weight) => {
    expect(run([attested], attestationDelayRule(), day * DAY).weights).toEqual([weight])
  })

  it('says until when it is pending', () => {
    const { applied } = run([attested], attestationDelayRule(), DAY)
    expect(applied).toMatchObject([
      {
        rule: 'attestation-delay',
        from: 'anchor',
        to: 'a',
        before: 1,
        after: 0,
        why: `PENDING_EFFECT until ${30 * DAY}`,
      },
    ])
  })

  it('does not wait for what is no attestation of an anchor, and waits for one without a time', () => {
    const { time: _, ...timeless } = attested
    const edges: Edge[] = [{ ...attested, from: 'b' }, { ...attested, kind: 'citation' }, timeless]
    expect(run(edges, attestationDelayRule(), DAY).weights).toEqual([1, 1, 0])
  })
})

describe('the cap per pair (TRU-037)', () => {
  const paid = (from: string, to: string, time: number, value: number): Edge => ({
    from,
    to,
    weight: 1,
    kind: 'settlement',
    time,
    value,
  })

  it('counts the three earliest payments of an epoch by the logarithm of their amounts', () => {
    const edges = [paid('a', 'b', 4, 64), paid('a', 'b', 1, 1), paid('a', 'b', 2, 4), paid('a', 'b', 3, 0.5)]
    const { weights, applied } = run(edges, pairCapRule())
    expect(weights).toEqual([0, 1, 3, 0.5])
    expect(applied.map(({ after, why }) => [after, why.slice(0, 9)])).toEqual([
      [3, 'weight by'],
      [0.5, 'weight by'],
      [0, 'more than'],
    ])
  })

  it('counts anew in the next epoch, for another payee, and in the other direction', () => {
    const edges = [1, 2, 3, DAY + 1].map((time) => paid('a', 'b', time, 1))
    const others = [paid('b', 'a', 5, 1), paid('a', 'c', 5, 1)]
    expect(run([...edges, ...others], pairCapRule()).weights).toEqual([1, 1, 1, 1, 1, 1])
    expect(run([...edges, paid('a', 'b', 4, 1)], pairCapRule()).weights).toEqual([1, 1, 1, 1, 0])
  })

  it('leaves a wash trade of a thousand rounds per day three times a logarithm', () => {
    const edges = Array.from({ length: 1_000 }, (_, k) => paid('x', 'y', k, 1_000_000))
    const { table } = run(edges, pairCapRule())
    const [weight] = graphOf(table).support.weights
    // log2(1,000,000) is 19.93.
    expect(weight).toBeGreaterThan(3 * 20.8)
    expect(weight).toBeLessThan(3 * 21)
  })

  it('grows with the amount, without a jump, close to 1 + log2', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e30, noNaN: true }),
        fc.double({ min: 1, max: 2, noNaN: true }),
        (amount, more) => {
          expect(amountWeight(amount * more)).toBeGreaterThanOrEqual(amountWeight(amount))
          if (amount >= 1) expect(Math.abs(amountWeight(amount) - 1 - Math.log2(amount))).toBeLessThan(0.0862)
        },
      ),
    )
    expect([0, -1, 0.25, 1, 2, 3, 4].map(amountWeight)).toEqual([0, 0, 0.25, 1, 2, 2.5, 3])
  })

  it('refuses a cap that lets nothing through', () => {
    expect(() => pairCapRule({ counted: 0 })).toThrow(/counted 0 must be at least 1/)
    expect(() => pairCapRule({ unit: 0 })).toThrow(/unit 0 positive/)
  })
})

describe('the endorsement budget (TRU-040)', () => {
  const cited = (to: number, time = to): Edge => ({
    from: 'a',
    to: `t${to}`,
    weight: 1,
    kind: 'citation',
    time,
  })
  const twelve = Array.from({ length: 12 }, (_, k) => cited(k))

  it('lets the ten earliest of an epoch count', () => {
    const { weights, applied } = run([...twelve].reverse(), endorsementBudgetRule())
    expect(weights).toEqual([0, 0, ...new Array<number>(10).fill(1)])
    expect(applied.map(({ to }) => to)).toEqual(['t10', 't11'])
  })

  it('does not count payments, proofs, distrust, or what anchors attest; and counts anew per epoch', () => {
    const free: Edge[] = twelve.flatMap((edge) => [
      { ...edge, kind: 'settlement' as const },
      { ...edge, kind: 'proof' as const },
      { ...edge, sign: -1 as const },
      { ...edge, from: 'anchor' },
    ])
    expect(run(free, endorsementBudgetRule()).applied).toEqual([])
    expect(run([...twelve.slice(2), cited(0, DAY)], endorsementBudgetRule()).applied).toEqual([])
  })

  it('takes the edges by bytes of their targets where times agree', () => {
    const same = twelve.map((edge) => ({ ...edge, time: 0 }))
    const kept = (edges: readonly Edge[]): unknown =>
      fingerprint(graphOf(run(edges, endorsementBudgetRule({ budget: 3 })).table))
    expect(kept(seeded(2).shuffle([...same]))).toEqual(kept(same))
    const { applied } = run(same, endorsementBudgetRule({ budget: 3 }))
    expect(applied.map(({ to }) => to)).not.toContain('t10')
  })
})

describe('rules on evidence', () => {
  const rules = [attestationDelayRule(), pairCapRule(), endorsementBudgetRule({ budget: 2 })]

  it('depend on the set of edges alone', () => {
    fc.assert(
      fc.property(wholeEdges, fc.nat(), (edges, seed) => {
        const graph = (of: readonly Edge[]): unknown =>
          fingerprint(graphOf(applyEvidenceRules(tableOf(of), rules, { now: 500, epochLength: 100 }).table))
        expect(graph(seeded(seed).shuffle([...edges]))).toEqual(graph(edges))
      }),
      { numRuns: 200 },
    )
  })

  it('leave the table that they are given, and every node', () => {
    const table = tableOf([{ from: 'a', to: 'b', weight: 1, value: -5 }])
    const { table: after } = applyEvidenceRules(table, rules, { now: 0 })
    expect([...table][0]?.weight).toBe(1)
    expect(graphOf(after).nodes.size).toBe(2)
    expect(graphOf(after).support.columns).toHaveLength(0)
  })

  it('refuse a moment or an epoch that is none', () => {
    expect(() => applyEvidenceRules(tableOf([]), [], { now: Number.NaN })).toThrow(/now NaN/)
    expect(() => applyEvidenceRules(tableOf([]), [], { now: 0, epochLength: 0 })).toThrow(/epochLength 0/)
  })
})

describe('edges of settled facts', () => {
  const edges = (facts: SettledFact[], unit?: bigint): Edge[] => [...edgesOfEvents(facts, unit)]

  it('come from settlements that moved something, with consent where both signed', () => {
    const settled = { fact: 'settlement', payer: 'a', payee: 'b', at: 7, cosigned: true } as const
    expect(
      edges(
        [
          { ...settled, amount: 2_500_000n },
          { ...settled, amount: 0n },
        ],
        1_000_000n,
      ),
    ).toEqual([{ from: 'a', to: 'b', weight: 1, kind: 'settlement', time: 7, value: 2.5, accepted: true }])
    const graph = buildGraph(edges([{ ...settled, amount: 1n }]))
    expect(graph.consented.columns).toHaveLength(2)
    expect(buildGraph(edges([{ ...settled, amount: 1n, cosigned: false }])).consented.columns).toHaveLength(0)
  })

  it('come from disputes in both directions (TPR-127)', () => {
    const [distrust, support] = edges([{ fact: 'dispute', winner: 'w', loser: 'l', amount: 3n, at: 1 }])
    expect(distrust).toMatchObject({ from: 'w', to: 'l', sign: -1, kind: 'dispute' })
    expect(support).toMatchObject({ from: 'l', to: 'w', kind: 'dispute' })
    expect(support).not.toHaveProperty('sign')
  })

  it('come from proofs, attestations that stand, and ratings', () => {
    const attested = { fact: 'attestation', issuer: 'i', subject: 's', at: 1, accepted: true } as const
    expect(
      edges([
        { fact: 'proof', verifier: 'v', prover: 'p', at: 1 },
        { ...attested, revoked: false },
        { ...attested, revoked: true },
        { fact: 'rating', rater: 'r', rated: 'q', rating: -4, at: 1 },
      ]),
    ).toEqual([
      { from: 'v', to: 'p', weight: 1, kind: 'proof', time: 1, accepted: true },
      { from: 'i', to: 's', weight: 1, kind: 'attestation', time: 1, accepted: true },
      { from: 'r', to: 'q', weight: 4, sign: -1, kind: 'rating', time: 1 },
    ])
  })

  it('keep amounts that no double holds', () => {
    const amount = 10n ** 30n + 5n * 10n ** 17n
    const [edge] = edges(
      [{ fact: 'settlement', payer: 'a', payee: 'b', amount, cosigned: false, at: 0 }],
      10n ** 18n,
    )
    expect(edge?.value).toBe(1_000_000_000_000.5)
  })

  it('refuse negative amounts and units', () => {
    expect(() => edges([{ fact: 'dispute', winner: 'w', loser: 'l', amount: -1n, at: 0 }])).toThrow(
      /amount of -1/,
    )
    expect(() => edges([], 0n)).toThrow(/unit of 0/)
  })
})
