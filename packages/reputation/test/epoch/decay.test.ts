import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decayAt, decayOf } from '../../src/epoch/index.ts'
import { MASS } from '../../src/fixed/index.ts'

const UNIT = 1_000_000_000

describe('decay', () => {
  it('follows the table of AIN-091: half-life 30 days, 10 days 0.794, 90 days 0.125', () => {
    expect(decayOf(10, 30)(UNIT) / UNIT).toBeCloseTo(0.794, 3)
    expect(decayOf(30, 30)(UNIT)).toBe(UNIT / 2)
    expect(decayOf(90, 30)(UNIT)).toBe(UNIT / 8)
  })

  it('is within 2^-22 of the real power for any age and half-life', () => {
    void fc.assert(
      fc.property(fc.nat(2 ** 29), fc.integer({ min: 1, max: 2 ** 29 }), (age, halfLife) => {
        const real = 2 ** (-age / halfLife)
        expect(Math.abs(decayOf(age, halfLife)(MASS) / MASS - real)).toBeLessThan(2 ** -22)
      }),
      { numRuns: 1_000 },
    )
  })

  it('never grows with age, never exceeds the amount', () => {
    void fc.assert(
      fc.property(
        fc.nat(1_000),
        fc.nat(1_000),
        fc.integer({ min: 1, max: 500 }),
        fc.nat(MASS),
        (a, b, halfLife, amount) => {
          const [younger, older] = [Math.min(a, b), Math.max(a, b)]
          expect(decayOf(older, halfLife)(amount)).toBeLessThanOrEqual(decayOf(younger, halfLife)(amount))
          expect(decayOf(younger, halfLife)(amount)).toBeLessThanOrEqual(amount)
        },
      ),
    )
  })

  it('keeps everything without age or half-life, and nothing after 44 halvings', () => {
    expect(decayOf(0, 30)(MASS)).toBe(MASS)
    expect(decayOf(1_000_000, 0)(MASS)).toBe(MASS)
    expect(decayOf(44, 1)(MASS)).toBe(0)
    expect(decayOf(43, 1)(MASS)).toBe(2)
  })

  it('remembers ages without mixing them up', () => {
    const left = decayAt(100, 30)
    for (const touched of [100, 70, 40, 70, 100])
      expect(left(UNIT, touched)).toBe(decayOf(100 - touched, 30)(UNIT))
  })
})
