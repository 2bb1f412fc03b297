import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCount, parseDuration, parseHash, parsePair, parseShare } from '../src/parse.ts'

const USAGE = expect.objectContaining({ code: 'USAGE' })

describe('arguments', () => {
  it('that are counts are whole, unsigned and from the least up', () => {
    fc.assert(fc.property(fc.bigInt(1n, 10n ** 18n - 1n), (n) => parseCount(`${n}`, 'n') === n))
    for (const text of ['0', '-1', '1.0', '1e3', ' 1', '', '1234567890123456789'])
      expect(() => parseCount(text, '--n')).toThrow(USAGE)
    expect(parseCount('0', 'n', 0n)).toBe(0n)
  })

  it('that are shares become parts per million exactly', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), (ppm) => {
        const text = `${Math.floor(ppm / 1e6)}.${String(ppm % 1e6).padStart(6, '0')}`
        return parseShare(text, 'share') === ppm
      }),
    )
    expect([parseShare('0', 's'), parseShare('1', 's'), parseShare('0.5', 's')]).toEqual([
      0, 1_000_000, 500_000,
    ])
    for (const text of ['1.000001', '2', '.5', '0.1234567', '-0', '50%', ''])
      expect(() => parseShare(text, '--s')).toThrow(USAGE)
  })

  it('that are durations have a unit', () => {
    expect(['90s', '15m', '12h', '30d'].map((text) => parseDuration(text, 'd'))).toEqual([
      90, 900, 43_200, 2_592_000,
    ])
    for (const text of ['', '10', '0s', '1.5h', '1w', 'h', '-1s'])
      expect(() => parseDuration(text, '--d')).toThrow(USAGE)
  })

  it('that are identifiers have 64 hexadecimal digits', () => {
    expect(parseHash('AB'.repeat(32), 'id')).toEqual(new Uint8Array(32).fill(0xab))
    for (const text of ['', 'ab', 'ab'.repeat(33), 'zz'.repeat(32)])
      expect(() => parseHash(text, 'id')).toThrow(USAGE)
  })

  it('that are pairs are cut at the first equals sign', () => {
    expect(parsePair('main=http://x?a=b', 'p')).toEqual(['main', 'http://x?a=b'])
    for (const text of ['', '=x', 'x']) expect(() => parsePair(text, '--p')).toThrow(USAGE)
  })
})
