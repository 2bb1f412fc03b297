import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  atFalsePositiveRate,
  auc,
  aucInterval,
  averagePrecision,
  bestF1,
  bootstrapInterval,
  brierScore,
  confusionAt,
  expectedCalibrationError,
  logLoss,
  meanAbsoluteError,
  pearson,
  precisionAtPrevalence,
  proportionInterval,
  rateBoundWithoutEvent,
  reliability,
  rootMeanSquareError,
  spearman,
} from '../../src/index.ts'
import { seeded } from '../../src/random.ts'

/** Scores on a coarse grid, so that ties are common, and labels with both classes. */
const rows = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom(0, 1, -1)), { minLength: 4, maxLength: 60 })
  .filter((list) => list.some(([, y]) => y === 1) && list.some(([, y]) => y === 0))
const split = (list: [number, number][]): [number[], number[]] => [
  list.map(([score]) => score / 9),
  list.map(([, label]) => label),
]

/** By counting pairs. */
function pairwise(scores: number[], labels: number[]): number {
  let [pairs, right] = [0, 0]
  for (const [i, a] of scores.entries())
    for (const [j, b] of scores.entries())
      if (labels[i] === 1 && labels[j] === 0) {
        pairs++
        right += a > b ? 1 : a === b ? 0.5 : 0
      }
  return right / pairs
}

describe('AUC', () => {
  it('is the share of pairs in the right order, ties half, unknown rows left out', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const [scores, labels] = split(list)
        expect(auc(scores, labels)).toBeCloseTo(pairwise(scores, labels), 12)
      }),
    )
  })

  it('is 1, 0 and ½ where it must be, and undefined with one class', () => {
    expect(auc([3, 2, 1], [1, 0, 0])).toBe(1)
    expect(auc([1, 2, 3], [1, 0, 0])).toBe(0)
    expect(auc([5, 5, 5], [1, 0, 1])).toBe(0.5)
    expect(auc([1, 2], [1, 1])).toBeNaN()
    expect(auc([1, 2], [0, -1])).toBeNaN()
    expect(auc([], [])).toBeNaN()
  })

  it('turns around with the sign of the scores and ignores their scale', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const [scores, labels] = split(list)
        const area = auc(scores, labels)
        expect(
          auc(
            scores.map((s) => -s),
            labels,
          ),
        ).toBeCloseTo(1 - area, 12)
        expect(
          auc(
            scores.map((s) => Math.exp(5 * s)),
            labels,
          ),
        ).toBe(area)
      }),
    )
  })

  it('has the DeLong variance of its definition (structural components by pairs)', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const [scores, labels] = split(list)
        const of = (label: number): number[] => scores.filter((_, row) => labels[row] === label)
        const [positive, negative] = [of(1), of(0)]
        if (positive.length < 2 || negative.length < 2) return
        const wins = (a: number, b: number): number => (a > b ? 1 : a === b ? 0.5 : 0)
        const mean = (values: number[]): number => values.reduce((s, v) => s + v, 0) / values.length
        const variance = (values: number[]): number =>
          values.reduce((s, v) => s + (v - mean(values)) ** 2, 0) / (values.length - 1)
        const v10 = positive.map((a) => mean(negative.map((b) => wins(a, b))))
        const v01 = negative.map((b) => mean(positive.map((a) => wins(a, b))))
        const half = 1.959964 * Math.sqrt(variance(v10) / positive.length + variance(v01) / negative.length)
        const { value, low, high } = aucInterval(scores, labels)
        expect(value).toBeCloseTo(mean(v10), 12)
        if (half < 1e-9) return
        expect(low).toBeCloseTo(Math.max(0, value - half), 6)
        expect(high).toBeCloseTo(Math.min(1, value + half), 6)
      }),
    )
  })

  it('covers the true area in about 95 of 100 samples', () => {
    // Two normals one standard deviation apart: AUC = Φ(1/√2) = 0.760250.
    const random = seeded(17)
    let covered = 0
    for (let k = 0; k < 400; k++) {
      const labels = Array.from({ length: 80 }, (_, row) => (row < 30 ? 1 : 0))
      const { low, high } = aucInterval(
        labels.map((label) => random.normal() + label),
        labels,
      )
      if (low <= 0.76025 && 0.76025 <= high) covered++
    }
    expect(covered).toBeGreaterThan(400 * 0.91)
    expect(covered).toBeLessThan(400 * 0.985)
  })

  it('of a perfect order is not certain: the bound comes from the number of rows', () => {
    const { value, low, high } = aucInterval([9, 8, 7, 1, 2, 3], [1, 1, 1, 0, 0, 0])
    expect([value, high]).toEqual([1, 1])
    expect(low).toBeCloseTo(0.05 ** (1 / 3), 12)
  })

  it.each<[string, () => unknown]>([
    ['lengths', () => auc([1, 2], [1])],
    ['label 2', () => auc([1, 2], [1, 2])],
    ['missing', () => auc([1, Number.NaN], [1, 0])],
    ['probability', () => brierScore([1.5, 0], [1, 0])],
    ['finite', () => pearson([1, Infinity], [1, 2])],
    ['2 predictions', () => rootMeanSquareError([1, 2], [1])],
  ])('refuses what it cannot read: %s', (_, attempt) => {
    expect(attempt).toThrow(expect.objectContaining({ code: 'EVALUATION_INVALID' }))
  })
})

describe('operating points', () => {
  it('count what they flag', () => {
    const point = confusionAt([0.9, 0.8, 0.6, 0.4, 0.1, 0.7], [1, 0, 1, 1, 0, -1], 0.6)
    expect(point).toEqual({
      threshold: 0.6,
      truePositives: 2,
      falsePositives: 1,
      trueNegatives: 1,
      falseNegatives: 1,
      precision: 2 / 3,
      recall: 2 / 3,
      falsePositiveRate: 0.5,
      f1: 2 / 3,
    })
  })

  it('at a false-positive rate are the best of all thresholds within it', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(0, 0.01, 0.1, 0.5, 1), (list, rate) => {
        const [scores, labels] = split(list)
        const all = [Infinity, ...scores].map((threshold) => confusionAt(scores, labels, threshold))
        const within = all.filter((point) => point.falsePositiveRate <= rate)
        const found = atFalsePositiveRate(scores, labels, rate)
        expect(found.falsePositiveRate).toBeLessThanOrEqual(rate)
        expect(found.recall).toBe(Math.max(...within.map((point) => point.recall)))
        expect(confusionAt(scores, labels, found.threshold)).toEqual(found)
        expect(bestF1(scores, labels).f1).toBe(Math.max(...all.map((point) => point.f1)))
      }),
    )
  })

  it('give average precision as the sum over thresholds of precision times gained recall', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const [scores, labels] = split(list)
        const thresholds = [...new Set(scores)].sort((a, b) => b - a)
        let [area, before] = [0, 0]
        for (const threshold of thresholds) {
          const { precision, recall } = confusionAt(scores, labels, threshold)
          if (recall > before) area += precision * (recall - before)
          before = recall
        }
        expect(averagePrecision(scores, labels)).toBeCloseTo(area, 12)
      }),
    )
    // 1, 0, 1: precision 1 at recall ½ and 2/3 at recall 1.
    expect(averagePrecision([3, 2, 1], [1, 0, 1])).toBeCloseTo(5 / 6, 12)
  })

  it('carry the base rates of TRU-049 (worked example 20)', () => {
    // Prevalence of the first column: 2,308 of 11,737. To the one decimal printed there (93.15 stands as 93.1).
    const prevalences = [2308 / 11737, 0.05, 0.01, 0.001]
    for (const [rate, printed] of [
      [0.004, [98.4, 92.9, 71.6, 20]],
      [0.018, [93.1, 74.5, 35.9, 5.3]],
    ] as const)
      for (const [place, percent] of printed.entries())
        expect(
          Math.abs(100 * precisionAtPrevalence(prevalences[place] as number, 1, rate) - percent),
        ).toBeLessThan(0.06)
  })
})

describe('probabilities', () => {
  it('are scored by hand: Brier, log loss', () => {
    expect(brierScore([0.8, 0.3, 0.5], [1, 0, -1])).toBeCloseTo((0.04 + 0.09) / 2, 12)
    expect(logLoss([0.5, 0.5], [1, 0])).toBeCloseTo(Math.LN2, 12)
    expect(logLoss([0, 1], [1, 0])).toBeCloseTo(-Math.log(1e-15), 1)
  })

  it('are tabulated against what happened', () => {
    const table = reliability([0.05, 0.05, 0.95, 0.95, 1, 0.55], [0, 1, 1, 1, 1, 0])
    expect(table.map(({ low, count, observed }) => [low, count, observed.value])).toEqual([
      [0, 2, 0.5],
      [0.5, 1, 0],
      [0.9, 3, 1],
    ])
    // 2/6·0.45 + 1/6·0.55 + 3/6·(1 − 2.9/3)
    expect(expectedCalibrationError([0.05, 0.05, 0.95, 0.95, 1, 0.55], [0, 1, 1, 1, 1, 0])).toBeCloseTo(
      0.15 + 0.55 / 6 + 0.5 * (1 - 2.9 / 3),
      12,
    )
  })

  it('in bins of equal counts keep ties together and lose no row', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 12 }), (list, bins) => {
        const [scores, labels] = split(list)
        const table = reliability(scores, labels, { bins, by: 'count' })
        const known = labels.filter((label) => label !== -1)
        expect(table.reduce((sum, { count }) => sum + count, 0)).toBe(known.length)
        for (let k = 1; k < table.length; k++)
          expect(table[k]?.low).toBeGreaterThan(table[k - 1]?.high as number)
      }),
    )
  })

  it('that are right have a small calibration error, that are too sure a large one', () => {
    const random = seeded(3)
    const p = Array.from({ length: 20_000 }, () => random.next())
    const labels = p.map((q) => (random.next() < q ? 1 : 0))
    expect(expectedCalibrationError(p, labels)).toBeLessThan(0.015)
    const bold = p.map((q) => (q > 0.5 ? 1 : 0))
    expect(expectedCalibrationError(bold, labels)).toBeGreaterThan(0.2)
  })
})

describe('values', () => {
  it('are compared by hand', () => {
    expect(rootMeanSquareError([1, 2, 3], [1, 4, 3])).toBeCloseTo(Math.sqrt(4 / 3), 12)
    expect(meanAbsoluteError([1, 2, 3], [1, 4, 3])).toBeCloseTo(2 / 3, 12)
    expect(pearson([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12)
    expect(pearson([1, 2, 3], [1, 1, 1])).toBeNaN()
    // x̄ = 2.5, ȳ = 3: Σxy = 5·… by hand 4/√(5·10).
    expect(pearson([1, 2, 3, 4], [2, 1, 5, 4])).toBeCloseTo(5 / Math.sqrt(5 * 10), 12)
  })

  it('have ranks that share places: Spearman without ties is 1 − 6Σd²/(n(n² − 1))', () => {
    expect(spearman([1, 2, 3, 4, 5], [10, 30, 20, 50, 40])).toBeCloseTo(1 - (6 * 4) / (5 * 24), 12)
    expect(spearman([1, 1, 2], [5, 5, 9])).toBeCloseTo(1, 12)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 3 }), (values) => {
        const cubed = values.map((value) => value ** 3)
        const rho = spearman(values, cubed)
        if (new Set(values).size > 1) expect(rho).toBeCloseTo(1, 12)
        else expect(rho).toBeNaN()
      }),
    )
  })
})

describe('intervals', () => {
  it('of shares are Wilson’s', () => {
    // Published example: 81 of 263 (Newcombe 1998): 0.2553 … 0.3662.
    const { value, low, high } = proportionInterval(81, 263)
    expect(value).toBeCloseTo(0.308, 3)
    expect(low).toBeCloseTo(0.2553, 4)
    expect(high).toBeCloseTo(0.3662, 4)
    expect(proportionInterval(0, 0)).toEqual({ value: Number.NaN, low: 0, high: 1 })
    expect(proportionInterval(0, 20).high).toBeCloseTo(0.1611, 4)
  })

  it('after no miss are the rule of three (TRU-055: m = 50 gives 6 %)', () => {
    expect(rateBoundWithoutEvent(50)).toBeCloseTo(0.0582, 4)
    for (const trials of [50, 500, 5000])
      expect(Math.abs(rateBoundWithoutEvent(trials) * trials - 3)).toBeLessThan(0.1)
    expect(rateBoundWithoutEvent(0)).toBe(1)
  })

  it('by resampling groups cover the mean and grow when groups are alike inside', () => {
    const random = seeded(5)
    const values = Array.from({ length: 200 }, () => random.normal())
    const mean = (list: number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length
    const single = bootstrapInterval(
      200,
      (rows) => mean([...rows].map((row) => values[row] as number)),
      seeded(1),
    )
    // Standard error 1/√200 = 0.0707: the interval is about ±0.139.
    expect(single.high - single.low).toBeGreaterThan(0.2)
    expect(single.high - single.low).toBeLessThan(0.36)
    const alike = values.map((_, row) => values[Math.floor(row / 20) * 20] as number)
    const grouped = bootstrapInterval(
      10,
      (groups) => mean([...groups].flatMap((group) => alike.slice(20 * group, 20 * group + 20))),
      seeded(1),
    )
    expect(grouped.high - grouped.low).toBeGreaterThan(2 * (single.high - single.low))
  })

  it('by resampling follow the seed, and say nothing when the statistic does not', () => {
    const statistic = (rows: Uint32Array): number => rows[0] as number
    expect(bootstrapInterval(9, statistic, seeded(4))).toEqual(bootstrapInterval(9, statistic, seeded(4)))
    expect(bootstrapInterval(9, () => Number.NaN, seeded(4)).low).toBeNaN()
  })
})
