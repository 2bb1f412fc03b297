import { describe, expect, it } from 'vitest'
import {
  auc,
  buildGraph,
  drawSeeds,
  type Edge,
  labelAwareScores,
  labelPropagation,
  neighbourhood,
  seeded,
  sybilRankFromSeeds,
} from '../../src/index.ts'
import { labelsOf, pairs, planted } from './support.ts'

function area(scores: Float64Array, labels: Int8Array, seeds: Int8Array): number {
  return auc(
    scores,
    labels.map((label, node) => (seeds[node] === -1 ? label : -1)),
  )
}

describe('label-aware scores', () => {
  it('find groups that nobody has labelled, where label propagation and SybilRank cannot', () => {
    const { graph, labels, groups } = planted(5)
    const seeds = drawSeeds(labels, 0.2, seeded(1), groups)
    const own = area(labelAwareScores(graph, seeds, { groups }), labels, seeds)
    const of = neighbourhood(graph)
    expect(own).toBeGreaterThan(0.97)
    expect(own).toBeGreaterThan(area(labelPropagation(of, seeds), labels, seeds))
    expect(own).toBeGreaterThan(area(sybilRankFromSeeds(of, seeds), labels, seeds) - 0.01)
  })

  it('are near certain with a fifth of the nodes known one by one', () => {
    const { graph, labels } = planted(6)
    const seeds = drawSeeds(labels, 0.2, seeded(2))
    expect(area(labelAwareScores(graph, seeds), labels, seeds)).toBeGreaterThan(0.97)
  })

  it('are probabilities: right on average, certain at the seeds, and the rate of their kind for isolated nodes', () => {
    const { graph, labels } = planted(7, { attack: 200, plain: true })
    const seeds = drawSeeds(labels, 0.4, seeded(3))
    const scores = labelAwareScores(graph, seeds)
    let sum = 0
    let sybils = 0
    let count = 0
    for (let node = 0; node < labels.length; node++) {
      expect(scores[node]).toBeGreaterThanOrEqual(0)
      expect(scores[node]).toBeLessThanOrEqual(1)
      if (seeds[node] !== -1) expect(scores[node]).toBe(seeds[node])
      else if (labels[node] !== -1) {
        sum += scores[node]!
        sybils += labels[node]!
        count++
      }
    }
    expect(Math.abs(sum / count - sybils / count)).toBeLessThan(0.1)
    const lonely = buildGraph(pairs(['a', 'b'], ['c', 'd']), ['i', 'j', 'k', 'l', 'm', 'n'])
    const known = labelsOf(lonely, { a: 0, b: 0, c: 1, d: 1, i: 1, j: 1, k: 1, l: 0 })
    const apart = labelAwareScores(lonely, known)
    // Three of four isolated seeds are Sybils, and two imagined ones are so at the smoothed rate of all, (5 + 1) / (8 + 2).
    expect(apart[lonely.nodes.indexOf('m')!]).toBeCloseTo((3 + 2 * 0.6) / (4 + 2), 12)
    expect(apart[lonely.nodes.indexOf('n')!]).toBe(apart[lonely.nodes.indexOf('m')!])
  })

  it('are the same for the same seed, whatever the order of the edges', () => {
    const { graph, labels } = planted(8, { honest: 80, sybilGroups: 5 })
    const edges: Edge[] = []
    const { support } = graph
    for (let from = 0; from < support.size; from++)
      for (let k = support.offsets[from]!; k < support.offsets[from + 1]!; k++)
        edges.push({
          from: graph.nodes.idOf(from),
          to: graph.nodes.idOf(support.columns[k]!),
          weight: support.weights[k]!,
        })
    const again = buildGraph(
      seeded(4).shuffle(edges),
      [...labels.keys()].map((node) => graph.nodes.idOf(node)),
    )
    const seeds = drawSeeds(labels, 0.3, seeded(5))
    expect(labelAwareScores(again, seeds, { seed: 9 })).toEqual(labelAwareScores(graph, seeds, { seed: 9 }))
  })

  it('rank as well under other names of the nodes', () => {
    const { graph, labels } = planted(9)
    const { support, nodes } = graph
    const renamed = (id: string): string => [...id].reverse().join('')
    const edges: Edge[] = []
    for (let from = 0; from < support.size; from++)
      for (let k = support.offsets[from]!; k < support.offsets[from + 1]!; k++)
        edges.push({
          from: renamed(nodes.idOf(from)),
          to: renamed(nodes.idOf(support.columns[k]!)),
          weight: support.weights[k]!,
        })
    const other = buildGraph(
      edges,
      [...labels.keys()].map((node) => renamed(nodes.idOf(node))),
    )
    const seeds = drawSeeds(labels, 0.2, seeded(5))
    const moved = (column: Int8Array): Int8Array => {
      const result = new Int8Array(column.length)
      column.forEach((value, node) => {
        result[other.nodes.indexOf(renamed(nodes.idOf(node)))!] = value
      })
      return result
    }
    const one = area(labelAwareScores(graph, seeds), labels, seeds)
    const two = area(labelAwareScores(other, moved(seeds)), moved(labels), moved(seeds))
    expect(Math.abs(one - two)).toBeLessThan(0.02)
  })
})

describe('with next to no labels', () => {
  const { graph, labels } = planted(10, { honest: 120, sybilGroups: 6 })
  const some = (kind: number, count: number): number[] =>
    [...labels.keys()].filter((node) => labels[node] === kind).slice(0, count)
  const known = (sybils: number, honest: number): Int8Array => {
    const seeds = new Int8Array(labels.length).fill(-1)
    for (const node of some(1, sybils)) seeds[node] = 1
    for (const node of some(0, honest)) seeds[node] = 0
    return seeds
  }

  it('honest seeds alone order the connected nodes as SybilRank does', () => {
    const seeds = known(0, 6)
    const scores = labelAwareScores(graph, seeds)
    const rank = sybilRankFromSeeds(neighbourhood(graph), seeds)
    const free = [...labels.keys()].filter((node) => seeds[node] === -1)
    for (let k = 1; k < free.length; k++) {
      const [a, b] = [free[k - 1]!, free[k]!]
      if (rank[a]! < rank[b]!) expect(scores[a]).toBeLessThan(scores[b]!)
    }
  })

  it('Sybil seeds alone suspect their companions most', () => {
    const ring = buildGraph(
      pairs(['s1', 's2'], ['s2', 's3'], ['s3', 's1'], ['h1', 'h2'], ['h2', 'h3'], ['s3', 'h1']),
    )
    const scores = labelAwareScores(ring, labelsOf(ring, { s1: 1 }))
    const of = (id: string): number => scores[ring.nodes.indexOf(id)!]!
    expect(Math.min(of('s2'), of('s3'))).toBeGreaterThan(Math.max(of('h1'), of('h2'), of('h3')))
  })

  it('one seed of each kind, two, or one group of Sybils are enough for an answer without NaN', () => {
    for (const seeds of [known(1, 1), known(2, 2), known(1, 40)])
      for (const score of labelAwareScores(graph, seeds)) expect(score).toBeGreaterThanOrEqual(0)
    const groups = labels.map((label) => (label === 1 ? 0 : -1))
    for (const score of labelAwareScores(graph, known(12, 30), { groups: Int32Array.from(groups) }))
      expect(score).toBeGreaterThanOrEqual(0)
  })

  it('a graph without edges, and one without seeds, have nothing to say', () => {
    const empty = buildGraph([], ['a', 'b', 'c'])
    expect([...labelAwareScores(empty, Int8Array.of(1, 0, -1))]).toEqual([1, 0, 0.5])
    const none = labelAwareScores(graph, known(0, 0))
    for (const score of none) expect(Number.isNaN(score)).toBe(false)
  })
})
