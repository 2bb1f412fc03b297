import { describe, expect, it } from 'vitest'
import { buildGraph, type Edge, reportPage, seeded } from '../../src/index.ts'
import { FULL, graphOf, nodesOf } from './example.ts'
import { drawingIn } from './read-page.ts'

/** `groups` communities of `size`, six edges per node inside, a few between. */
function planted(groups: number, size: number): Edge[] {
  const random = seeded(11)
  const edges: Edge[] = []
  for (let group = 0; group < groups; group++)
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < 6; k++)
        edges.push({ from: `g${group}.${i}`, to: `g${group}.${random.below(size)}`, weight: 1 })
      if (i < 2) edges.push({ from: `g${group}.${i}`, to: `g${(group + 1) % groups}.${i}`, weight: 1 })
    }
  return edges
}

const distance = (block: { x: number[]; y: number[] }, i: number, j: number): number =>
  Math.hypot((block.x[i] as number) - (block.x[j] as number), (block.y[i] as number) - (block.y[j] as number))

describe('the picture', () => {
  it('is the same for the same data, byte for byte', () => {
    expect(reportPage(FULL)).toBe(reportPage(FULL))
  })

  it('does not depend on the order of the input', () => {
    const edges = planted(3, 20)
    const page = (list: Edge[]): string => {
      const graph = buildGraph(list)
      return reportPage({ title: 'order', graph, nodes: nodesOf(graph) })
    }
    expect(page(seeded(3).shuffle([...edges]))).toBe(page(edges))
  })

  it('sets communities apart: inside they are closer than the nearest other one', () => {
    const graph = buildGraph(planted(4, 40))
    const block = drawingIn(reportPage({ title: 'communities', graph, nodes: nodesOf(graph) }))
    const groupOf = (i: number): string => (block.ids[i] as string).split('.')[0] as string
    let [inside, insides, outside, outsides] = [0, 0, 0, 0]
    for (let i = 0; i < block.ids.length; i++)
      for (let j = 0; j < i; j++)
        if (groupOf(i) === groupOf(j)) {
          inside += distance(block, i, j)
          insides++
        } else {
          outside += distance(block, i, j)
          outsides++
        }
    expect(inside / insides).toBeLessThan(0.5 * (outside / outsides))
  })

  it('keeps every node inside the frame and no two on one spot', () => {
    const graph = buildGraph(planted(3, 60), ['alone', 'lonely'])
    const block = drawingIn(reportPage({ title: 'frame', graph, nodes: nodesOf(graph) }))
    for (const value of [...block.x, ...block.y])
      expect(value >= 0 && value <= 9999 && Number.isInteger(value)).toBe(true)
    const spots = new Set(block.x.map((x, i) => `${x} ${block.y[i]}`))
    expect(spots.size).toBe(graph.nodes.size)
  })

  it.each([
    ['one node', graphOf([], ['only'])],
    ['two nodes', graphOf([['a', 'b']])],
    ['nodes without edges', graphOf([], ['a', 'b', 'c', 'd', 'e'])],
    ['a star', graphOf(Array.from({ length: 400 }, (_, i) => [`leaf${i}`, 'hub'] as const))],
    ['a chain', graphOf(Array.from({ length: 200 }, (_, i) => [`c${1000 + i}`, `c${1001 + i}`] as const))],
  ])('%s has finite positions', (_, graph) => {
    const block = drawingIn(reportPage({ title: 'shape', graph, nodes: nodesOf(graph) }))
    expect(block.x).toHaveLength(graph.nodes.size)
    for (const value of [...block.x, ...block.y]) expect(Number.isFinite(value)).toBe(true)
  })

  it('a line joins both directions of a pair, with the weight of each', () => {
    const graph = buildGraph([
      { from: 'a', to: 'b', weight: 3 },
      { from: 'b', to: 'a', weight: 0.5 },
      { from: 'c', to: 'a', weight: 7 },
    ])
    expect(drawingIn(reportPage({ title: 'pairs', graph, nodes: nodesOf(graph) })).lines).toEqual([
      0, 1, 3, 0.5, 0, 2, 0, 7,
    ])
  })
})
