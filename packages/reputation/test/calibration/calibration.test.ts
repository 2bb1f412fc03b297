import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { poolAdjacentViolators } from '../../src/calibration/isotonic.ts'
import {
  brierScore,
  type Calibration,
  calibrated,
  calibrationFromObject,
  costThreshold,
  expectedCalibrationError,
  fitCalibration,
  fitIsotonic,
  fitLogistic,
  logistic,
  logLoss,
  scaleOdds,
  shiftBaseRate,
  withoutPositiveWeight,
} from '../../src/index.ts'
import { seeded } from '../../src/random.ts'

const WEIGHT = 9429 / 2308

describe('odds (TRU-048, worked example 19)', () => {
  it('without the class weight are what the catalogue prints', () => {
    for (const [weighted, plain] of [
      [0.5, 0.1966],
      [0.65, 0.3125],
      [0.8, 0.4947],
      [0.9, 0.6878],
    ] as const)
      expect(withoutPositiveWeight(weighted, WEIGHT)).toBeCloseTo(plain, 4)
    // Worked example 33: 0.70 → 0.3635.
    expect(withoutPositiveWeight(0.7, WEIGHT)).toBeCloseTo(0.3635, 4)
  })

  it('shift with the base rate and back, and keep their order', () => {
    const open = fc.double({ min: 0.001, max: 0.999, noNaN: true })
    fc.assert(
      fc.property(open, open, open, open, (p, q, from, to) => {
        const moved = shiftBaseRate(p, from, to)
        expect(shiftBaseRate(moved, to, from)).toBeCloseTo(p, 9)
        expect(shiftBaseRate(p, from, from)).toBeCloseTo(p, 12)
        if (p < q) expect(moved).toBeLessThanOrEqual(shiftBaseRate(q, from, to))
      }),
    )
    // Who is as likely as anybody stays so.
    expect(shiftBaseRate(0.2, 0.2, 0.01)).toBeCloseTo(0.01, 12)
    expect(scaleOdds(0, 5)).toBe(0)
    expect(scaleOdds(1, 5)).toBe(1)
  })

  it('agree with Bayes on counts', () => {
    // A flag seen on 80 % of 30 Sybils and 10 % of 70 honest nodes; among 5 Sybils and 995 honest ones instead.
    const before = 24 / (24 + 7)
    const after = 4 / (4 + 99.5)
    expect(shiftBaseRate(before, 0.3, 0.005)).toBeCloseTo(after, 12)
  })

  it('of equal cost are the threshold', () => {
    expect(costThreshold(1, 1)).toBe(0.5)
    expect(costThreshold(5, 11)).toBe(0.3125)
    const threshold = costThreshold(2, 7)
    expect(threshold * 7).toBeCloseTo((1 - threshold) * 2, 12)
  })

  it.each<[string, () => unknown]>([
    ['rate 0', () => shiftBaseRate(0.5, 0, 0.1)],
    ['rate 1', () => shiftBaseRate(0.5, 0.1, 1)],
    ['no cost', () => costThreshold(0, 1)],
    ['endless cost', () => costThreshold(1, Infinity)],
  ])('are refused outside their range: %s', (_, attempt) => {
    expect(attempt).toThrow(expect.objectContaining({ code: 'LEARNING_OPTION_INVALID' }))
  })
})

describe('isotonic calibration', () => {
  it('pools by hand', () => {
    // 0 | 1 0 → ½ | 1: the violators in the middle share.
    const blocks = poolAdjacentViolators([1, 2, 3, 4], [0, 1, 0, 1])
    expect(blocks.map(({ first, last, sum, count }) => [first, last, sum / count])).toEqual([
      [1, 1, 0],
      [2, 3, 0.5],
      [4, 4, 1],
    ])
  })

  it('is the least-squares monotone fit (max–min formula, by brute force)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.constantFrom(0, 1)), {
          minLength: 1,
          maxLength: 30,
        }),
        (rows) => {
          const values = [...new Set(rows.map(([score]) => score))].sort((a, b) => a - b)
          const meanOf = (low: number, high: number): number => {
            const inside = rows.filter(([score]) => score >= low && score <= high)
            return inside.reduce((sum, [, label]) => sum + label, 0) / inside.length
          }
          const blocks = poolAdjacentViolators(
            rows.map(([score]) => score),
            rows.map(([, label]) => label),
          )
          for (const value of values) {
            const block = blocks.find(({ first, last }) => first <= value && value <= last)
            const expected = Math.max(
              ...values
                .filter((low) => low <= value)
                .map((low) =>
                  Math.min(...values.filter((high) => high >= value).map((high) => meanOf(low, high))),
                ),
            )
            expect((block?.sum as number) / (block?.count as number)).toBeCloseTo(expected, 12)
          }
        },
      ),
    )
  })

  it('never falls, never claims certainty, and is defined everywhere', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.constantFrom(0, 1, -1)), {
          maxLength: 60,
        }),
        (rows) => {
          const map = fitIsotonic(
            rows.map(([score]) => score),
            rows.map(([, label]) => label),
          )
          let before = 0
          for (let score = -10; score <= 10; score += 0.25) {
            const p = calibrated(map, score)
            expect(p).toBeGreaterThanOrEqual(before)
            expect(p > 0 && p < 1).toBe(true)
            before = p
          }
        },
      ),
    )
    expect(calibrated(fitIsotonic([], []), 3)).toBe(0.5)
  })
})

/** Labels drawn from known probabilities, seen through a distorted score. */
function distorted(rows: number, seed: number, distort: (margin: number) => number) {
  const random = seeded(seed)
  const margins = Array.from({ length: rows }, () => 2.5 * random.normal())
  return {
    scores: margins.map(distort),
    truth: margins.map(logistic),
    labels: margins.map((margin) => (random.next() < logistic(margin) ? 1 : 0)),
  }
}

describe('logistic calibration', () => {
  it('finds the line behind the labels', () => {
    const { scores, labels } = distorted(40_000, 1, (margin) => (margin + 1.5) / 3)
    const { slope, intercept } = fitLogistic(scores, labels)
    expect(slope).toBeGreaterThan(2.9)
    expect(slope).toBeLessThan(3.1)
    expect(intercept).toBeCloseTo(-1.5, 1)
  })

  it('undoes a class weight: odds of margins trained at 4.0854', () => {
    const shift = Math.log(WEIGHT)
    const { scores, labels } = distorted(40_000, 2, (margin) => margin + shift)
    const calibration = fitLogistic(scores, labels)
    // Margin of 0.65.
    expect(calibrated(calibration, Math.log(0.65 / 0.35))).toBeCloseTo(0.3125, 1)
  })

  it('is at an optimum: no nearby line has a higher likelihood', () => {
    const { scores, labels } = distorted(300, 3, (margin) => margin * 0.4 + 2)
    const fitted = fitLogistic(scores, labels)
    const [positives, negatives] = [
      labels.filter((y) => y === 1).length,
      labels.filter((y) => y === 0).length,
    ]
    const lossOf = (slope: number, intercept: number): number =>
      scores.reduce((sum, score, row) => {
        const p = logistic(slope * score + intercept)
        const target = labels[row] === 1 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2)
        return sum - target * Math.log(p) - (1 - target) * Math.log(1 - p)
      }, 0)
    const best = lossOf(fitted.slope, fitted.intercept)
    for (const [a, b] of [
      [1e-3, 0],
      [-1e-3, 0],
      [0, 1e-3],
      [0, -1e-3],
    ] as const)
      expect(lossOf(fitted.slope + a, fitted.intercept + b)).toBeGreaterThan(best)
  })

  it('stays finite on separable rows, on one class, on equal margins and on none', () => {
    for (const [scores, labels] of [
      [
        [1, 2, 3, 4],
        [0, 0, 1, 1],
      ],
      [
        [1, 2],
        [1, 1],
      ],
      [
        [5, 5, 5],
        [0, 1, 0],
      ],
      [[], []],
    ] as const) {
      const calibration = fitLogistic(scores, labels)
      const p = calibrated(calibration, 2.5)
      expect(p > 0 && p < 1).toBe(true)
    }
  })
})

describe('either way', () => {
  it.each<Calibration['kind']>(['isotonic', 'logistic'])('%s makes held-out probabilities honest', (kind) => {
    const bold = (margin: number): number => 3 * margin + 2
    const fit = distorted(5000, 10, bold)
    const test = distorted(5000, 11, bold)
    const calibration = fitCalibration(kind, fit.scores, fit.labels)
    const before = test.scores.map(logistic)
    const after = test.scores.map((score) => calibrated(calibration, score))
    expect(expectedCalibrationError(before, test.labels)).toBeGreaterThan(0.1)
    expect(expectedCalibrationError(after, test.labels)).toBeLessThan(0.025)
    expect(logLoss(after, test.labels)).toBeLessThan(logLoss(test.truth, test.labels) + 0.01)
    expect(brierScore(after, test.labels)).toBeLessThan(brierScore(before, test.labels))
  })

  it('is read back from JSON, and refused when damaged', () => {
    const { scores, labels } = distorted(100, 4, (margin) => margin)
    for (const kind of ['isotonic', 'logistic'] as const) {
      const calibration = fitCalibration(kind, scores, labels)
      expect(calibrationFromObject(JSON.parse(JSON.stringify(calibration)))).toEqual(calibration)
    }
    for (const damaged of [
      null,
      {},
      { kind: 'logistic', slope: 1 },
      { kind: 'isotonic', scores: [1, 2], probabilities: [0.2] },
      { kind: 'isotonic', scores: [2, 1], probabilities: [0.2, 0.3] },
      { kind: 'isotonic', scores: [1, 2], probabilities: [0.4, 0.3] },
      { kind: 'isotonic', scores: [1, 2], probabilities: [0.4, 1.3] },
      { kind: 'isotonic', scores: [], probabilities: [] },
    ])
      expect(() => calibrationFromObject(damaged)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }))
  })
})
