import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  FEATURES,
  features,
  MODEL_FEATURES,
  minMax,
  type NodeFeatures,
  rankAll,
  rowEntropy,
  signals,
  structure,
  transpose,
} from '../../src/index.ts'
import { type Arc, anchorsAt, graphOf, randomArcs, sumOf, undirected } from '../rank/graphs.ts'

const column = ({ names, columns }: NodeFeatures, name: string): Float64Array =>
  columns[(names as readonly string[]).indexOf(name)] as Float64Array

const BARBELL = graphOf(
  undirected([
    [0, 1],
    [0, 2],
    [1, 2],
    [2, 3],
    [3, 4],
    [3, 5],
    [4, 5],
  ]),
)

describe('names (TRU-043, example 17)', () => {
  it('are 22 in the frozen order: 8 scores, 9 signals, 5 of structure', () => {
    expect(FEATURES).toEqual([
      'pageRank',
      'eigenTrust',
      'personalisedPageRank',
      'authority',
      'hub',
      'sybilRank',
      'spectral',
      'absorbing',
      'eigenTrustDivergence',
      'rankGap',
      'anchorDistance',
      'hubAnomaly',
      'sybilRankDeficit',
      'spectralBridge',
      'absorbingDistance',
      'eclipseComposite',
      'chainLaundering',
      'degree',
      'inDegree',
      'outDegree',
      'citationDiversityEntropy',
      'log10NodeCount',
    ])
    expect(FEATURES).toHaveLength(8 + 9 + 5)
  })

  it('the default model does without the size of the graph', () => {
    expect(MODEL_FEATURES).toEqual(FEATURES.slice(0, 21))
  })
})

describe('structure (TRU-044)', () => {
  // 3 receives 1 from each of four; 0 receives 3 and 1; 1 receives from one; 2 from nobody.
  const arcs: Arc[] = [
    [0, 3],
    [1, 3],
    [2, 3],
    [4, 3],
    [1, 0, 3],
    [2, 0, 1],
    [0, 1],
  ]
  const graph = graphOf(arcs)

  it('counts edges', () => {
    const { degree, inDegree, outDegree, log10NodeCount } = structure(graph)
    expect([...inDegree]).toEqual([2, 1, 0, 4, 0])
    expect([...outDegree]).toEqual([2, 2, 2, 0, 1])
    expect([...degree]).toEqual([4, 3, 2, 4, 1])
    expect([...log10NodeCount]).toEqual(new Array(5).fill(Math.log10(5)))
  })

  it('entropy of received weight in bits: 2 for four equal sources, 0 for none or one', () => {
    const entropy = rowEntropy(transpose(graph.support))
    expect(entropy[3]).toBeCloseTo(2, 12)
    expect(entropy[0]).toBeCloseTo(-(0.75 * Math.log2(0.75) + 0.25 * Math.log2(0.25)), 12)
    expect([entropy[1], entropy[2]]).toEqual([0, 0])
  })
})

describe('min-max (TRU-045, example 18)', () => {
  const scaled = (...values: number[]): number[] => [...minMax(Float64Array.from(values)).values]
  const rounded = (values: number[]): number[] => values.map((value) => Math.round(value * 1e4) / 1e4)

  it('one extreme node changes the value of every other', () => {
    expect(rounded(scaled(0.9, 0.8, 0.7, 0.1))).toEqual([1, 0.875, 0.75, 0])
    expect(rounded(scaled(0.9, 0.8, 0.7, 0.1, 5))).toEqual([0.1633, 0.1429, 0.1224, 0, 1])
  })

  it('an all-honest graph has a lowest node at 0 all the same', () => {
    expect(rounded(scaled(0.9, 0.89, 0.88, 0.87)).map((value) => Math.round(value * 1e3) / 1e3)).toEqual([
      1, 0.667, 0.333, 0,
    ])
  })

  it('a constant feature is flagged, never NaN', () => {
    expect(minMax(Float64Array.of(2, 2, 2))).toEqual({ values: Float64Array.of(0, 0, 0), degenerate: true })
    expect(minMax(new Float64Array(0)).degenerate).toBe(true)
  })
})

describe('the paper form', () => {
  it('has 22 columns in [0, 1]; the size of the graph is always degenerate in it', () => {
    const graph = graphOf(randomArcs(40, 3, 3))
    const matrix = features(graph, rankAll(graph, { anchors: anchorsAt(0, 1) }), { form: 'paper' })
    expect(matrix.names).toEqual(FEATURES)
    expect(matrix.rows).toBe(graph.nodes.size)
    for (const values of matrix.columns) {
      expect(values).toHaveLength(matrix.rows)
      expect(values.every((value) => value >= 0 && value <= 1)).toBe(true)
    }
    expect(matrix.degenerate[21]).toBe(true)
    expect(matrix.degenerate[0]).toBe(false)
  })
})

describe('the scale-free form', () => {
  const ranked = rankAll(BARBELL, { anchors: anchorsAt(0) })
  const matrix = features(BARBELL, ranked)

  it('has 21 columns, the shares as log1p of n times their value', () => {
    expect(matrix.names).toEqual(MODEL_FEATURES)
    for (const name of ['pageRank', 'eigenTrust', 'personalisedPageRank', 'authority', 'hub'] as const) {
      const scaled = column(matrix, name)
      expect(sumOf(scaled.map(Math.expm1)) / 6, 'mean 1').toBeCloseTo(1, 8)
      for (const [i, value] of scaled.entries())
        expect(value).toBeCloseTo(Math.log1p(6 * (ranked.scores[name][i] as number)), 12)
    }
  })

  it('SybilRank times the total degree has mean 1 over degrees; f and walks stay as they are', () => {
    const degrees = [2, 2, 3, 3, 2, 2]
    const scaled = column(matrix, 'sybilRank')
    expect(scaled.reduce((sum, value, i) => sum + value * (degrees[i] as number), 0) / 14).toBeCloseTo(1, 12)
    expect(column(matrix, 'spectral')).toEqual(ranked.scores.spectral)
    expect(column(matrix, 'absorbing')).toEqual(ranked.scores.absorbing)
    expect(matrix.missing.every((count) => count === 0)).toBe(true)
  })

  it('a Fiedler value that the graph does not determine is missing, not 0; unsupported stays −1', () => {
    const clique = graphOf(
      undirected([
        [0, 1],
        [0, 2],
        [0, 3],
        [1, 2],
        [1, 3],
        [2, 3],
        [4, 5],
      ]),
    )
    const made = features(clique, rankAll(clique, { anchors: anchorsAt(0) }))
    expect([...column(made, 'spectral')]).toEqual([NaN, NaN, NaN, NaN, -1, -1])
    expect(made.missing[made.names.indexOf('spectral')]).toBe(4)
  })

  it('constant columns are flagged', () => {
    const ring = graphOf(undirected([0, 1, 2, 3, 4].map((i): Arc => [i, (i + 1) % 5])))
    const made = features(ring, rankAll(ring, { anchors: anchorsAt(0) }))
    const flagged = made.names.filter((_, i) => made.degenerate[i])
    expect(flagged).toContain('degree')
    expect(flagged).toContain('spectral')
    expect(flagged).not.toContain('absorbing')
  })

  it('means the same in a graph of any size: n disjoint copies give every copy the same features', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 2, max: 4 }), (seed, copies) => {
        const one = randomArcs(12, 3, seed, 1)
        const many = Array.from({ length: copies }, (_, c) =>
          one.map(([i, j, w = 1]): Arc => [i + 100 * c, j + 100 * c, w]),
        ).flat()
        const small = graphOf(one)
        const large = graphOf(many)
        const anchors = anchorsAt(...Array.from({ length: copies }, (_, c) => 100 * c))
        fc.pre(small.nodes.indexOf('000000') === 0)
        const a = features(small, rankAll(small, { anchors: anchorsAt(0), hitsWeights: 'raw' }))
        const b = features(large, rankAll(large, { anchors, hitsWeights: 'raw' }))
        for (const name of ['pageRank', 'eigenTrust', 'personalisedPageRank', 'absorbing', 'inDegree'])
          for (let i = 0; i < a.rows; i++)
            expect(column(b, name)[i], name).toBeCloseTo(column(a, name)[i] as number, 8)
      }),
      { numRuns: 20 },
    )
  })

  it('uses signals that the caller has', () => {
    const given = signals(BARBELL, ranked)
    expect(features(BARBELL, ranked, { signals: given })).toEqual(matrix)
  })
})
