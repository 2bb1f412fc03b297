import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyQuantileMap, fitQuantileMap } from '../../src/index.ts'

const matrix = (...columns: number[][]) => ({
  names: columns.map((_, place) => `f${place}`),
  rows: columns[0]?.length ?? 0,
  columns: columns.map((column) => Float64Array.from(column)),
})
const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 })

describe('the frozen normalisation', () => {
  it('puts the pool’s values at their places, ties in the middle', () => {
    const map = fitQuantileMap(matrix([10, 20, 20, 20, 30]))
    const [places] = applyQuantileMap(map, matrix([10, 20, 30])).columns
    // 10: half of one in five; 20: one below, three equal; 30: four below, half of itself.
    expect([...(places as Float64Array)].map((place) => Math.round(place * 1e4) / 1e4)).toEqual([
      0.1, 0.5, 0.9,
    ])
  })

  it('is clipped outside, monotone inside, and lets missing be missing', () => {
    fc.assert(
      fc.property(values, values, (fitted, others) => {
        const map = fitQuantileMap(matrix(fitted))
        const asked = [...others, Number.NaN].sort((a, b) => a - b)
        const [places] = applyQuantileMap(map, matrix(asked)).columns as [Float64Array]
        for (const [row, value] of asked.entries()) {
          const place = places[row] as number
          if (Number.isNaN(value)) expect(place).toBeNaN()
          else expect(place >= 0 && place <= 1).toBe(true)
          const before = places[row - 1]
          if (
            before !== undefined &&
            !Number.isNaN(before) &&
            !Number.isNaN(place) &&
            (asked[row - 1] as number) <= value
          )
            expect(place).toBeGreaterThanOrEqual(before)
        }
        const [low, high] = applyQuantileMap(map, matrix([-1e9, 1e9])).columns[0] as Float64Array
        expect(low).toBeLessThanOrEqual(high as number)
      }),
    )
  })

  it('does not move when a stranger arrives: the printed example of TRU-045', () => {
    const pool = matrix([0.9, 0.8, 0.7, 0.1])
    const map = fitQuantileMap(pool)
    const before = applyQuantileMap(map, pool).columns[0] as Float64Array
    const after = applyQuantileMap(map, matrix([0.9, 0.8, 0.7, 0.1, 5])).columns[0] as Float64Array
    expect([...after].slice(0, 4)).toEqual([...before])
    expect(after[4]).toBe(before[0])
  })

  it('of a feature that is constant or always missing says nothing: one place for all', () => {
    const map = fitQuantileMap(matrix([7, 7, 7], [Number.NaN, Number.NaN, Number.NaN]))
    const [constant, missing] = applyQuantileMap(map, matrix([7, 7, 7], [1, 2, 3])).columns
    expect([...(constant as Float64Array)]).toEqual([0.5, 0.5, 0.5])
    expect([...(missing as Float64Array)]).toEqual([0.5, 0.5, 0.5])
  })

  it('survives JSON and does not depend on the order of rows', () => {
    fc.assert(
      fc.property(values, (fitted) => {
        const map = fitQuantileMap(matrix(fitted))
        expect(JSON.parse(JSON.stringify(map))).toEqual(map)
        expect(fitQuantileMap(matrix([...fitted].reverse()))).toEqual(map)
      }),
    )
  })

  it('refuses a feature that it does not know', () => {
    const map = fitQuantileMap(matrix([1, 2]))
    expect(() => applyQuantileMap(map, { ...matrix([1, 2]), names: ['other'] })).toThrow(
      expect.objectContaining({ code: 'FEATURES_MISMATCH' }),
    )
  })
})
