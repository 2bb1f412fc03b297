/** What evidence does to an input, and what it cannot do however much of it there is. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EpochInput, type Evidence, foldEpoch } from '../../src/epoch/index.ts'
import { seeded } from '../../src/random.ts'
import { AGENTS, agentOf, bought, evidence, lost, PARAMETERS, rated } from './world.ts'

const fold = (log: Iterable<Evidence>, epoch = 0, before?: EpochInput): EpochInput =>
  foldEpoch({ epoch, before, evidence: log, parameters: PARAMETERS })
const CAP = Number(PARAMETERS.pairCap)

describe('folding', () => {
  it('does not depend on the order of the evidence', () => {
    void fc.assert(
      fc.property(fc.array(evidence, { maxLength: 60 }), fc.nat(), (log, seed) => {
        expect(fold(seeded(seed).shuffle([...log]))).toEqual(fold(log))
      }),
    )
  })

  it('notes who bought from whom, and for both a task as large as its fees against the cap (AIN-090)', () => {
    const { nodes, edges } = fold([bought(0, 1, 700)])
    expect(edges).toEqual([{ from: 0, to: 1, satisfied: 700, unsatisfied: 0, touched: 0 }])
    for (const node of nodes) expect(node).toMatchObject({ settled: 700, failed: 0, tasks: 700, lost: 0 })
  })

  it('caps a pair per epoch, counts it as one task, and lets it add again in the next epoch (AIN-104)', () => {
    const wash = Array.from({ length: 1_000 }, () => bought(0, 1, CAP / 2))
    const first = fold(wash)
    expect(first.edges[0]).toMatchObject({ satisfied: CAP })
    expect(first.nodes[0]).toMatchObject({ settled: CAP, tasks: 1_000_000 })
    const both = fold([...wash, ...wash.map(() => bought(1, 0, CAP))])
    expect(both.nodes[0]).toMatchObject({ settled: CAP, tasks: 1_000_000 })
    const second = fold(wash, 90, first)
    expect(second.edges[0]).toMatchObject({ satisfied: CAP + CAP / 2 })
  })

  it('a lost dispute weighs the whole cap against the loser, and the fee for the winner (TPR-127)', () => {
    const { nodes, edges } = fold([lost(0, 1, 300)])
    expect(edges).toEqual([
      { from: 0, to: 1, satisfied: 0, unsatisfied: CAP, touched: 0 },
      { from: 1, to: 0, satisfied: 300, unsatisfied: 0, touched: 0 },
    ])
    expect(nodes[0]).toMatchObject({ failed: 0, lost: 0, tasks: 0 })
    expect(nodes[1]).toMatchObject({ failed: CAP, lost: 1_000_000, tasks: 1_000_000 })
    // Every lost dispute counts in full: no cap protects who cheats often.
    expect(fold([lost(0, 1), lost(0, 1), lost(0, 1)]).nodes[1]).toMatchObject({
      failed: 3 * CAP,
      lost: 3_000_000,
    })
  })

  it('a rating moves the pair by its fee: 1 in favour, ½ nothing, 0 against', () => {
    const after = (rating: number) => fold([bought(0, 1, 1_000), rated(0, 1, 400, rating)]).edges[0]
    expect(after(1_000_000)).toMatchObject({ satisfied: 1_400, unsatisfied: 0 })
    expect(after(750_000)).toMatchObject({ satisfied: 1_200, unsatisfied: 0 })
    expect(after(500_000)).toMatchObject({ satisfied: 1_000, unsatisfied: 0 })
    expect(after(0)).toMatchObject({ satisfied: 1_000, unsatisfied: 400 })
  })

  it('ratings never pass the cap, and say nothing about anybody’s own record but the response time', () => {
    const slander = Array.from({ length: 100 }, () => rated(0, 1, CAP, 0, 20))
    const { edges, nodes } = fold(slander)
    expect(edges[0]).toMatchObject({ unsatisfied: CAP })
    expect(nodes[1]).toMatchObject({ failed: 0, lost: 0, tasks: 0, latency: 20, latencyWeight: 1_000_000 })
  })

  it('a buyer counts once per epoch in the response time, at its mean', () => {
    const { nodes } = fold([rated(0, 2, 1, 0, 10), rated(0, 2, 1, 0, 30), rated(1, 2, 1, 0, 100)])
    expect(nodes[2]).toMatchObject({ latency: 60, latencyWeight: 2_000_000 })
  })

  it('nobody deals with itself', () => {
    expect(fold([bought(3, 3, 10)])).toMatchObject({ edges: [], nodes: [] })
  })

  it('decays lazily, and forgets what has decayed', () => {
    const first = fold([bought(0, 1, 1_000)])
    const rested = fold([], 30, first)
    expect(rested.edges).toEqual(first.edges)
    expect(fold([bought(0, 1, 0)], 90, first).edges[0]).toMatchObject({ satisfied: 500, touched: 90 })
    expect(fold([], 90 * 10, first)).toMatchObject({ edges: [], nodes: [] })
  })

  it('keeps anchors that have no evidence', () => {
    const { nodes } = foldEpoch({
      epoch: 0,
      before: undefined,
      evidence: [],
      parameters: PARAMETERS,
      anchors: [AGENTS[4] as never],
    })
    expect(nodes.map(({ address }) => address)).toEqual([AGENTS[4]])
  })

  it('over a bound the lightest go, anchors stay, and every relation still names two agents', () => {
    void fc.assert(
      fc.property(
        fc.array(evidence, { maxLength: 80 }),
        fc.integer({ min: 2, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        (log, nodesMax, edgesMax) => {
          const anchors = [AGENTS[7] as never]
          const all = foldEpoch({
            epoch: 0,
            before: undefined,
            evidence: log,
            parameters: PARAMETERS,
            anchors,
          })
          const { nodes, edges } = foldEpoch({
            epoch: 0,
            before: undefined,
            evidence: log,
            parameters: PARAMETERS,
            anchors,
            nodesMax,
            edgesMax,
          })
          expect(nodes.length).toBe(Math.min(nodesMax, all.nodes.length))
          expect(edges.length).toBeLessThanOrEqual(edgesMax)
          expect(nodes.some(({ address }) => address === AGENTS[7])).toBe(true)
          for (const { from, to } of edges)
            expect(nodes[from] !== undefined && nodes[to] !== undefined).toBe(true)
          const weight = ({ settled, failed }: { settled: number; failed: number }): number =>
            settled + failed
          const dropped = all.nodes.filter(({ address }) => !nodes.some((one) => one.address === address))
          const lightest = Math.min(...nodes.filter(({ address }) => address !== AGENTS[7]).map(weight))
          for (const node of dropped) expect(weight(node)).toBeLessThanOrEqual(lightest)
        },
      ),
    )
  })

  it('amounts saturate instead of leaving the exact range', () => {
    let input: EpochInput | undefined
    const parameters = { ...PARAMETERS, pairCap: 2n ** 32n - 1n, supportHalfLife: 0, recordHalfLife: 0 }
    const whale = Array.from({ length: 64 }, () => bought(0, 1, 2 ** 32 - 1))
    const seeded: EpochInput = foldEpoch({ epoch: 0, before: undefined, evidence: whale, parameters })
    input = { ...seeded, edges: seeded.edges.map((edge) => ({ ...edge, satisfied: 2 ** 44 - 5 })) }
    input = foldEpoch({ epoch: 1, before: input, evidence: whale, parameters })
    expect(input.edges[0]?.satisfied).toBe(2 ** 44 - 1)
    expect(agentOf(0)).toHaveLength(32)
  })
})
