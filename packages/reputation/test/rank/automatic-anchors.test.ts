import { describe, expect, it } from 'vitest'
import { automaticAnchors, buildGraph } from '../../src/index.ts'

/** A clique, both directions. */
const clique = (names: readonly string[]) =>
  names.flatMap((from) => names.filter((to) => to !== from).map((to) => ({ from, to, weight: 1 })))
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

describe('automatic anchors', () => {
  it('stand in every community before any community has two', () => {
    const graph = buildGraph([
      ...clique(names('a', 6)),
      ...clique(names('b', 5)),
      ...clique(names('c', 4)),
      { from: 'a0', to: 'b0', weight: 1 },
    ])
    const chosen = [...automaticAnchors(graph).keys()].map((node) => graph.nodes.idOf(node))
    expect(chosen.map((id) => id[0])).toEqual(['a', 'b', 'c'])
  })

  it('are not those who only push edges out: consent decides', () => {
    const spam = names('victim', 40).map((to) => ({ from: 'spammer', to, weight: 100 }))
    const graph = buildGraph([...spam, ...clique(names('victim', 5))])
    const chosen = [...automaticAnchors(graph).keys()].map((node) => graph.nodes.idOf(node))
    expect(chosen).not.toContain('spammer')
  })

  it('fall back to who receives most where nobody wants anybody in return', () => {
    const graph = buildGraph([
      { from: 'x', to: 'shop', weight: 3 },
      { from: 'y', to: 'shop', weight: 2 },
      { from: 'x', to: 'z', weight: 1 },
    ])
    const [first] = automaticAnchors(graph, 1).keys()
    expect(graph.nodes.idOf(first as number)).toBe('shop')
  })

  it('are as many as asked for even in a clique, and none in a graph without edges', () => {
    expect(automaticAnchors(buildGraph(clique(names('n', 5))), 4).size).toBe(4)
    expect(automaticAnchors(buildGraph([], ['alone'])).size).toBe(0)
  })
})
