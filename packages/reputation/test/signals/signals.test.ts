import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  anchorDistance,
  buildGraph,
  CHAIN_RUN_MIN,
  chainLaundering,
  chainRuns,
  descendingRanks,
  eclipseComposite,
  eclipseLabels,
  eigenTrustDivergence,
  hubAnomaly,
  median,
  personalisedPageRank,
  rankAll,
  rankGap,
  SIGNALS,
  signals,
  spectralBridge,
  supportedAgents,
  sybilRankDeficit,
} from '../../src/index.ts'
import { type Arc, anchorsAt, edgeOf, graphOf, idOf, randomArcs, undirected } from '../rank/graphs.ts'

const f = (...values: number[]): Float64Array => Float64Array.from(values)

describe('s1 … s5 (TRU-022 … TRU-026)', () => {
  it('divergence is 1 without trust support, 0 where trust exceeds prestige', () => {
    expect([...eigenTrustDivergence(f(0, 0.1, 0.4, 0), f(0.2, 0.2, 0.2, 0))]).toEqual([1, 0.5, 0, 0])
  })

  it('ranks descend from 0, equal values share the mean of their places', () => {
    expect([...descendingRanks(f(0.5, 0.9, 0.5, 0.1, 0.5))]).toEqual([2, 0, 2, 4, 2])
    expect([...descendingRanks(f())]).toEqual([])
    expect([...rankGap(f(1, 2, 3), f(3, 2, 1))]).toEqual([1, 0, -1])
    expect([...rankGap(f(1), f(1))]).toEqual([0])
  })

  it('the hub anomaly is bounded: one node without authority does not flatten the others', () => {
    const anomaly = hubAnomaly(f(0.4, 0.1, 0.1, 0), f(0, 0.1, 0.3, 0))
    expect(anomaly[0]).toBeCloseTo(1, 9)
    expect(anomaly[1]).toBeCloseTo(0.5, 9)
    expect(anomaly[2]).toBeCloseTo(0.25, 9)
    expect(anomaly[3]).toBe(0)
  })

  it('the deficit is measured against the median, and 0 if that is 0', () => {
    expect(median(f(4, 1, 3, 2))).toBe(2.5)
    expect(median(f())).toBe(0)
    expect([...sybilRankDeficit(f(0, 1, 2, 3, 4))]).toEqual([1, 0.5, 0, 0, 0])
    expect([...sybilRankDeficit(f(0, 0, 0, 5))]).toEqual([0, 0, 0, 0])
  })
})

describe('s3, distance from the nearest anchor (TRU-024)', () => {
  /** The definition, one walk per anchor through the ranking function. */
  function byDefinition(arcs: readonly Arc[], anchors: readonly number[], damping: number): number[] {
    const graph = graphOf(arcs)
    const nearest = new Array<number>(graph.nodes.size).fill(1)
    for (const anchor of anchors) {
      const { scores } = personalisedPageRank(graph, anchorsAt(anchor), { damping, tolerance: 1e-15 })
      for (let i = 0; i < nearest.length; i++)
        nearest[i] = Math.min(
          nearest[i] as number,
          Math.max(0, -Math.log10((scores[i] as number) / (scores[anchor] as number)) / 6),
        )
    }
    for (const anchor of anchors) nearest[anchor] = 0
    return nearest
  }

  it.each([1, 3, 8, 9, 20])('with %i anchors it is the nearest of the walks from each', (count) => {
    const arcs = randomArcs(60, 2, 31)
    const graph = graphOf(arcs)
    const anchors = Array.from({ length: count }, (_, k) => k * 2)
    const weights = new Float64Array(graph.nodes.size)
    for (const anchor of anchors) weights[anchor] = 1 + (anchor % 3)
    const found = anchorDistance(graph, weights, 0.614)
    for (const [i, expected] of byDefinition(arcs, anchors, 0.614).entries())
      expect(found[i], `node ${i}`).toBeCloseTo(expected, 6)
  })

  it('is 0 at an anchor, 1 where none reaches, and grows along a chain', () => {
    const chain = graphOf([
      [0, 1],
      [1, 2],
      [2, 3],
      [5, 4],
    ] as Arc[])
    const distance = anchorDistance(chain, f(1, 0, 0, 0, 0, 0), 0.614)
    expect(distance[0]).toBe(0)
    for (const [nearer, farther] of [
      [0, 1],
      [1, 2],
      [2, 3],
    ] as const)
      expect(distance[nearer] as number).toBeLessThan(distance[farther] as number)
    // One hop costs the logarithm of 1/damping here, as each node has one way out.
    expect(distance[1]).toBeCloseTo(-Math.log10(0.614) / 6, 9)
    expect([distance[4], distance[5]]).toEqual([1, 1])
  })

  it('walks in groups beyond 64 anchors: still 0 at each of them and 1 where none reaches', () => {
    const arcs = randomArcs(200, 2, 33)
    const graph = buildGraph([...arcs.map(edgeOf), { from: 'x', to: 'y', weight: 1 }])
    const weights = new Float64Array(graph.nodes.size)
    for (let i = 0; i < 100; i++) weights[i] = 1
    const distance = anchorDistance(graph, weights, 0.614)
    for (let i = 0; i < 100; i++) expect(distance[i]).toBe(0)
    expect(distance[graph.nodes.indexOf('x') as number]).toBe(1)
    for (const value of distance) expect(value >= 0 && value <= 1).toBe(true)
  })
})

describe('s6, the boundary of a sparse cut (TRU-027)', () => {
  const barbell = graphOf(
    undirected([
      [0, 1],
      [0, 2],
      [1, 2],
      [2, 3, 1],
      [3, 4],
      [3, 5],
      [4, 5],
    ]),
  )
  const ranked = rankAll(barbell, { anchors: anchorsAt(0) })

  it('is the share of weight that crosses, whichever way f points', () => {
    const { vector, components } = ranked.spectral
    const expected = [0, 0, 1 / 3, 1 / 3, 0, 0]
    for (const sign of [1, -1]) {
      const bridge = spectralBridge(
        barbell.consented,
        vector.map((value) => sign * value),
        components,
      )
      for (const [i, share] of expected.entries()) expect(bridge[i]).toBeCloseTo(share, 12)
    }
  })

  it('is silent where the cut is not sparse', () => {
    const path = graphOf(
      undirected([
        [0, 1],
        [1, 2],
        [2, 3],
      ]),
    )
    expect([...signals(path, rankAll(path, { anchors: anchorsAt(0) })).columns.spectralBridge]).toEqual([
      0, 0, 0, 0,
    ])
  })
})

describe('s8 and s9 (TRU-029, TRU-030)', () => {
  it('s8 needs the far side of the cut, and there prominence or forsakenness', () => {
    const spectral = f(1, 1, 1, -1, -1, -1, 1)
    const authority = f(1, 1, 1, 9, 1, 1, 9)
    const absorbing = f(1, 1, 1, 1, 0.1, 1, 0.1)
    expect([...eclipseComposite({ spectral, authority, absorbing })]).toEqual([0, 0, 0, 1, 1, 0, 0])
  })

  it('s9 needs all three low', () => {
    const low3 = { personalisedPageRank: f(4, 4, 4, 0.9, 0.9), absorbing: f(4, 4, 4, 0.9, 0.9) }
    expect([...chainLaundering({ ...low3, sybilRank: f(4, 4, 4, 0.9, 4) })]).toEqual([0, 0, 0, 1, 0])
  })

  it('labels victims by what supported them before, and nobody without history', () => {
    const graph = graphOf([
      [0, 1],
      [1, 0],
      [2, 3],
      [3, 2],
    ] as Arc[])
    const fires = f(0, 0, 1, 1)
    expect([...eclipseLabels(graph, fires, new Set([idOf(2)]))]).toEqual([
      [2, 'eclipse_victim'],
      [3, 'eclipse_suspect'],
    ])
    expect(eclipseLabels(graph, fires, undefined).size).toBe(0)
  })

  it('supported are those that neither walk nor teleport score leaves low', () => {
    const graph = graphOf([
      ...undirected([
        [0, 1],
        [1, 2],
        [0, 2],
      ] as Arc[]),
      [3, 0],
    ])
    const { scores } = rankAll(graph, { anchors: anchorsAt(0) })
    expect([...supportedAgents(graph, scores)]).toEqual([idOf(0), idOf(1), idOf(2)])
  })
})

describe('chains by structure (TRU-030, note 2)', () => {
  const chain: Arc[] = [
    [0, 1],
    [1, 0],
    [0, 10],
    [10, 11],
    [11, 12],
    [12, 13],
    [13, 14],
    [14, 1],
  ]
  const timed = (times: readonly number[]) =>
    buildGraph(chain.map((arc, i) => ({ ...edgeOf(arc), time: times[i] as number })))
  const runOf = (graph: ReturnType<typeof buildGraph>): number[] =>
    [10, 11, 12, 13, 14].map(
      (agent) => chainRuns(graph)[graph.nodes.indexOf(idOf(agent)) as number] as number,
    )

  it('every link of a run has its length, others 0', () => {
    const graph = graphOf(chain)
    expect(runOf(graph)).toEqual([5, 5, 5, 5, 5])
    expect([...chainRuns(graph).slice(0, 2)]).toEqual([0, 0])
    expect(CHAIN_RUN_MIN).toBe(4)
  })

  it('a ring of links has all of them', () => {
    const ring = graphOf([0, 1, 2, 3, 4].map((i): Arc => [i, (i + 1) % 5]))
    expect([...chainRuns(ring)]).toEqual([5, 5, 5, 5, 5])
  })

  it('value that leaves before it arrives breaks the run, where times are known', () => {
    const graph = timed([0, 0, 1, 2, 3, 4, 5, 6])
    if (graph.times === undefined) return expect(runOf(graph)).toEqual([5, 5, 5, 5, 5])
    expect(runOf(graph)).toEqual([5, 5, 5, 5, 5])
    // 11 → 12 happened at 30, 12 → 13 at 4: agent 12 did not pass on what it received.
    expect(runOf(timed([0, 0, 1, 2, 30, 4, 5, 6]))).toEqual([2, 2, 0, 2, 2])
  })
})

describe('signals of a whole graph', () => {
  it('have one column per name, within their ranges, for any graph', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 5 }), (seed, degree) => {
        const graph = graphOf(randomArcs(30, degree, seed))
        const anchors = new Float64Array(graph.nodes.size)
        anchors[0] = 1
        const { columns } = signals(graph, rankAll(graph, { anchors }))
        expect(Object.keys(columns)).toEqual([...SIGNALS])
        for (const name of SIGNALS)
          for (const value of columns[name]) {
            expect(value).toBeGreaterThanOrEqual(name === 'rankGap' ? -1 : 0)
            expect(value).toBeLessThanOrEqual(1)
          }
      }),
      { numRuns: 40 },
    )
  })
})
