import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  buildGraph,
  type Edge,
  EdgeTable,
  graphOf,
  type ReputationError,
  seeded,
  transpose,
} from '../../src/index.ts'
import { roundingEdges, wholeEdges } from './edges.arbitrary.ts'
import { denseOf, fingerprint, keyOf, referenceLayers } from './reference-graph.ts'

const codeOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    return (error as ReputationError).code
  }
  return 'nothing thrown'
}

describe('a graph from edges', () => {
  it('has the layers of the definition', () => {
    fc.assert(
      fc.property(wholeEdges, (edges) => {
        const graph = buildGraph(edges)
        const expected = referenceLayers(edges)
        expect(denseOf(graph, graph.support)).toEqual(expected.support)
        expect(denseOf(graph, graph.distrust)).toEqual(expected.distrust)
        expect(denseOf(graph, graph.consented)).toEqual(expected.consented)
      }),
      { numRuns: 500 },
    )
  })

  it('is the same bit for bit for any order of its edges, also where sums round', () => {
    fc.assert(
      fc.property(roundingEdges, fc.nat(), (edges, seed) => {
        const shuffled = seeded(seed).shuffle([...edges])
        expect(fingerprint(buildGraph(shuffled))).toEqual(fingerprint(buildGraph(edges)))
      }),
      { numRuns: 500 },
    )
  })

  it('numbers nodes by the bytes of their identifiers, not by UTF-16', () => {
    // U+1F600 is above U+FFEE, but its first UTF-16 unit 0xD83D is below.
    const { nodes } = buildGraph([{ from: '\u{1f600}', to: '\uffee', weight: 1 }], ['b', 'a', 'ab'])
    expect(Array.from({ length: nodes.size }, (_, i) => nodes.idOf(i))).toEqual([
      'a',
      'ab',
      'b',
      '\uffee',
      '\u{1f600}',
    ])
    expect(nodes.indexOf('\u{1f600}')).toBe(4)
    expect(nodes.indexOf('aa')).toBeUndefined()
    expect(nodes.indexOf('')).toBeUndefined()
    expect(() => nodes.idOf(5)).toThrow(RangeError)
  })

  it('keeps nodes whose only edges are loops or weigh nothing', () => {
    const graph = buildGraph([
      { from: 'a', to: 'a', weight: 5 },
      { from: 'b', to: 'c', weight: 0 },
    ])
    expect(graph.nodes.size).toBe(3)
    expect(graph.support.columns).toHaveLength(0)
    expect(buildGraph([]).nodes.size).toBe(0)
  })

  it('gives the pair what both want, or what the target accepted if that is more', () => {
    const graph = buildGraph([
      { from: 'a', to: 'b', weight: 5 },
      { from: 'b', to: 'a', weight: 2 },
      { from: 'a', to: 'c', weight: 4, accepted: true },
      { from: 'a', to: 'd', weight: 4 },
      { from: 'd', to: 'a', weight: 9, sign: -1, accepted: true },
    ])
    expect(denseOf(graph, graph.consented)).toEqual(
      new Map([
        [keyOf('a', 'b'), 2],
        [keyOf('b', 'a'), 2],
        [keyOf('a', 'c'), 4],
        [keyOf('c', 'a'), 4],
      ]),
    )
    expect(graph.accepted && denseOf(graph, graph.accepted)).toEqual(new Map([[keyOf('a', 'c'), 4]]))
  })

  it('knows the first and the last time of each entry of support', () => {
    const graph = buildGraph([
      { from: 'a', to: 'b', weight: 1, time: 30 },
      { from: 'a', to: 'b', weight: 1 },
      { from: 'a', to: 'b', weight: 1, time: -10 },
      { from: 'a', to: 'b', weight: 1, time: 5, sign: -1 },
      { from: 'a', to: 'c', weight: 1 },
    ])
    expect([...(graph.times?.first ?? [])]).toEqual([-10, Number.NaN])
    expect([...(graph.times?.last ?? [])]).toEqual([30, Number.NaN])
    expect(buildGraph([{ from: 'a', to: 'b', weight: 1 }]).times).toBeUndefined()
  })

  it.each([
    { weight: -1 },
    { weight: Number.NaN },
    { weight: 1e101 },
    { weight: Number.POSITIVE_INFINITY },
    { weight: 1, time: Number.NaN },
    { weight: 1, time: Number.NEGATIVE_INFINITY },
    { weight: 1, value: Number.POSITIVE_INFINITY },
  ])('refuses an edge with %j', (fields) => {
    const edge: Edge = { from: 'a', to: 'b', ...fields }
    expect(codeOf(() => buildGraph([edge]))).toBe('EDGE_INVALID')
    const table = new EdgeTable()
    expect(codeOf(() => table.add(edge))).toBe('EDGE_INVALID')
    expect(table.size).toBe(0)
  })

  it('refuses an identifier above the bound and names it', () => {
    expect(() => buildGraph([{ from: 'x'.repeat(1_025), to: 'b', weight: 1 }])).toThrow(
      /ID_BYTES_MAX is 1024/,
    )
    expect(buildGraph([{ from: 'x'.repeat(1_024), to: 'b', weight: 1 }]).nodes.size).toBe(2)
  })

  it('gives edges back as they were given', () => {
    fc.assert(
      fc.property(wholeEdges, (edges) => {
        const table = new EdgeTable()
        for (const edge of edges) table.add(edge)
        const plain = edges.map(({ sign, accepted, ...rest }) => ({
          ...rest,
          ...(sign === -1 ? { sign } : {}),
          ...(accepted === true ? { accepted } : {}),
        }))
        expect([...table]).toEqual(plain)
      }),
    )
  })

  it('can go on reading after a graph was made', () => {
    const table = new EdgeTable()
    table.add({ from: 'b', to: 'c', weight: 1 })
    const before = graphOf(table)
    table.add({ from: 'a', to: 'b', weight: 1 })
    expect(before.nodes.size).toBe(2)
    expect(fingerprint(graphOf(table))).toEqual(
      fingerprint(
        buildGraph([
          { from: 'a', to: 'b', weight: 1 },
          { from: 'b', to: 'c', weight: 1 },
        ]),
      ),
    )
  })

  it('agrees with the definition on 20,000 edges that make every table grow', () => {
    const random = seeded(7)
    const edges = Array.from({ length: 20_000 }, () => ({
      from: `agent-${random.below(3_000)}`,
      to: `agent-${random.below(3_000)}`,
      weight: 1 + random.below(4),
    }))
    const graph = buildGraph(edges)
    const expected = referenceLayers(edges)
    expect(denseOf(graph, graph.support)).toEqual(expected.support)
    expect(denseOf(graph, graph.consented)).toEqual(expected.consented)
    expect(denseOf(graph, transpose(transpose(graph.support)))).toEqual(expected.support)
    const ids = Array.from({ length: graph.nodes.size }, (_, node) => graph.nodes.idOf(node))
    expect(ids).toEqual(
      [...new Set(edges.flatMap(({ from, to }) => [from, to]))].sort((a, b) =>
        Buffer.compare(Buffer.from(a), Buffer.from(b)),
      ),
    )
    expect(ids.every((id, node) => graph.nodes.indexOf(id) === node)).toBe(true)
  })
})
