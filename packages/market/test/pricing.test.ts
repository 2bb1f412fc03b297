import { decode, encode } from '@symbolon/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Pricing, priceAt, pricing } from '../src/index.ts'
import { codeOf } from './fixture.ts'

const curve = (base: bigint, segments: Pricing['segments']): Pricing => ({
  unit: 'compute-second',
  base,
  segments,
  auction: false,
})
const segment = (thresholdPpm: number, multiplierPpm: number, slopePpm = 0) => ({
  thresholdPpm,
  multiplierPpm,
  slopePpm,
})

describe('the posted price', () => {
  it('is the base below the threshold and the multiplied base from it on (CD-3)', () => {
    const step = curve(18n, [segment(850_000, 2_611_112), segment(940_000, 6_222_223)])
    // Chapter 6, example 17: base 18, 47 at 85 %, 112 at 94 %.
    expect(priceAt(step, 0)).toBe(18n)
    expect(priceAt(step, 849_999)).toBe(18n)
    expect(priceAt(step, 850_000)).toBe(47n)
    expect(priceAt(step, 939_999)).toBe(47n)
    expect(priceAt(step, 940_000)).toBe(112n)
    expect(priceAt(step, 1_000_000)).toBe(112n)
  })

  it('rises linearly within a segment with a slope', () => {
    // From 1× at 80 %, +10 per unit of utilisation: 2× at 90 %, 3× at 100 %.
    const slope = curve(1_000n, [segment(800_000, 1_000_000, 10_000_000)])
    expect([800_000, 850_000, 900_000, 1_000_000].map((load) => priceAt(slope, load))).toEqual([
      1_000n,
      1_500n,
      2_000n,
      3_000n,
    ])
  })

  it('truncates once, at the end', () => {
    // 3 × 1.333333 = 3.999999
    expect(priceAt(curve(3n, [segment(0, 1_333_333)]), 0)).toBe(3n)
    // 3 × (1 + 0.333333 + 0.000001 × 0.999999…): a price rounded per factor would stay below 4
    expect(priceAt(curve(3n, [segment(0, 1_333_333, 1)]), 1_000_000)).toBe(4n)
  })

  it('refuses curves that fall', () => {
    const falls = [
      [segment(500_000, 999_999)],
      [segment(500_000, 2_000_000), segment(600_000, 1_900_000)],
      [segment(500_000, 1_000_000, 10_000_000), segment(600_000, 1_999_999)],
      [segment(500_000, 2_000_000), segment(500_000, 3_000_000)],
      [segment(600_000, 2_000_000), segment(500_000, 3_000_000)],
    ]
    for (const segments of falls)
      expect(codeOf(() => encode(pricing, curve(10n, segments)))).toBe('PRICING_NOT_MONOTONE')
    const joined = curve(10n, [segment(500_000, 1_000_000, 10_000_000), segment(600_000, 2_000_000)])
    expect(decode(pricing, encode(pricing, joined))).toEqual(joined)
  })

  it('refuses a price at full load that is no amount, and a load out of range', () => {
    expect(codeOf(() => encode(pricing, curve(2n ** 64n - 1n, [segment(500_000, 1_000_001)])))).toBe(
      'AMOUNT_OUT_OF_RANGE',
    )
    for (const load of [-1, 1_000_001, 0.5, Number.NaN])
      expect(codeOf(() => priceAt(curve(1n, []), load))).toBe('UTILISATION_OUT_OF_RANGE')
  })

  it('never falls as load rises, for every curve that is accepted', () => {
    const arbitrarySegments = fc.array(
      fc.record({
        thresholdPpm: fc.integer({ min: 0, max: 1_000_000 }),
        multiplierPpm: fc.integer({ min: 0, max: 10_000_000 }),
        slopePpm: fc.integer({ min: 0, max: 20_000_000 }),
      }),
      { maxLength: 4 },
    )
    const load = fc.integer({ min: 0, max: 1_000_000 })
    let accepted = 0
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        arbitrarySegments,
        load,
        load,
        (base, segments, a, b) => {
          const candidate = curve(
            base,
            segments.sort((x, y) => x.thresholdPpm - y.thresholdPpm),
          )
          if (codeOf(() => encode(pricing, candidate)) !== undefined) return
          accepted++
          expect(priceAt(candidate, Math.min(a, b))).toBeLessThanOrEqual(priceAt(candidate, Math.max(a, b)))
        },
      ),
      { numRuns: 500 },
    )
    expect(accepted).toBeGreaterThan(50)
  })
})
