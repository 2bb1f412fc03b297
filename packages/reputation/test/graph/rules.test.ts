import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { strongComponents } from '../../src/graph/rules/strong-components.ts'
import {
  applyEdgeRules,
  buildGraph,
  carouselRule,
  type Edge,
  entryAt,
  type GraphRule,
  personalisedPageRank,
  ReputationError,
  type RuleContext,
  reciprocalRule,
  seeded,
  starRule,
  type TrustGraph,
  weightAt,
} from '../../src/index.ts'
import { wholeEdges } from './edges.arbitrary.ts'
import { fingerprint } from './reference-graph.ts'

const id = (agent: number): string => String(agent).padStart(2, '0')
const edge = (from: number, to: number, weight = 1): Edge => ({ from: id(from), to: id(to), weight })
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, k) => from + k)

/** F30 of TRU-032: mutual with i ± 1 and i ± 2, one way to i + 7 and i + 11; anchors 0, 10, 20. */
const HONEST: readonly Edge[] = range(0, 30).flatMap((i) =>
  [1, 2, 28, 29, 7, 11].map((step) => edge(i, (i + step) % 30)),
)
const ANCHORS = new Map([0, 10, 20].map((anchor) => [id(anchor), 1]))
const ring = (first: number, size: number): Edge[] =>
  range(0, size).map((k) => edge(first + k, first + ((k + 1) % size)))
/** T1: a directed ring of ten with one edge into it. */
const T1 = [...HONEST, ...ring(30, 10), edge(5, 30)]
/** T1b: and every attacker endorses an anchor and an honest agent. */
const T1B = [
  ...T1,
  ...range(0, 10).flatMap((k) => [
    edge(30 + k, [0, 10, 20][k % 3] as number),
    edge(30 + k, (3 * k + 1) % 30),
  ]),
]

const withScores = (graph: TrustGraph): RuleContext => ({
  anchors: ANCHORS,
  scores: personalisedPageRank(graph, ANCHORS).scores,
})
const weight = (graph: TrustGraph, from: number, to: number): number =>
  weightAt(graph.support, graph.nodes.indexOf(id(from)) as number, graph.nodes.indexOf(id(to)) as number)
const all: GraphRule[] = [reciprocalRule(), carouselRule(), starRule()]

describe('rules on edges', () => {
  it('take nothing for rings or stars from the honest graph, with scores or without', () => {
    const clean = buildGraph(HONEST)
    expect(clean.support.columns).toHaveLength(180)
    for (const context of [withScores(clean), { scores: new Float64Array(30).fill(1 / 30) }])
      expect(applyEdgeRules(clean, [carouselRule(), starRule()], context).applied.size).toBe(0)
    for (const context of [{ anchors: ANCHORS }, {}])
      expect(applyEdgeRules(clean, [carouselRule()], context).applied.size).toBe(0)
  })

  it('leave the graph they are given, and without rules give it back', () => {
    fc.assert(
      fc.property(wholeEdges, (edges) => {
        const graph = buildGraph(edges)
        const before = fingerprint(graph)
        const { remainders: _, ...same } = applyEdgeRules(graph, []).graph
        expect(fingerprint(same)).toEqual(before)
        applyEdgeRules(graph, [reciprocalRule(), carouselRule()])
        expect(fingerprint(graph)).toEqual(before)
      }),
    )
  })

  it('record weight before and after, and multiply where two rules meet', () => {
    const triangle = [edge(1, 2), edge(2, 3), edge(3, 1), edge(2, 1)]
    const outside = range(10, 12).flatMap((i) => [edge(i, i + 1)])
    const graph = buildGraph([...triangle, ...outside])
    const { graph: after, applied } = applyEdgeRules(graph, [reciprocalRule(), carouselRule()])
    expect(weight(after, 1, 2)).toBe(0.82 * 0.039)
    expect(weight(after, 2, 1)).toBe(0.82)
    expect(weight(after, 2, 3)).toBe(0.039)
    expect(applied.involving('03').map(({ from, to, rule }) => [from, to, rule])).toEqual([
      ['02', '03', 'carousel'],
      ['03', '01', 'carousel'],
    ])
    const [first] = applied
    expect(first).toMatchObject({
      rule: 'reciprocal',
      from: '01',
      to: '02',
      before: 1,
      after: 0.82,
      place: 0,
    })
    // Consent follows from what is left: the pair 1, 2 keeps the smaller of its two weights.
    expect(weightAt(after.consented, 0, 1)).toBe(0.82 * 0.039)
  })

  it('refuse scores or anchors of another graph', () => {
    const graph = buildGraph(HONEST)
    expect(() => applyEdgeRules(graph, [], { scores: new Float64Array(3) })).toThrow(ReputationError)
    expect(() => applyEdgeRules(graph, [], { anchors: new Float64Array(3) })).toThrow(/3 anchor weights/)
    expect(() => applyEdgeRules(graph, [starRule()])).toThrow(/needs scores/)
  })
})

describe('the reciprocal factor (TRU-007)', () => {
  const graph = buildGraph([edge(1, 2, 5), edge(2, 1, 3), edge(2, 3), edge(4, 2)])

  it('keeps 82 % of both weights of a mutual pair and all of others', () => {
    const { graph: after, applied } = applyEdgeRules(graph, [reciprocalRule()])
    expect([weight(after, 1, 2), weight(after, 2, 1)]).toEqual([5 * 0.82, 3 * 0.82])
    expect([weight(after, 2, 3), weight(after, 4, 2)]).toEqual([1, 1])
    expect(applied.size).toBe(2)
  })

  it.each([
    [{ '01': 'x', '02': 'y' }, 0.91],
    [{ '01': 'x', '02': 'x' }, 0.82],
    [{ '01': 'x' }, 0.82],
  ])('with verifiers %j is %d', (verifiers, factor) => {
    const verifiedBy = new Map<string, string>(Object.entries(verifiers))
    expect(weight(applyEdgeRules(graph, [reciprocalRule()], { verifiedBy }).graph, 1, 2)).toBe(5 * factor)
  })
})

describe('the carousel penalty (TRU-008)', () => {
  const penalised = (graph: TrustGraph, context: RuleContext, rule = carouselRule()): string[][] =>
    [...applyEdgeRules(graph, [rule], context).applied].map(({ from, to }) => [from, to])
  const ringEdges = ring(30, 10).map(({ from, to }) => [from, to])

  it('takes the ring of T1 down to 3.9 %, and says what was found', () => {
    const graph = buildGraph(T1)
    for (const context of [withScores(graph), { anchors: ANCHORS }, {}]) {
      const { graph: after, applied } = applyEdgeRules(graph, [carouselRule()], context)
      expect([...applied].map(({ from, to }) => [from, to])).toEqual(ringEdges)
      expect(weight(after, 30, 31)).toBe(0.039)
      expect(weight(after, 5, 30)).toBe(1)
      expect(applied.findings).toHaveLength(1)
      expect(applied.findings[0]?.nodes).toEqual(range(30, 10).map(id))
      expect(applied.findings[0]?.why).toMatch(/closed ring of 10: weight 1 from outside, 10 inside/)
    }
  })

  it('finds the ring also when it endorses honest agents, given scores', () => {
    const graph = buildGraph(T1B)
    expect(penalised(graph, withScores(graph))).toEqual(ringEdges)
  })

  it('leaves a ring alone that outsiders endorse by more than a fifth of its weight', () => {
    const closed = buildGraph([...HONEST, ...ring(30, 5), edge(5, 30)])
    const open = buildGraph([...HONEST, ...ring(30, 5), edge(5, 30), edge(6, 31)])
    expect(penalised(closed, { anchors: ANCHORS })).toHaveLength(5)
    expect(penalised(open, { anchors: ANCHORS })).toEqual([])
  })

  it('leaves a ring alone that grew over time', () => {
    const at = (days: number): Edge[] =>
      ring(30, 4).map((of, k) => ({ ...of, time: 1_700_000_000 + k * days * 86_400 }))
    expect(penalised(buildGraph([...HONEST, ...at(2)]), { anchors: ANCHORS })).toHaveLength(4)
    expect(penalised(buildGraph([...HONEST, ...at(3)]), { anchors: ANCHORS })).toEqual([])
    const patient = carouselRule({ burst: 9 * 86_400 })
    expect(penalised(buildGraph([...HONEST, ...at(3)]), { anchors: ANCHORS }, patient)).toHaveLength(4)
  })

  it('spares edges that lie on no cycle of 3 to 8 nodes', () => {
    // Two rings of nine through node 30: no single cycle, and no short one.
    const figureEight = [
      ...ring(30, 9),
      edge(30, 40),
      ...range(40, 7).map((i) => edge(i, i + 1)),
      edge(47, 30),
    ]
    expect(penalised(buildGraph([...HONEST, ...figureEight]), { anchors: ANCHORS })).toEqual([])
    const chord = [...figureEight, edge(44, 30)]
    expect(penalised(buildGraph([...HONEST, ...chord]), { anchors: ANCHORS })).toEqual([
      ['30', '40'],
      ['40', '41'],
      ['41', '42'],
      ['42', '43'],
      ['43', '44'],
      ['44', '30'],
    ])
  })

  it('does not take a mutual pair, or a mutual line, for a ring', () => {
    const line = range(30, 4).flatMap((i) => [edge(i, i + 1), edge(i + 1, i)])
    expect(penalised(buildGraph([...HONEST, ...line]), { anchors: ANCHORS })).toEqual([])
  })

  it('agrees with a search over all cycles', () => {
    const random = seeded(11)
    for (let round = 0; round < 40; round++) {
      const size = 12
      const edges = range(0, 20).map(() => edge(random.below(size), random.below(size)))
      // Forty others make the set less than half of the graph.
      const graph = buildGraph([...edges, ...range(100, 40).map((i) => edge(i, i + 1))])
      const cyclic = new Set<number>()
      const { support } = graph
      const walk = (path: number[]): void => {
        const node = path.at(-1) as number
        for (let k = support.offsets[node] as number; k < (support.offsets[node + 1] as number); k++) {
          const next = support.columns[k] as number
          if (next === path[0] && path.length >= 3)
            for (const [at, from] of path.entries())
              cyclic.add(entryAt(support, from, path[(at + 1) % path.length] as number))
          else if (!path.includes(next) && path.length < 8) walk([...path, next])
        }
      }
      for (let i = 0; i < support.size; i++) walk([i])
      const found = new Set(
        [...applyEdgeRules(graph, [carouselRule({ openness: 1e9 })]).applied].map(({ place }) => place),
      )
      // Single cycles of more than 8 nodes are penalised as well; there are none among 12 nodes and 20 edges here.
      expect(found).toEqual(cyclic)
    }
  })
})

describe('strongly connected components', () => {
  it('are the sets of nodes that reach each other', () => {
    fc.assert(
      fc.property(wholeEdges, (edges) => {
        const { support } = buildGraph(edges)
        const reach = Array.from({ length: support.size }, (_, from) => {
          const seen = new Set([from])
          for (const node of seen)
            for (const next of support.columns.subarray(support.offsets[node], support.offsets[node + 1]))
              seen.add(next)
          return seen
        })
        const { of } = strongComponents(support, new Uint8Array(support.size).fill(1))
        for (let i = 0; i < support.size; i++)
          for (let j = 0; j < support.size; j++)
            expect(of[i] === of[j]).toBe(Boolean(reach[i]?.has(j) && reach[j]?.has(i)))
      }),
    )
  })
})

describe('the star rule (TRU-009)', () => {
  const leaves = (count: number): Edge[] => range(31, count).map((leaf) => edge(leaf, 30))

  it('lets eight nobodies count as one', () => {
    for (const closing of [[], range(31, 8).map((leaf) => edge(30, leaf))]) {
      const graph = buildGraph([...HONEST, ...leaves(8), edge(30, 2), ...closing])
      const { graph: after, applied } = applyEdgeRules(graph, [starRule()], withScores(graph))
      expect(applied.size).toBe(8)
      expect(range(31, 8).reduce((sum, leaf) => sum + weight(after, leaf, 30), 0)).toBe(1)
      expect(applied.findings[0]).toMatchObject({
        nodes: ['30'],
        why: expect.stringMatching(/^8 of 8 referrers/),
      })
    }
  })

  it('does not fire below eight', () => {
    const graph = buildGraph([...HONEST, ...leaves(7), edge(30, 2)])
    expect(applyEdgeRules(graph, [starRule()], withScores(graph)).applied.size).toBe(0)
  })

  it('fires in spite of one referrer with support of its own, not of two', () => {
    const one = buildGraph([...HONEST, ...leaves(8), edge(5, 30)])
    expect(applyEdgeRules(one, [starRule()], withScores(one)).applied.size).toBe(8)
    const two = buildGraph([...HONEST, ...leaves(8), edge(5, 30), edge(6, 30)])
    expect(applyEdgeRules(two, [starRule()], withScores(two)).applied.size).toBe(0)
  })

  it('does not count friends that an anchor endorses as nobodies', () => {
    const graph = buildGraph([...HONEST, ...leaves(8), edge(0, 31)])
    expect(applyEdgeRules(graph, [starRule()], withScores(graph)).applied.size).toBe(0)
  })
})

describe('all rules together', () => {
  it('depend on the set of edges alone', () => {
    const shuffled = seeded(5).shuffle([...T1B])
    const run = (edges: readonly Edge[]): unknown => {
      const graph = buildGraph(edges)
      const { graph: after, applied } = applyEdgeRules(graph, all, withScores(graph))
      return [fingerprint(after), [...applied]]
    }
    expect(run(shuffled)).toEqual(run(T1B))
  })
})
