import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyEdges, buildGraph, decayed, type Edge, GraphUpdates, seeded } from '../../src/index.ts'
import { roundingEdges, wholeEdges } from './edges.arbitrary.ts'
import { fingerprint } from './reference-graph.ts'

describe('updates', () => {
  it('give the graph that a rebuild gives, bit for bit, also where sums round', () => {
    for (const edges of [wholeEdges, roundingEdges])
      fc.assert(
        fc.property(edges, edges, edges, (first, second, third) => {
          const updated = applyEdges(applyEdges(buildGraph(first), second), third)
          expect(fingerprint(updated)).toEqual(fingerprint(buildGraph([...third, ...first, ...second])))
        }),
        { numRuns: 300 },
      )
  })

  it('do not change the graph that they start from', () => {
    fc.assert(
      fc.property(roundingEdges, roundingEdges, (first, second) => {
        const graph = buildGraph(first)
        const before = fingerprint(graph)
        applyEdges(graph, second)
        expect(fingerprint(graph)).toEqual(before)
      }),
    )
  })

  it('fold by themselves and on request: one by one is all at once', () => {
    const random = seeded(3)
    const edges: Edge[] = Array.from({ length: 4_000 }, () => ({
      from: `n${random.below(200)}`,
      to: `n${random.below(200)}`,
      weight: random.next(),
      time: random.below(1_000),
      accepted: random.below(5) === 0,
    }))
    const updates = new GraphUpdates()
    for (const [place, edge] of edges.entries()) {
      updates.add(edge)
      if (place % 977 === 0) updates.graph()
    }
    expect(fingerprint(updates.graph())).toEqual(fingerprint(buildGraph(edges)))
    expect(updates.graph()).toBe(updates.graph())
  })

  it('add isolated nodes, and nothing', () => {
    const graph = applyEdges(buildGraph([{ from: 'b', to: 'd', weight: 1 }]), [], ['c', 'a'])
    expect(fingerprint(graph)).toEqual(
      fingerprint(buildGraph([{ from: 'b', to: 'd', weight: 1 }], ['a', 'c'])),
    )
    expect(fingerprint(applyEdges(graph, []))).toEqual(fingerprint(graph))
  })

  it('by half-lives: a graph that aged and grew is the one built from aged edges', () => {
    fc.assert(
      fc.property(roundingEdges, roundingEdges, fc.integer({ min: 1, max: 4 }), (first, second, halvings) => {
        const factor = 2 ** -halvings
        const updates = new GraphUpdates(buildGraph(first))
        updates.decay(factor)
        for (const edge of second) updates.add(edge)
        const aged = first.map((edge) => ({ ...edge, weight: edge.weight * factor }))
        expect(fingerprint(updates.graph())).toEqual(fingerprint(buildGraph([...aged, ...second])))
      }),
    )
  })

  it.each([0, -1, 1.5, Number.NaN])('refuse to decay by %d', (factor) => {
    expect(() => decayed(buildGraph([]), factor)).toThrow(/above 0 and at most 1/)
  })

  it('refuse a decay after which nothing would be left of a weight', () => {
    const graph = buildGraph([{ from: 'a', to: 'b', weight: 1e-300 }])
    expect(() => decayed(graph, 1e-300)).toThrow(/rebuild/)
  })
})
