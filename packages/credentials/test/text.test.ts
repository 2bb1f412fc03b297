import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBase64, encodeBase64, encodeBase64Url } from '../src/text/base64.ts'

describe('base64', () => {
  test('writes what Buffer writes and reads both alphabets, padded or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const standard = Buffer.from(bytes).toString('base64')
        expect(encodeBase64(bytes)).toBe(standard)
        expect(encodeBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
        for (const text of [standard, standard.replace(/=+$/, ''), Buffer.from(bytes).toString('base64url')])
          expect(Buffer.from(decodeBase64(text)!)).toEqual(Buffer.from(bytes))
      }),
    )
  })

  test.each([
    ['a character outside the alphabets', 'AA*A'],
    ['a space', 'AAA A'],
    ['a single left-over character', 'AAAAA'],
    ['padding in the middle', 'AA==AAAA'],
    ['padding that is too short', 'AA='],
    ['padding that is too long', 'AAA=='],
    ['padding alone', '='],
    ['set bits that belong to no byte', 'AB=='],
    ['both alphabets in one text', '+A-A'],
    ['a character beyond ASCII', 'AAAé'],
  ])('refuses %s', (_name, text) => {
    expect(decodeBase64(text)).toBeUndefined()
  })

  test('no two accepted texts of one alphabet and padding mean the same bytes', () => {
    const alphabet = 'ABab01+/'
    const seen = new Map<string, string>()
    for (const a of alphabet)
      for (const b of alphabet)
        for (const text of [`${a}${b}==`, `${a}${b}A=`]) {
          const bytes = decodeBase64(text)
          if (bytes === undefined) continue
          const key = Buffer.from(bytes).toString('hex')
          expect(seen.get(key)).toBeUndefined()
          seen.set(key, text)
        }
    expect(seen.size).toBeGreaterThan(8)
  })
})
