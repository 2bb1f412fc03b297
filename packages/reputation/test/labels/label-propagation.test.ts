import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  buildGraph,
  labelPropagation,
  labelSpreading,
  neighbourhood,
  sybilRankFromSeeds,
} from '../../src/index.ts'
import { dense, labelsOf, pairs } from './support.ts'

const path = buildGraph(pairs(['a', 'b'], ['b', 'c'], ['c', 'd']))

describe('label propagation', () => {
  it('is harmonic: on a path from an honest end to a Sybil end it rises in equal steps', () => {
    const scores = labelPropagation(neighbourhood(path), labelsOf(path, { a: 0, d: 1 }), {
      sweeps: 1000,
      tolerance: 1e-12,
    })
    for (const [node, expected] of [0, 1 / 3, 2 / 3, 1].entries())
      expect(scores[node]).toBeCloseTo(expected, 9)
  })

  it('weighs neighbours: three times the weight, three times the say', () => {
    const graph = buildGraph([
      { from: 'a', to: 'x', weight: 3 },
      { from: 'b', to: 'x', weight: 1 },
    ])
    const scores = labelPropagation(neighbourhood(graph, 'sum'), labelsOf(graph, { a: 1, b: 0 }))
    expect(scores[graph.nodes.indexOf('x')!]).toBeCloseTo(0.75, 9)
  })

  it('leaves what no seed reaches at the smoothed rate of the seeds', () => {
    const graph = buildGraph(pairs(['a', 'b'], ['x', 'y']), ['alone'])
    const scores = labelPropagation(neighbourhood(graph), labelsOf(graph, { a: 1, b: 1 }))
    for (const id of ['x', 'y', 'alone']) expect(scores[graph.nodes.indexOf(id)!]).toBeCloseTo(3 / 4, 12)
  })

  it('stays between the seeds and keeps them', () => {
    const edge = fc.tuple(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 0, max: 11 }))
    fc.assert(
      fc.property(
        fc.array(edge, { maxLength: 40 }),
        fc.array(fc.constantFrom(-1, 0, 1), { minLength: 12, maxLength: 12 }),
        (list, kinds) => {
          const ids = kinds.map((_, k) => `n${k}`)
          const graph = buildGraph(
            list.map(([a, b]) => ({ from: `n${a}`, to: `n${b}`, weight: 1 })),
            ids,
          )
          const labels = new Int8Array(12)
          kinds.forEach((kind, k) => {
            labels[graph.nodes.indexOf(`n${k}`)!] = kind
          })
          labelPropagation(neighbourhood(graph), labels).forEach((score, node) => {
            expect(score).toBeGreaterThanOrEqual(0)
            expect(score).toBeLessThanOrEqual(1)
            if (labels[node] !== -1) expect(score).toBe(labels[node])
          })
        },
      ),
      { numRuns: 50 },
    )
  })
})

/** Solves A x = b by elimination with row pivots. */
function solve(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!])
  const n = rows.length
  for (let i = 0; i < n; i++) {
    let pivot = i
    for (let r = i + 1; r < n; r++) if (Math.abs(rows[r]![i]!) > Math.abs(rows[pivot]![i]!)) pivot = r
    const held = rows[i]!
    rows[i] = rows[pivot]!
    rows[pivot] = held
    for (let r = 0; r < n; r++) {
      if (r === i) continue
      const factor = rows[r]![i]! / rows[i]![i]!
      for (let c = i; c <= n; c++) rows[r]![c] = rows[r]![c]! - factor * rows[i]![c]!
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!)
}

describe('label spreading', () => {
  it('is the closed form (1 − α)(I − α S)^-1 Y of Zhou and others', () => {
    const graph = buildGraph(pairs(['a', 'b'], ['b', 'c'], ['c', 'd'], ['b', 'd'], ['d', 'e'], ['e', 'f']))
    const of = neighbourhood(graph)
    const labels = labelsOf(graph, { a: 1, e: 0, f: 0 })
    const alpha = 0.8
    const w = dense(of)
    const degree = w.map((row) => row.reduce((sum, x) => sum + x, 0))
    const system = w.map((row, i) =>
      row.map((x, j) => (i === j ? 1 : 0) - (alpha * x) / Math.sqrt(degree[i]! * degree[j]!)),
    )
    const kinds = [0, 1].map((kind) =>
      solve(
        system,
        [...labels].map((label) => (label === kind ? 1 - alpha : 0)),
      ),
    )
    const scores = labelSpreading(of, labels, { alpha, sweeps: 1000, tolerance: 1e-15 })
    scores.forEach((score, node) => {
      expect(score).toBeCloseTo(kinds[1]![node]! / (kinds[0]![node]! + kinds[1]![node]!), 9)
    })
  })

  it('says the rate of the seeds where neither kind reaches', () => {
    const graph = buildGraph(pairs(['a', 'b'], ['x', 'y']))
    expect(labelSpreading(neighbourhood(graph), labelsOf(graph, { a: 1, b: 0 }))[2]).toBe(0.5)
  })
})

describe('SybilRank from honest seeds', () => {
  it('walks two steps on a path of four: (trust after 1 + trust after 2) / 2, by degree', () => {
    // From a: after one step all at b; after two half at a, half at c. Degrees 1, 2, 2, 1.
    const scores = sybilRankFromSeeds(neighbourhood(path), labelsOf(path, { a: 0 }))
    expect([...scores]).toEqual([-0.25, -0.25, -0.125, -0])
  })

  it('shares the start among the honest seeds and never reads a Sybil label', () => {
    const one = sybilRankFromSeeds(neighbourhood(path), labelsOf(path, { a: 0, c: 0 }), 3)
    const two = sybilRankFromSeeds(neighbourhood(path), labelsOf(path, { a: 0, c: 0, d: 1 }), 3)
    expect(two).toEqual(one)
  })

  it('finds the Sybil region behind few attack edges', () => {
    const list: [string, string][] = []
    const clique = (prefix: string): void => {
      for (let i = 0; i < 8; i++) for (let j = 0; j < i; j++) list.push([`${prefix}${i}`, `${prefix}${j}`])
    }
    clique('h')
    clique('s')
    list.push(['h0', 's0'])
    const graph = buildGraph(pairs(...list))
    const scores = sybilRankFromSeeds(neighbourhood(graph), labelsOf(graph, { h1: 0, h2: 0 }))
    const side = (prefix: string): number[] =>
      [...scores].filter((_, node) => graph.nodes.idOf(node).startsWith(prefix))
    expect(Math.min(...side('s'))).toBeGreaterThan(Math.max(...side('h')))
  })
})
