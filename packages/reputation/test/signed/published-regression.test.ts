import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seeded } from '../../src/random.ts'
import { solveSymmetric } from '../../src/signed/linear-system.ts'
import { fitPublished, predictPublished } from '../../src/signed/published-regression.ts'

const NAMES = [
  'source fairness',
  'target goodness',
  'fairness × goodness',
  'target deserve',
  'target authority',
  'reciprocal',
  'u→w→v: balance',
]

const matrixOf = (columns: Float64Array[]) => ({ names: NAMES, rows: columns[0]!.length, columns })

describe('a symmetric system', () => {
  it('solves a hand example: 4x + 2y = 10, 2x + 3y = 9', () => {
    const x = solveSymmetric([Float64Array.of(4, 2), Float64Array.of(2, 3)], Float64Array.of(10, 9))
    expect(x[0]!).toBeCloseTo(1.5, 12)
    expect(x[1]!).toBeCloseTo(2, 12)
  })

  it('is solved: A x gives b back, and neither is changed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 1e6 }), (size, seed) => {
        const random = seeded(seed)
        const g = Array.from({ length: size }, () =>
          Float64Array.from({ length: size }, () => random.normal()),
        )
        const a = g.map((row, i) =>
          Float64Array.from(g, (other, j) =>
            row.reduce((sum, value, k) => sum + value * other[k]!, i === j ? 1 : 0),
          ),
        )
        const b = Float64Array.from({ length: size }, () => random.normal())
        const kept = [a.map((row) => row.slice()), b.slice()]
        const x = solveSymmetric(a, b)
        for (const [i, row] of a.entries())
          expect(row.reduce((sum, value, j) => sum + value * x[j]!, 0)).toBeCloseTo(b[i]!, 8)
        expect([a, b]).toEqual(kept)
      }),
    )
  })
})

describe('regression on the published measures', () => {
  const random = seeded(2)
  const columns = NAMES.map(() => Float64Array.from({ length: 400 }, () => random.normal() / 3))

  it('finds a linear law, up to the ridge', () => {
    const law = (row: number): number => 0.1 + 0.3 * columns[1]![row]! - 0.2 * columns[5]![row]!
    const actual = Float64Array.from({ length: 400 }, (_, row) => law(row))
    const { weights } = fitPublished(matrixOf(columns), actual)
    for (const [c, value] of [0, 0.3, 0, 0, 0, -0.2, 0].entries()) expect(weights[c]!).toBeCloseTo(value, 2)
    const predicted = predictPublished(fitPublished(matrixOf(columns), actual), matrixOf(columns))
    for (const [row, value] of predicted.entries()) expect(value).toBeCloseTo(actual[row]!, 2)
  })

  it('counts a missing measure as its mean, and stays within the scale', () => {
    const holed = columns.map((column, c) =>
      c === 5 ? column.map((value, k) => (k % 3 ? Number.NaN : value)) : column,
    )
    const actual = Float64Array.from(columns[1]!, (value) => 3 * value)
    const predicted = predictPublished(fitPublished(matrixOf(holed), actual), matrixOf(holed))
    expect(predicted.every((value) => value >= -1 && value <= 1)).toBe(true)
    expect(predicted.some((value) => value === 1)).toBe(true)
  })

  it('says the mean if no measure varies', () => {
    const flat = NAMES.map(() => new Float64Array(10).fill(0.4))
    const model = fitPublished(
      matrixOf(flat),
      Float64Array.from({ length: 10 }, (_, k) => k / 10),
    )
    expect(predictPublished(model, matrixOf(flat))[0]!).toBeCloseTo(0.45, 12)
  })
})
