import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BoostingOptions,
  boostedHash,
  boostedToJson,
  predict,
  predictMargin,
  trainBoosted,
} from '../../src/index.ts'
import { seeded } from '../../src/random.ts'
import { type Sample, sampleOf, take } from './sample.ts'

const NONE = Number.NaN
const columnsOf = (...columns: number[][]): Sample['matrix'] => ({
  names: columns.map((_, place) => `f${place}`),
  rows: columns[0]?.length ?? 0,
  columns: columns.map((column) => Float64Array.from(column)),
})

describe('boosted trees, by hand', () => {
  it('solves four rows as the formulas of TRU-046 say', () => {
    // g = ±½, h = ¼ per row; the split at 1.5 has G = ±1, H = ½ on either side: leaf = ∓η/(½ + λ), gain = ½(2/1.5 − 0).
    const model = trainBoosted(columnsOf([2, 0, 5, 1]), Float64Array.of(1, 0, 1, 0), {
      trees: 1,
      depth: 1,
      learningRate: 0.3,
      minChildWeight: 0,
    })
    const [tree] = model.trees
    expect(tree?.feature).toEqual([0, -1, -1])
    expect(tree?.threshold).toEqual([1.5, 0, 0])
    expect(tree?.value).toEqual([0, -0.2, 0.2])
    expect(tree?.cover).toEqual([1, 0.5, 0.5])
    expect(tree?.gain[0]).toBeCloseTo(2 / 3, 5)
  })

  it('fits group means with squared loss, no penalty and rate 1', () => {
    const model = trainBoosted(columnsOf([1, 1, 2, 2, 3]), Float64Array.of(4, 6, -1, -3, 10), {
      objective: 'squared',
      trees: 1,
      depth: 2,
      learningRate: 1,
      lambda: 0,
      minChildWeight: 0,
    })
    expect(model.baseMargin).toBeCloseTo(16 / 5, 12)
    expect([...predict(model, columnsOf([1, 2, 3]))].map((x) => Math.round(x * 1e6) / 1e6)).toEqual([
      5, -2, 10,
    ])
  })

  it('answers ½ when there is nothing to split on', () => {
    const model = trainBoosted(columnsOf([7, 7, 7, 7]), Float64Array.of(1, 0, 1, 0), { trees: 3 })
    expect([...predict(model, columnsOf([7, 1, NONE]))]).toEqual([0.5, 0.5, 0.5])
  })

  it('weighs positives: a pure leaf start moves by scale_pos_weight', () => {
    // Constant feature: one leaf, G = Σ w(½ − y) = ½·(2·3)·(−1) + ½·2 = −2, H = ¼(6 + 2) = 2; leaf = 2/(2 + 1).
    const model = trainBoosted(columnsOf([0, 0, 0, 0]), Float64Array.of(1, 1, 0, 0), {
      trees: 1,
      learningRate: 1,
      scalePosWeight: 3,
    })
    expect(predictMargin(model, columnsOf([0]))[0]).toBeCloseTo(2 / 3, 7)
  })
})

describe('what training promises', () => {
  it('reaches 100 % on a separable set', () => {
    const random = seeded(5)
    const x = Array.from({ length: 400 }, () => random.next())
    const y = Array.from({ length: 400 }, () => random.next())
    // A checker board: no single split helps, two levels do.
    const labels = Float64Array.from(x, (value, row) => (value > 0.5 === (y[row] as number) > 0.5 ? 1 : 0))
    const matrix = columnsOf(x, y)
    const predictions = predict(trainBoosted(matrix, labels, { trees: 50, depth: 3 }), matrix)
    expect(predictions.every((p, row) => p > 0.5 === (labels[row] === 1))).toBe(true)
  })

  it.each<[string, BoostingOptions]>([
    ['logistic', {}],
    ['squared', { objective: 'squared' }],
    ['a row sample', { subsample: 0.6, seed: 9 }],
    ['weighted positives', { scalePosWeight: 4.0854, gamma: 0.2 }],
    ['monotone', { monotone: [1, 0, -1, 0] }],
  ])('gives the same model bit for bit for permuted rows: %s', (_, options) => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.integer({ min: 5, max: 120 }), (seed, shuffle, rows) => {
        const regression = options.objective === 'squared'
        const sample = sampleOf(rows, 4, seed, { missing: 0.2, levels: 12, regression })
        const permuted = take(sample, seeded(shuffle).shuffle(Array.from({ length: rows }, (_, row) => row)))
        const settings = { trees: 8, depth: 3, minChildWeight: 0.2, ...options }
        const first = trainBoosted(sample.matrix, sample.labels, settings)
        const second = trainBoosted(permuted.matrix, permuted.labels, settings)
        expect(boostedToJson(second)).toBe(boostedToJson(first))
      }),
      { numRuns: 25 },
    )
  })

  it('is permuted with its weights, and its validation rows, too', () => {
    const sample = sampleOf(300, 4, 3, { missing: 0.1 })
    const weights = Float64Array.from(sample.labels, (_, row) => 0.1 + (row % 7))
    const order = seeded(4).shuffle(Array.from({ length: 300 }, (_, row) => row))
    const permuted = take(sample, order)
    const settings = { trees: 60, learningRate: 0.5, earlyStoppingRounds: 5 }
    const first = trainBoosted(sample.matrix, sample.labels, { ...settings, weights, validation: sample })
    const second = trainBoosted(permuted.matrix, permuted.labels, {
      ...settings,
      weights: Float64Array.from(order, (row) => weights[row] as number),
      validation: permuted,
    })
    expect(boostedHash(second)).toBe(boostedHash(first))
  })

  it('breaks ties by the lower feature, then the lower bin', () => {
    const column = [0, 1, 2, 3]
    const model = trainBoosted(columnsOf(column, column), Float64Array.of(1, 0, 0, 1), {
      trees: 1,
      depth: 1,
      minChildWeight: 0,
    })
    // Cutting off row 0 gains as much as cutting off row 3, in either column.
    expect(model.trees[0]?.feature[0]).toBe(0)
    expect(model.trees[0]?.threshold[0]).toBe(0.5)
  })

  it('counts a row of weight 2 as that row twice', () => {
    const sample = sampleOf(200, 3, 8)
    const twice = take(sample, [...sample.labels.keys(), ...sample.labels.keys()])
    const settings = { trees: 20, depth: 3 }
    const weighted = trainBoosted(sample.matrix, sample.labels, {
      ...settings,
      weights: new Float64Array(200).fill(2),
    })
    const repeated = trainBoosted(twice.matrix, twice.labels, settings)
    const a = predict(weighted, sample.matrix)
    const b = predict(repeated, sample.matrix)
    for (const [row, p] of a.entries()) expect(p).toBeCloseTo(b[row] as number, 6)
  })

  it('ignores rows of weight 0', () => {
    const sample = sampleOf(200, 3, 8, { levels: 30 })
    const kept = take(
      sample,
      Array.from({ length: 150 }, (_, row) => row),
    )
    const weights = Float64Array.from(sample.labels, (_, row) => (row < 150 ? 1 : 0))
    const a = predict(trainBoosted(sample.matrix, sample.labels, { trees: 5, weights }), kept.matrix)
    const b = predict(trainBoosted(kept.matrix, kept.labels, { trees: 5 }), kept.matrix)
    for (const [row, p] of a.entries()) expect(p).toBeCloseTo(b[row] as number, 5)
  })

  it('learns where missing values belong', () => {
    // Missing is always a Sybil here; present values say nothing.
    const values = Array.from({ length: 100 }, (_, row) => (row % 2 === 0 ? NONE : row))
    const labels = Float64Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0))
    const matrix = columnsOf(values)
    const predictions = predict(trainBoosted(matrix, labels, { trees: 60 }), matrix)
    expect(predictions.filter((p, row) => p > 0.5 === (labels[row] === 1)).length).toBe(100)
  })

  it('sends a value that was never missing in training with the heavier child', () => {
    const matrix = columnsOf([0, 0, 0, 1])
    const model = trainBoosted(matrix, Float64Array.of(0, 0, 0, 1), { trees: 1, depth: 1, minChildWeight: 0 })
    const [heavy, light, missing] = predict(model, columnsOf([0, 1, NONE]))
    expect(missing).toBe(heavy)
    expect(missing).not.toBe(light)
  })

  it('keeps a monotone promise for every pair of values', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.constantFrom<1 | -1>(1, -1), (seed, direction) => {
        const sample = sampleOf(150, 3, seed, { levels: 40, regression: true })
        const model = trainBoosted(sample.matrix, sample.labels, {
          objective: 'squared',
          trees: 15,
          depth: 4,
          monotone: [direction, 0, 0],
        })
        const [, second, third] = sample.matrix.columns.map((column) => column[seed % 150] as number)
        const grid = Array.from({ length: 60 }, (_, k) => k / 1024)
        const answers = predict(
          model,
          columnsOf(
            grid,
            grid.fill.call([...grid], second as number),
            grid.fill.call([...grid], third as number),
          ),
        )
        for (let k = 1; k < answers.length; k++)
          expect(direction * ((answers[k] as number) - (answers[k - 1] as number))).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 40 },
    )
  })

  it('prunes from the leaves: a large gamma leaves one leaf', () => {
    const sample = sampleOf(300, 3, 1)
    const model = trainBoosted(sample.matrix, sample.labels, { trees: 4, gamma: 1e6 })
    for (const tree of model.trees) expect(tree.feature).toEqual([-1])
  })

  it('stops early and keeps the trees up to the least validation loss', () => {
    const sample = sampleOf(400, 4, 2)
    const unseen = sampleOf(400, 4, 77)
    const settings = { trees: 300, learningRate: 0.3 }
    const stopped = trainBoosted(sample.matrix, sample.labels, {
      ...settings,
      validation: unseen,
      earlyStoppingRounds: 15,
    })
    expect(stopped.trees.length).toBeGreaterThan(0)
    expect(stopped.trees.length).toBeLessThan(300)
    const full = trainBoosted(sample.matrix, sample.labels, settings)
    const lossOf = (trees: number): number => {
      const p = predict({ ...full, trees: full.trees.slice(0, trees) }, unseen.matrix)
      return p.reduce((sum, q, row) => sum - Math.log(unseen.labels[row] === 1 ? q : 1 - q), 0) / 400
    }
    expect(JSON.stringify(stopped.trees)).toBe(JSON.stringify(full.trees.slice(0, stopped.trees.length)))
    const best = lossOf(stopped.trees.length)
    for (let trees = 1; trees <= stopped.trees.length + 15; trees++)
      expect(lossOf(trees)).toBeGreaterThanOrEqual(best - 2e-9)
  })

  it('a row sample follows its seed', () => {
    const sample = sampleOf(300, 3, 1)
    const hash = (seed: number): string =>
      boostedHash(trainBoosted(sample.matrix, sample.labels, { trees: 5, subsample: 0.5, seed }))
    expect(hash(3)).toBe(hash(3))
    expect(hash(3)).not.toBe(hash(4))
  })

  it('holds when the label scale is tiny or huge', () => {
    for (const scale of [1e-3, 1e9]) {
      const sample = sampleOf(300, 3, 6, { regression: true })
      const labels = sample.labels.map((label) => label * scale)
      const p = predict(
        trainBoosted(sample.matrix, labels, { objective: 'squared', trees: 100, learningRate: 0.3 }),
        sample.matrix,
      )
      const error = p.reduce((sum, q, row) => sum + (q - (labels[row] as number)) ** 2, 0)
      const spread = labels.reduce((sum, label) => sum + label ** 2, 0)
      expect(error).toBeLessThan((scale < 1 ? 0.5 : 0.05) * spread)
    }
  })
})

describe('what training refuses', () => {
  const { matrix, labels } = sampleOf(10, 2, 1)
  const train = (options: BoostingOptions) => () => trainBoosted(matrix, labels, options)

  it.each<[string, BoostingOptions]>([
    ['trees', { trees: 0 }],
    ['trees', { trees: 10_001 }],
    ['depth', { depth: 17 }],
    ['learningRate', { learningRate: 0 }],
    ['lambda', { lambda: -1 }],
    ['gamma', { gamma: Number.NaN }],
    ['minChildWeight', { minChildWeight: Infinity }],
    ['subsample', { subsample: 1.5 }],
    ['scalePosWeight', { scalePosWeight: 0 }],
    ['bins', { bins: 257 }],
    ['seed', { seed: -1 }],
    ['validation', { earlyStoppingRounds: 3 }],
    ['monotone', { monotone: [1] }],
    ['baseMargin', { baseMargin: Number.NaN }],
  ])('names the option %s', (name, options) => {
    expect(train(options)).toThrow(
      expect.objectContaining({ code: 'LEARNING_OPTION_INVALID', message: expect.stringContaining(name) }),
    )
  })

  it.each<[string, () => unknown]>([
    ['no rows', () => trainBoosted(columnsOf([]), new Float64Array(0))],
    ['5 labels', () => trainBoosted(matrix, new Float64Array(5))],
    ['label 2', () => trainBoosted(matrix, labels.with(3, 2) as Float64Array)],
    ['infinite', () => trainBoosted(columnsOf([1, Infinity]), Float64Array.of(0, 1))],
    ['has 1 values', () => trainBoosted({ ...columnsOf([1, 2], [1]), rows: 2 }, Float64Array.of(0, 1))],
    ['3 weights', () => trainBoosted(matrix, labels, { weights: new Float64Array(3) })],
    ['negative', () => trainBoosted(matrix, labels, { weights: new Float64Array(10).fill(-1) })],
    ['all weights', () => trainBoosted(matrix, labels, { weights: new Float64Array(10) })],
  ])('says what is wrong with the rows: %s', (text, attempt) => {
    expect(attempt).toThrow(
      expect.objectContaining({ code: 'TRAINING_DATA_INVALID', message: expect.stringContaining(text) }),
    )
  })

  it('refuses to predict from other columns, and from the same columns in another order', () => {
    const model = trainBoosted(matrix, labels, { trees: 2 })
    expect(() => predict(model, columnsOf([1]))).toThrow(
      expect.objectContaining({ code: 'FEATURES_MISMATCH' }),
    )
    expect(() => predict(model, { ...matrix, names: [...matrix.names].reverse() })).toThrow(
      expect.objectContaining({ code: 'FEATURES_MISMATCH' }),
    )
  })
})
