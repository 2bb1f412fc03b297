import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  AMOUNT_MAX,
  addAmounts,
  checkAmount,
  formatAmount,
  parseAmount,
  scaleAmount,
  subtractAmounts,
} from '../src/index.ts'

describe('amounts', () => {
  it.each([
    ['0.001', 1_000_000n],
    ['10', 10_000_000_000n],
    ['0.000000001', 1n],
    ['18446744073.709551615', AMOUNT_MAX],
    ['0', 0n],
  ])('reads %s as base units and writes it back', (text, base) => {
    expect(parseAmount(text)).toBe(base)
    expect(formatAmount(base)).toBe(text)
  })

  it.each([
    '-1',
    '1e3',
    '.5',
    '1.',
    '01',
    '0.0000000001',
    '',
    ' 1',
    '1,5',
    '18446744073.709551616',
    '99999999999999',
  ])('refuses "%s"', (text) => {
    expect(() => parseAmount(text)).toThrow(/AMOUNT|amount/)
  })

  it('round-trips every amount', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: AMOUNT_MAX }),
        (base) => parseAmount(formatAmount(base)) === base,
      ),
    )
  })

  it('checks the range of every result', () => {
    expect(() => addAmounts(AMOUNT_MAX, 1n)).toThrow('2^64')
    expect(() => subtractAmounts(1n, 2n)).toThrow('2^64')
    expect(() => checkAmount(-1n)).toThrow('2^64')
    expect(addAmounts(AMOUNT_MAX - 1n, 1n)).toBe(AMOUNT_MAX)
  })

  it('scales with truncation and no intermediate overflow', () => {
    expect(scaleAmount(AMOUNT_MAX, 999_999n, 1_000_000n)).toBe((AMOUNT_MAX * 999_999n) / 1_000_000n)
    expect(scaleAmount(7n, 1n, 2n)).toBe(3n)
    expect(() => scaleAmount(1n, 1n, 0n)).toThrow('denominator')
  })
})
