import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantileCuts, slotOf } from '../../src/boosting/bins.ts'
import { exponential, logistic, logit } from '../../src/boosting/exponential.ts'

const cuts = (values: number[], slots = 255): number[] => [...quantileCuts(Float64Array.from(values), slots)]

describe('quantile cuts', () => {
  it('separate every pair of distinct values of small data, readably', () => {
    expect(cuts([3, 1, 2, 2, Number.NaN])).toEqual([1.5, 2.5])
    expect(cuts([0, 100])).toEqual([50])
    expect(cuts([-0, 0])).toEqual([])
    expect(cuts([])).toEqual([])
    expect(cuts([Number.NaN])).toEqual([])
  })

  it('hold between neighbours that differ in the last bit', () => {
    const next = 1 + Number.EPSILON
    const [cut] = cuts([1, next])
    expect((cut as number) > 1 && (cut as number) <= next).toBe(true)
  })

  it('put each value into a slot of its own when there are enough', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 }), {
          maxLength: 200,
        }),
        (values) => {
          const of = quantileCuts(Float64Array.from(values), 255)
          const slots = new Map(values.map((value) => [value + 0, slotOf(of, value)]))
          expect(new Set(slots.values()).size).toBe(slots.size)
          const sorted = [...slots].sort(([a], [b]) => a - b)
          for (const [place, [, slot]] of sorted.entries()) expect(slot).toBe(place)
        },
      ),
    )
  })

  it('share rows evenly when there are more values than slots', () => {
    const values = Array.from({ length: 10_000 }, (_, k) => k)
    const of = quantileCuts(Float64Array.from(values), 10)
    expect(of.length).toBe(9)
    const counts = new Array<number>(10).fill(0)
    for (const value of values) {
      const slot = slotOf(of, value)
      counts[slot] = (counts[slot] as number) + 1
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThanOrEqual(1)
  })

  it('give a heavy value its own slot and the rest to the others', () => {
    const values = [...new Array<number>(5000).fill(0), ...Array.from({ length: 1000 }, (_, k) => k + 1)]
    const of = quantileCuts(Float64Array.from(values), 11)
    expect(of.length).toBe(10)
    expect(slotOf(of, 0)).toBe(0)
    expect(slotOf(of, 1)).toBe(1)
  })

  it('never exceed the slots', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(2000), { maxLength: 1500 }),
        fc.integer({ min: 2, max: 255 }),
        (values, slots) => {
          const of = quantileCuts(Float64Array.from(values), slots)
          expect(of.length).toBeLessThan(slots)
          for (let k = 1; k < of.length; k++) expect(of[k]).toBeGreaterThan(of[k - 1] as number)
        },
      ),
    )
  })
})

describe('the exponential function', () => {
  it('is within one unit in the last place of the engine', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        const expected = Math.exp(x)
        expect(Math.abs(exponential(x) - expected)).toBeLessThanOrEqual(2 * Number.EPSILON * expected)
      }),
      { numRuns: 5000 },
    )
    expect(exponential(0)).toBe(1)
    expect(exponential(1e6)).toBe(exponential(708))
    expect(exponential(-1e6)).toBeGreaterThan(0)
  })

  it('gives a logistic that is symmetric and inverted by logit', () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (margin) => {
        expect(logistic(margin) + logistic(-margin)).toBeCloseTo(1, 14)
        if (Math.abs(margin) < 10) expect(logit(logistic(margin))).toBeCloseTo(margin, 9)
      }),
    )
    expect(logistic(0)).toBe(0.5)
    expect(logistic(-800)).toBeGreaterThan(0)
    expect(logistic(800)).toBe(1)
  })
})
