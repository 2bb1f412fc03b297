import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  attenuate,
  attenuateAll,
  CAVEAT_BYTES_MAX,
  CAVEATS_MAX,
  createMacaroon,
  decodeMacaroon,
  decodeMacaroonText,
  encodeBinaryV2,
  encodeMacaroonText,
  IDENTIFIER_BYTES_MAX,
  MACAROON_BYTES_MAX,
} from '../../src/index.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const rootKey = new Uint8Array(32).fill(1)
const sample = attenuateAll(createMacaroon(rootKey, utf8('id'), utf8('here')), ['a = b', 'c <= 1'])
const bytes = encodeBinaryV2(sample)

describe('reading version 2', () => {
  test('whatever is read is written back to the same bytes: no macaroon has two encodings', () => {
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }), (at, value) => {
        const mutated = bytes.slice()
        mutated[at] = value
        try {
          expect(Buffer.from(encodeBinaryV2(decodeMacaroon(mutated)))).toEqual(Buffer.from(mutated))
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^MACAROON_/) })
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('every truncation and every extension is refused', () => {
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeMacaroon(bytes.subarray(0, length)), `length ${length}`).toThrowError(
        expect.objectContaining({ code: 'MACAROON_MALFORMED' }),
      )
    expect(() => decodeMacaroon(Uint8Array.of(...bytes, 0))).toThrowError(
      expect.objectContaining({ code: 'MACAROON_MALFORMED' }),
    )
  })

  test('a length that could be shorter is refused', () => {
    // Identifier "id" of length 2 as the two-byte varint 82 00.
    const longer = Uint8Array.of(2, 2, 0x82, 0, 0x69, 0x64, 0, 0, 6, 32, ...new Uint8Array(32))
    const shortest = Uint8Array.of(2, 2, 2, 0x69, 0x64, 0, 0, 6, 32, ...new Uint8Array(32))
    expect(decodeMacaroon(shortest).identifier).toEqual(utf8('id'))
    expect(() => decodeMacaroon(longer)).toThrow(/shortest/)
  })

  test('random bytes never do anything but give a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (random) => {
        for (const first of [2, 0x7b, 0x30]) {
          try {
            decodeMacaroon(Uint8Array.of(first, ...random))
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^MACAROON_/) })
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('reading version 1 and JSON', () => {
  const packet = (text: string) => `${(text.length + 5).toString(16).padStart(4, '0')}${text}\n`
  const v1 = (...packets: string[]) => Buffer.from(packets.map(packet).join(''), 'latin1')
  const signature = `signature ${'s'.repeat(32)}`

  test.each([
    ['no location', v1('identifier a', signature)],
    ['no signature', v1('location l', 'identifier a')],
    ['packets out of order', v1('location l', 'identifier a', signature, 'cid b')],
    ['an unknown packet', v1('location l', 'identifier a', 'other b', signature)],
    ['a short signature', v1('location l', 'identifier a', 'signature abc')],
    [
      'upper-case length digits',
      Buffer.from(
        v1('location l', 'identifier a', signature).toString('latin1').replace('000f', '000F'),
        'latin1',
      ),
    ],
    ['a length beyond the end', Buffer.from('0fffidentifier a\n')],
    ['a length of nothing', Buffer.from('0000')],
  ])('version 1 with %s is refused', (_name, input) => {
    expect(() => decodeMacaroon(input)).toThrowError(expect.objectContaining({ code: 'MACAROON_MALFORMED' }))
  })

  test('version 1 in order is read', () => {
    const read = decodeMacaroon(
      v1('location l', 'identifier a', 'cid b', 'vid v', 'cl c', 'cid d', signature),
    )
    expect(read.caveats.map(({ identifier }) => new TextDecoder().decode(identifier))).toEqual(['b', 'd'])
    expect(new TextDecoder().decode(read.caveats[0]!.verificationId)).toBe('v')
  })

  test.each([
    ['an unknown name', { v: 2, i: 'a', c: [], s64: 'A'.repeat(43), x: 1 }],
    ['both forms of a field', { v: 2, i: 'a', i64: 'YQ', c: [], s64: 'A'.repeat(43) }],
    ['another version', { v: 1, i: 'a', c: [], s64: 'A'.repeat(43) }],
    ['a number for text', { v: 2, i: 5, c: [], s64: 'A'.repeat(43) }],
    ['caveats that are no list', { v: 2, i: 'a', c: {}, s64: 'A'.repeat(43) }],
    ['no signature', { v: 2, i: 'a', c: [] }],
    ['a bad base64', { v: 2, i: 'a', c: [], s64: '*' }],
  ])('JSON with %s is refused', (_name, object) => {
    expect(() => decodeMacaroon(utf8(JSON.stringify(object)))).toThrowError(
      expect.objectContaining({ code: 'MACAROON_MALFORMED' }),
    )
  })
})

describe('bounds', () => {
  test('CAVEATS_MAX caveats pass, one more is refused and changes nothing', () => {
    const full = attenuateAll(createMacaroon(rootKey, utf8('id')), new Array(CAVEATS_MAX).fill('a = b'))
    expect(decodeMacaroon(encodeBinaryV2(full)).caveats).toHaveLength(CAVEATS_MAX)
    expect(() => attenuate(full, 'a = b')).toThrowError(
      expect.objectContaining({ code: 'MACAROON_CAVEATS_TOO_MANY' }),
    )
    expect(full.caveats).toHaveLength(CAVEATS_MAX)
  })

  test('a caveat of CAVEAT_BYTES_MAX passes, one byte more is refused', () => {
    const root = createMacaroon(rootKey, utf8('id'))
    expect(() => attenuate(root, 'x'.repeat(CAVEAT_BYTES_MAX))).not.toThrow()
    expect(() => attenuate(root, 'x'.repeat(CAVEAT_BYTES_MAX + 1))).toThrowError(
      expect.objectContaining({ code: 'MACAROON_CAVEAT_TOO_LONG' }),
    )
  })

  test('an oversize input is refused before it is read, and the message names the bound', () => {
    expect(() => decodeMacaroon(new Uint8Array(MACAROON_BYTES_MAX + 1).fill(2))).toThrow(
      /MACAROON_BYTES_MAX = 8192/,
    )
    expect(() => decodeMacaroonText('A'.repeat(20_000))).toThrowError(
      expect.objectContaining({ code: 'MACAROON_TOO_LARGE' }),
    )
  })

  test('an identifier over its bound cannot be written', () => {
    const macaroon = createMacaroon(rootKey, new Uint8Array(IDENTIFIER_BYTES_MAX + 1))
    expect(() => encodeBinaryV2(macaroon)).toThrow(/IDENTIFIER_BYTES_MAX/)
  })

  test('text form: base64 of the binary form, and nothing else', () => {
    expect(Buffer.from(encodeMacaroonText(sample), 'base64')).toEqual(Buffer.from(bytes))
    expect(() => decodeMacaroonText('not base64!')).toThrowError(
      expect.objectContaining({ code: 'MACAROON_MALFORMED' }),
    )
  })
})
