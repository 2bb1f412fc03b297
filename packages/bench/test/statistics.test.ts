import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { median, medianRatio, quantile } from '../src/harness/statistics.ts'

const samples = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 50 })

describe('quantile', () => {
  it('of an odd number of samples, the median is the middle one; of an even number, halfway between the two', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([7])).toBe(7)
  })

  // NIST/SEMATECH e-Handbook 7.2.6.2 names this definition (R7): position q(N − 1) + 1.
  it('interpolates between neighbours', () => {
    const hundred = Array.from({ length: 101 }, (_, at) => at)
    expect(quantile(hundred, 0.99)).toBe(99)
    expect(quantile([10, 20], 0.25)).toBe(12.5)
    expect(quantile([3, 1, 2], 0)).toBe(1)
    expect(quantile([3, 1, 2], 1)).toBe(3)
  })

  it('has half of the samples on either side of the median', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const middle = median(values)
        const below = values.filter((value) => value < middle).length
        const above = values.filter((value) => value > middle).length
        expect(below).toBeLessThanOrEqual(values.length / 2)
        expect(above).toBeLessThanOrEqual(values.length / 2)
      }),
    )
  })

  it('grows with q and does not depend on the order of the samples, which it leaves alone', () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const before = [...values]
        const value = quantile(values, q)
        expect(values).toEqual(before)
        expect(quantile([...values].reverse(), q)).toBe(value)
        expect(value).toBeGreaterThanOrEqual(Math.min(...values))
        expect(value).toBeLessThanOrEqual(Math.max(...values))
      }),
    )
  })

  it('refuses what has no answer', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError)
    expect(() => quantile([1], 1.5)).toThrow(RangeError)
    expect(() => quantile([1], Number.NaN)).toThrow(RangeError)
  })
})

describe('medianRatio', () => {
  it('compares neighbours, so a slow spell that hits both does not show', () => {
    // The machine is ten times slower in the second round; the ratio is 2 in all of them.
    expect(medianRatio([200, 20, 200], [100, 10, 100])).toBe(2)
  })

  it('refuses sides that were not measured together', () => {
    expect(() => medianRatio([1, 2], [1])).toThrow(RangeError)
  })
})
