import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BoostedTree,
  type BoostedTrees,
  contributions,
  gainImportance,
  permutationImportance,
  predictMargin,
  trainBoosted,
} from '../../src/index.ts'
import { seeded } from '../../src/random.ts'
import { pairwiseAuc, sampleOf } from './sample.ts'

/** What a tree answers if only the features in `known` are known: unknown ones follow the training rows in their shares. */
function expectation(
  tree: BoostedTree,
  columns: readonly Float64Array[],
  row: number,
  known: (feature: number) => boolean,
  node = 0,
): number {
  const feature = tree.feature[node] as number
  if (feature < 0) return tree.value[node] as number
  const left = tree.left[node] as number
  const below = (child: number): number => expectation(tree, columns, row, known, child)
  if (known(feature)) {
    const x = columns[feature]?.[row] as number
    const goesLeft = Number.isNaN(x) ? tree.missingLeft[node] === 1 : x < (tree.threshold[node] as number)
    return below(goesLeft ? left : left + 1)
  }
  const cover = tree.cover[node] as number
  return (
    ((tree.cover[left] as number) / cover) * below(left) +
    ((tree.cover[left + 1] as number) / cover) * below(left + 1)
  )
}

/** The definition: the mean marginal effect over all orders, by all 2^n subsets. */
function shapley(model: BoostedTrees, columns: readonly Float64Array[], row: number): number[] {
  const n = model.features.length
  const worth = Array.from({ length: 2 ** n }, (_, subset) =>
    model.trees.reduce(
      (sum, tree) => sum + expectation(tree, columns, row, (feature) => ((subset >> feature) & 1) === 1),
      0,
    ),
  )
  const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1))
  return Array.from({ length: n }, (_, feature) => {
    let value = 0
    for (let subset = 0; subset < 2 ** n; subset++) {
      if ((subset >> feature) & 1) continue
      const size = subset.toString(2).replaceAll('0', '').length
      const share = (factorial(size) * factorial(n - size - 1)) / factorial(n)
      value += share * ((worth[subset | (1 << feature)] as number) - (worth[subset] as number))
    }
    return value
  })
}

describe('contributions', () => {
  it('are the Shapley values, by enumeration of all subsets', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(79), fc.integer({ min: 1, max: 6 }), (seed, row, depth) => {
        const { matrix, labels } = sampleOf(80, 5, seed, { missing: 0.15, levels: 9 })
        const model = trainBoosted(matrix, labels, { trees: 6, depth, minChildWeight: 0.1 })
        const { values } = contributions(model, matrix, row)
        const expected = shapley(model, matrix.columns, row)
        for (const [feature, value] of values.entries())
          expect(value).toBeCloseTo(expected[feature] as number, 10)
      }),
      { numRuns: 60 },
    )
  })

  it('add up to the margin, for any row, seen or not', () => {
    fc.assert(
      fc.property(fc.nat(500), (seed) => {
        const { matrix, labels } = sampleOf(120, 6, seed, { missing: 0.1, regression: true })
        const model = trainBoosted(matrix, labels, { objective: 'squared', trees: 20, depth: 6 })
        const unseen = sampleOf(10, 6, seed + 1, { missing: 0.3 }).matrix
        const margins = predictMargin(model, unseen)
        const bases = new Set<string>()
        for (let row = 0; row < 10; row++) {
          const { base, values } = contributions(model, unseen, row)
          bases.add(base.toFixed(8))
          expect(base + values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(margins[row] as number, 9)
        }
        // What is said about nobody in particular is the same for everybody.
        expect(bases.size).toBe(1)
      }),
      { numRuns: 20 },
    )
  })

  it('give nothing to a feature that no tree asks for', () => {
    const { matrix, labels } = sampleOf(100, 4, 9)
    const constant = new Float64Array(100).fill(1)
    const wider = { ...matrix, names: [...matrix.names, 'constant'], columns: [...matrix.columns, constant] }
    const { values } = contributions(trainBoosted(wider, labels, { trees: 10 }), wider, 3)
    expect(values[4]).toBe(0)
  })
})

describe('importance', () => {
  const { matrix, labels } = sampleOf(600, 6, 21)
  const model = trainBoosted(matrix, labels, { trees: 40, depth: 3 })

  it('of gain sums to 1 and ranks the three features that matter above the three that do not', () => {
    const gains = gainImportance(model)
    expect(gains.reduce((sum, gain) => sum + gain, 0)).toBeCloseTo(1, 9)
    expect(Math.min(...gains.slice(0, 3))).toBeGreaterThan(Math.max(...gains.slice(3)))
  })

  it('of permutation falls on what matters, and on a group whole', () => {
    const auc = (predictions: Float64Array): number => pairwiseAuc(predictions, labels)
    const groups = [[0], [1], [0, 1], []]
    const lost = permutationImportance(model, matrix, auc, groups, seeded(3), 3)
    expect(lost[0]).toBeGreaterThan(0.05)
    expect(lost[2]).toBeGreaterThan(0.05)
    expect(lost[3]).toBe(0)
    expect([...permutationImportance(model, matrix, auc, groups, seeded(3), 3)]).toEqual([...lost])
  })

  it('of a model without splits is nothing', () => {
    const flat = trainBoosted(matrix, labels, { trees: 2, gamma: 1e9 })
    expect([...gainImportance(flat)]).toEqual(new Array(6).fill(0))
  })
})
