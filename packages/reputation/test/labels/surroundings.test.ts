import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildGraph, neighbourhood, seeded, surroundingsOf, type TrustGraph } from '../../src/index.ts'
import { components, louvain } from '../../src/labels/communities.ts'
import { coreNumbers, triangles } from '../../src/labels/density.ts'
import { dense, pairs, planted } from './support.ts'

const randomGraph = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 13 })), { maxLength: 50 })
  .map((list) =>
    buildGraph(
      list.map(([a, b]) => ({ from: `n${a}`, to: `n${b}`, weight: 1 })),
      ['n0'],
    ),
  )

const cell = (graph: TrustGraph, name: string, id: string): number => {
  const { structure } = surroundingsOf(graph, { directed: true })
  return structure.columns[structure.names.indexOf(name)]![graph.nodes.indexOf(id)!]!
}

describe('neighbourhood', () => {
  it('is symmetric, adds both directions, and does not count a pair twice', () => {
    const graph = buildGraph([
      { from: 'a', to: 'b', weight: 3 },
      { from: 'b', to: 'a', weight: 4 },
      { from: 'b', to: 'c', weight: 2 },
    ])
    expect(dense(neighbourhood(graph, 'sum'))).toEqual([
      [0, 7, 0],
      [7, 0, 2],
      [0, 2, 0],
    ])
    expect(dense(neighbourhood(graph))).toEqual([
      [0, 1, 0],
      [1, 0, 1],
      [0, 1, 0],
    ])
  })

  it('has the same logarithmic weights in any unit', () => {
    const edges = (unit: number) =>
      [1, 2, 30].map((weight, k) => ({ from: 'a', to: `b${k}`, weight: weight * unit }))
    const one = neighbourhood(buildGraph(edges(1)), 'log').weights
    const other = neighbourhood(buildGraph(edges(1024)), 'log').weights
    expect(other).toEqual(one)
  })
})

describe('cores and triangles', () => {
  it('agree with brute force', () => {
    fc.assert(
      fc.property(randomGraph, (graph) => {
        const of = neighbourhood(graph)
        const w = dense(of)
        const n = w.length
        const counted = new Array<number>(n).fill(0)
        for (let a = 0; a < n; a++)
          for (let b = 0; b < a; b++)
            for (let c = 0; c < b; c++)
              if (w[a]![b] && w[b]![c] && w[a]![c])
                for (const node of [a, b, c]) counted[node] = counted[node]! + 1
        expect([...triangles(of)]).toEqual(counted)
        // The k-core: remove nodes with fewer than k neighbours until none is left to remove.
        const core = new Array<number>(n).fill(0)
        for (let k = 1; k < n; k++) {
          const left = new Set(w.keys())
          for (let changed = true; changed; ) {
            changed = false
            for (const node of left)
              if (w[node]!.filter((x, other) => x > 0 && left.has(other)).length < k) {
                left.delete(node)
                changed = true
              }
          }
          for (const node of left) core[node] = k
        }
        expect([...coreNumbers(of)]).toEqual(core)
      }),
      { numRuns: 60 },
    )
  })
})

describe('communities', () => {
  it('finds two cliques joined by one edge', () => {
    const list: [string, string][] = [['a0', 'b0']]
    for (const side of ['a', 'b'])
      for (let i = 0; i < 6; i++) for (let j = 0; j < i; j++) list.push([`${side}${i}`, `${side}${j}`])
    const of = neighbourhood(buildGraph(pairs(...list)))
    for (const seed of [1, 2, 3]) {
      const last = louvain(of, seeded(seed)).at(-1)!
      expect([...last]).toEqual([...new Array(6).fill(0), ...new Array(6).fill(1)])
    }
  })

  it('never joins components, nests its levels, and keeps isolated nodes alone', () => {
    fc.assert(
      fc.property(randomGraph, (graph) => {
        const of = neighbourhood(graph)
        const whole = components(of)
        const levels = louvain(of, seeded(7))
        for (let i = 0; i < of.size; i++)
          for (let j = 0; j < i; j++) {
            if (levels.at(-1)![i] === levels.at(-1)![j]) expect(whole[i]).toBe(whole[j])
            if (levels[0]![i] === levels[0]![j]) expect(levels.at(-1)![i]).toBe(levels.at(-1)![j])
          }
      }),
      { numRuns: 60 },
    )
  })

  it('numbers components by what is connected', () => {
    const graph = buildGraph(pairs(['a', 'b'], ['c', 'd'], ['d', 'e']), ['f'])
    expect([...components(neighbourhood(graph))]).toEqual([0, 0, 1, 1, 1, 2])
  })
})

describe('structure', () => {
  // f pays a, b and c; a and b both pay t.
  const graph = buildGraph(pairs(['f', 'a'], ['f', 'b'], ['f', 'c'], ['a', 't'], ['b', 't']))

  it('counts peers through shared counterparties', () => {
    // a meets b (through f and t) and c (through f).
    expect(cell(graph, 'peers.count', 'a')).toBeCloseTo(Math.log(3), 12)
    expect(cell(graph, 'peers.shared', 'a')).toBe(2)
    expect(cell(graph, 'peers.several', 'a')).toBeCloseTo(Math.log(2), 12)
    expect(cell(graph, 'peers.closest', 'a')).toBe(1)
    expect(cell(graph, 'peers.affinity', 'a')).toBeCloseTo(1 / Math.log(3) + 1 / Math.log(2), 12)
    expect(cell(graph, 'peers.alike', 'a')).toBe(0.5)
  })

  it('tells direction, and ignores it in an undirected list written in the order of the identifiers', () => {
    expect(cell(graph, 'direction', 'f')).toBe(0)
    expect(cell(graph, 'direction', 't')).toBe(1)
    const list: [string, string][] = []
    for (let i = 0; i < 25; i++) list.push([`n${10 + i}`, `n${11 + i}`])
    const up = surroundingsOf(buildGraph(pairs(...list)))
    const down = surroundingsOf(buildGraph(pairs(...list.map(([a, b]): [string, string] => [b, a]))))
    expect(up.directed).toBe(false)
    expect(down.directed).toBe(false)
    expect(down.structure).toEqual(up.structure)
    list[3] = [list[3]![1], list[3]![0]]
    expect(surroundingsOf(buildGraph(pairs(...list))).directed).toBe(true)
  })

  it('is never infinite, and NaN only where something is missing', () => {
    const { graph: large } = planted(3)
    const { structure } = surroundingsOf(large)
    structure.columns.forEach((column, k) => {
      expect([structure.names[k], column.some((value) => value === Infinity || value === -Infinity)]).toEqual(
        [structure.names[k], false],
      )
    })
    expect(new Set(structure.names).size).toBe(structure.names.length)
  })

  it('does not depend on names: renamed nodes have the same columns, except for communities', () => {
    const edges = [...Array(60).keys()].map(
      (k) => [`n${(k * 7) % 23}`, `n${(k * 11 + 3) % 29}`] as [string, string],
    )
    const renamed = (id: string): string => `z${99 - Number(id.slice(1))}`
    const first = buildGraph(pairs(...edges))
    const second = buildGraph(pairs(...edges.map(([a, b]): [string, string] => [renamed(a), renamed(b)])))
    const one = surroundingsOf(first, { directed: true }).structure
    const two = surroundingsOf(second, { directed: true }).structure
    one.names.forEach((name, column) => {
      if (/^(fine|coarse)\./.test(name)) return
      for (let node = 0; node < one.rows; node++) {
        const other = second.nodes.indexOf(renamed(first.nodes.idOf(node)))!
        const [mine, theirs] = [one.columns[column]![node]!, two.columns[column]![other]!]
        if (Number.isNaN(mine)) expect(theirs).toBeNaN()
        else expect(theirs).toBeCloseTo(mine, 9)
      }
    })
  })

  it('scales with no unit: weights in another currency move logarithms by a constant and nothing else', () => {
    const edges = (unit: number) =>
      [...Array(40).keys()].map((k) => ({
        from: `n${k % 7}`,
        to: `m${k % 11}`,
        weight: (1 + (k % 5)) * unit,
      }))
    const one = surroundingsOf(buildGraph(edges(1)), { directed: true }).structure
    const two = surroundingsOf(buildGraph(edges(8)), { directed: true }).structure
    one.columns.forEach((column, k) => {
      const shifts = [...column]
        .map((value, node) => two.columns[k]![node]! - value)
        .filter((shift) => !Number.isNaN(shift))
      for (const shift of shifts) expect(shift).toBeCloseTo(shifts[0]!, 9)
    })
  })

  it('uses times relative to the span of the graph', () => {
    const at = (time: number, from: string, to: string) => ({ from, to, weight: 1, time })
    const timed = buildGraph([at(100, 'a', 'b'), at(150, 'b', 'c'), at(300, 'c', 'd')])
    if (timed.times === undefined) return
    expect(cell(timed, 'start', 'b')).toBe(0)
    expect(cell(timed, 'stop', 'b')).toBe(0.25)
    expect(cell(timed, 'span', 'c')).toBe(0.75)
  })
})
