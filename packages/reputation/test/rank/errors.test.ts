import { describe, expect, it } from 'vitest'
import {
  absorbing,
  buildGraph,
  eigenTrust,
  fiedler,
  hits,
  netTrust,
  pageRank,
  personalisedPageRank,
  RECURRENCE,
  rankAll,
  requireConverged,
  SEED_WEIGHTS_BP,
  similarityWeighted,
  sybilRank,
} from '../../src/index.ts'
import { type Arc, anchorsAt, graphOf, idOf, randomArcs, undirected } from './graphs.ts'

const PAIR: Arc[] = [
  [0, 1],
  [1, 0],
]
const code = (expected: string) => expect.objectContaining({ code: expected })

describe('what the algorithms refuse', () => {
  const graph = graphOf(PAIR)
  const empty = buildGraph([])

  it('a graph without nodes', () => {
    expect(() => pageRank(empty)).toThrow(code('GRAPH_EMPTY'))
    expect(() => hits(empty)).toThrow(code('GRAPH_EMPTY'))
    expect(() => fiedler(empty)).toThrow(code('GRAPH_EMPTY'))
    expect(() => rankAll(empty, { anchors: new Map() })).toThrow(code('GRAPH_EMPTY'))
  })

  it('a trust score without anybody to start from', () => {
    for (const anchors of [new Map<string, number>(), new Map([[idOf(0), SEED_WEIGHTS_BP.UNVERIFIED]])])
      for (const score of [personalisedPageRank, eigenTrust, sybilRank, absorbing])
        expect(() => score(graph, anchors), score.name).toThrow(code('ANCHORS_MISSING'))
  })

  it('an anchor that the graph does not hold, by name', () => {
    expect(() => personalisedPageRank(graph, new Map([['nobody', 1]]))).toThrow(/nobody/)
    expect(() => personalisedPageRank(graph, new Map([['nobody', 1]]))).toThrow(code('ANCHOR_UNKNOWN'))
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('an anchor of weight %f', (weight) => {
    expect(() => sybilRank(graph, new Map([[idOf(0), weight]]))).toThrow(code('ANCHORS_INVALID'))
  })

  it('weights that are not one per node', () => {
    expect(() => absorbing(graph, new Float64Array([1]))).toThrow(code('ANCHORS_INVALID'))
  })

  it.each([-0.1, 1, Number.NaN])('a damping of %f', (damping) => {
    expect(() => pageRank(graph, { damping })).toThrow(code('PARAMETER_INVALID'))
  })

  it('a survival or similarity beyond 1', () => {
    expect(() => absorbing(graph, anchorsAt(0), { survival: 1.1 })).toThrow(code('PARAMETER_INVALID'))
    expect(() => eigenTrust(graph, anchorsAt(0), { similarity: 2 })).toThrow(code('PARAMETER_INVALID'))
  })

  it('to publish what has not converged, saying how far it is', () => {
    const graph = graphOf(randomArcs(40, 3, 1))
    const { convergence } = pageRank(graph, { stepsMax: 3 })
    expect(convergence).toMatchObject({ steps: 3, converged: false })
    expect(() => requireConverged('pageRank', convergence)).toThrow(/pageRank stopped after 3 steps/)
    expect(() => requireConverged('pageRank', convergence)).toThrow(code('NOT_CONVERGED'))
    expect(() => requireConverged('pageRank', pageRank(graph).convergence)).not.toThrow()
  })

  it('to use a Fiedler vector that has not converged', () => {
    const { convergence, scores } = fiedler(graphOf(randomArcs(400, 2, 5, 1)), anchorsAt(0), { stepsMax: 2 })
    expect(convergence.converged).toBe(false)
    expect(scores.every((value) => value === 0 || value === -1)).toBe(true)
  })
})

describe('the recurrence that frames state (TPR-126, TPR-130)', () => {
  it('stops within 90 steps, below 1e-6 in the largest component', () => {
    const graph = graphOf(randomArcs(300, 4, 9))
    const { convergence, scores } = eigenTrust(graph, anchorsAt(0, 7), RECURRENCE)
    expect(convergence.converged).toBe(true)
    expect(convergence.steps).toBeLessThanOrEqual(90)
    const exact = eigenTrust(graph, anchorsAt(0, 7)).scores
    for (const [i, value] of scores.entries())
      expect(Math.abs(value - (exact[i] as number))).toBeLessThan(1e-5)
  })

  it('four unverified accounts do not outweigh one verified seed (TRU-016)', () => {
    const arcs: Arc[] = [...undirected([[0, 1]]), ...[2, 3, 4, 5].map((i): Arc => [i, 6])]
    const levels = new Map([
      [idOf(0), SEED_WEIGHTS_BP.BASIC],
      ...[2, 3, 4, 5].map((i) => [idOf(i), SEED_WEIGHTS_BP.UNVERIFIED] as const),
    ])
    expect(personalisedPageRank(graphOf(arcs), levels).scores[6]).toBe(0)
  })
})

describe('similarity of opinion (EigenTrust++)', () => {
  // 0 trusts 1 and 2 alike. 1 judges the common partners 3 and 4 as 0 does; 2 sees them the other way round.
  const arcs: Arc[] = [
    [0, 1, 4],
    [0, 2, 4],
    [0, 3, 4],
    [0, 4, 1],
    [1, 3, 4],
    [1, 4, 1],
    [1, 0, 4],
    [2, 3, 1],
    [2, 4, 4],
    [2, 0, 4],
    [3, 0, 1],
    [4, 0, 1],
  ]

  it('believes the like-minded more than plain EigenTrust does, and keeps the sum', () => {
    const graph = graphOf(arcs)
    const plain = eigenTrust(graph, anchorsAt(0)).scores
    const weighted = eigenTrust(graph, anchorsAt(0), { similarity: 1 }).scores
    expect(plain[1]).toBeCloseTo(plain[2] as number, 12)
    expect(weighted[1] as number).toBeGreaterThan(weighted[2] as number)
    expect(eigenTrust(graph, anchorsAt(0), { similarity: 0 }).scores).toEqual(plain)
  })

  it('changes nothing where no two raters share a partner', () => {
    const chain = graphOf([0, 1, 2].map((i): Arc => [i, i + 1]))
    const plain = eigenTrust(chain, anchorsAt(0)).scores
    for (const [i, value] of eigenTrust(chain, anchorsAt(0), { similarity: 1 }).scores.entries())
      expect(value).toBeCloseTo(plain[i] as number, 12)
  })

  it('has the row weights of the formula', () => {
    // sim(0, 1) = 1; sim(0, 2) = 1 − sqrt(((1 − 1/4)² + (1/4 − 1)²)/2) = 1/4; 3 and 4 judge none of 0's partners.
    const { offsets, columns, weights } = similarityWeighted(netTrust(graphOf(arcs)), 1)
    expect([...columns.slice(offsets[0], offsets[1])]).toEqual([1, 2, 3, 4])
    expect([...weights.slice(offsets[0], offsets[1])]).toEqual([4 / 5, 1 / 5, 0, 0])
    const half = similarityWeighted(netTrust(graphOf(arcs)), 0.5).weights
    // Plain, row 0 is 4/13, 4/13, 4/13, 1/13.
    expect(half[0]).toBeCloseTo((4 / 13 + 4 / 5) / 2, 12)
    expect(half[3]).toBeCloseTo(1 / 13 / 2, 12)
  })
})
