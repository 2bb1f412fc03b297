import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accumulate, addsExactly, remainderOf, rounded } from '../../src/graph/exact-sum.ts'

/** Doubles as whole multiples of 2^-60: exact, so that sums of them can be checked with whole numbers. */
const SCALE = 60
const term = fc
  .tuple(fc.bigInt({ min: -(2n ** 53n) + 1n, max: 2n ** 53n - 1n }), fc.integer({ min: -SCALE, max: SCALE }))
  .map(([mantissa, exponent]) => ({
    value: Number(mantissa) * 2 ** exponent,
    scaled: mantissa << BigInt(exponent + SCALE),
  }))
const terms = fc.array(term, { maxLength: 40 })

const sumOf = (values: readonly number[]): number[] => {
  const partials: number[] = []
  for (const value of values) accumulate(partials, value)
  return partials
}

/** Number(bigint) rounds to nearest, ties to even; dividing by a power of two is exact here. */
const nearest = (scaled: bigint): number => Number(scaled) / 2 ** SCALE

describe('exact sums', () => {
  it('round the exact sum once: the oracle is whole-number arithmetic', () => {
    fc.assert(
      fc.property(terms, (list) => {
        const exact = list.reduce((sum, { scaled }) => sum + scaled, 0n)
        expect(rounded(sumOf(list.map(({ value }) => value))) + 0).toBe(nearest(exact) + 0)
      }),
      { numRuns: 2_000 },
    )
  })

  it('leave a remainder that makes the sum exact and does not depend on the order', () => {
    fc.assert(
      fc.property(terms, fc.infiniteStream(fc.nat()), (list, shuffle) => {
        const values = list.map(({ value }) => value)
        const partials = sumOf(values)
        const remainder = remainderOf(partials)
        const keyed = values.map((value) => [shuffle.next().value as number, value] as const)
        const others = sumOf(keyed.sort(([a], [b]) => a - b).map(([, value]) => value))
        expect(remainderOf(others)).toEqual(remainder)
        const exact = list.reduce((sum, { scaled }) => sum + scaled, 0n)
        // Leading term first: what is left after each is nearest to what was left before.
        let left = exact
        for (const part of [rounded(partials), ...remainder]) {
          expect(part).toBe(nearest(left))
          left -= BigInt(part * 2 ** SCALE)
        }
        expect(left).toBe(0n)
      }),
    )
  })

  it('knows when two doubles add up to a double', () => {
    expect(addsExactly(1, 2)).toBe(true)
    expect(addsExactly(0.1, 0.2)).toBe(false)
    expect(addsExactly(2 ** 53, 1)).toBe(false)
    expect(addsExactly(2 ** 53, 2)).toBe(true)
  })

  it.each([
    // The half-way cases of Python's fsum tests: the last partial decides.
    [[1e16, 1, 1e-16], 10000000000000002],
    [[1e100, 1, -1e100, 1e-100, 1e50, -1, -1e50], 1e-100],
    [[2 ** 53, -0.5, -(2 ** -54)], 2 ** 53 - 1],
    [Array.from({ length: 10 }, () => 0.1), 1],
    [[], 0],
  ])('adds %j to %d', (values, sum) => {
    expect(rounded(sumOf(values))).toBe(sum)
  })
})
