import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compareBytes,
  concat,
  equalBytes,
  equalBytesConstantTime,
  fromHex,
  fromUtf8,
  toHex,
  utf8,
} from '../src/index.ts'

describe('bytes', () => {
  it('writes hexadecimal as Buffer does and reads it back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (raw) => {
        expect(toHex(raw)).toBe(Buffer.from(raw).toString('hex'))
        expect(fromHex(toHex(raw))).toEqual(raw)
      }),
    )
  })

  it.each(['0', 'AB', 'zz', '0x00', ' 00'])('refuses the hexadecimal "%s"', (text) => {
    expect(() => fromHex(text)).toThrow('lower-case hexadecimal')
  })

  it('orders as Buffer.compare does', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b))
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0)
        expect(equalBytesConstantTime(a, b)).toBe(Buffer.compare(a, b) === 0)
      }),
    )
  })

  it('joins', () => {
    expect(concat(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3))
  })

  it('refuses ill-formed UTF-8 instead of replacing it', () => {
    expect(fromUtf8(utf8('grüße 🜨'))).toBe('grüße 🜨')
    expect(() => fromUtf8(Uint8Array.of(0xc3, 0x28))).toThrow('UTF-8')
  })
})
