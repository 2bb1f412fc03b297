import * as cborg from 'cborg'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CborWriter } from '../src/cbor/writer.ts'
import {
  boolean,
  bytes,
  decode,
  encode,
  enumeration,
  fixedBytes,
  fromHex,
  fromJson,
  type Infer,
  list,
  optional,
  record,
  type Schema,
  SchemaError,
  text,
  toHex,
  toJson,
  u64,
  uint,
  union,
} from '../src/index.ts'

const sample = record('sample', {
  id: [1, fixedBytes(4)],
  amount: [2, u64('amount')],
  note: [3, optional(text(20))],
  flags: [5, list(boolean, 3)],
  kind: [24, enumeration(['a', 'b'])],
})
type Sample = Infer<typeof sample>
const value: Sample = {
  id: Uint8Array.of(1, 2, 3, 4),
  amount: 2n ** 64n - 1n,
  flags: [true, false],
  kind: 'b',
}

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof SchemaError) return error.code
    throw error
  }
  return 'accepted'
}

describe('deterministic CBOR', () => {
  // RFC 8949 appendix A: integer vectors.
  it.each([
    [0n, '00'],
    [23n, '17'],
    [24n, '1818'],
    [255n, '18ff'],
    [256n, '190100'],
    [65535n, '19ffff'],
    [65536n, '1a00010000'],
    [1000000n, '1a000f4240'],
    [1000000000000n, '1b000000e8d4a51000'],
    [18446744073709551615n, '1bffffffffffffffff'],
  ])('encodes %s as RFC 8949 appendix A does', (integer, hex) => {
    expect(toHex(encode(u64(), integer))).toBe(hex)
    expect(decode(u64(), fromHex(hex))).toBe(integer)
  })

  it('agrees with an independent encoder and decoder', () => {
    fc.assert(
      fc.property(
        fc.record({
          id: fc.uint8Array({ minLength: 4, maxLength: 4 }),
          amount: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
          note: fc.option(fc.string({ maxLength: 5, unit: 'binary' }), { nil: undefined }),
          flags: fc.array(fc.boolean(), { maxLength: 3 }),
          kind: fc.constantFrom('a' as const, 'b' as const),
        }),
        (generated) => {
          const { note, ...rest } = generated
          const input: Sample = note === undefined ? rest : { ...rest, note }
          const encoded = encode(sample, input)
          const map = new Map<number, unknown>([
            [1, input.id],
            [2, input.amount],
            ...(note === undefined ? [] : ([[3, note]] as [number, unknown][])),
            [5, input.flags],
            [24, input.kind === 'a' ? 0 : 1],
          ])
          expect(toHex(encoded)).toBe(toHex(cborg.encode(map)))
          expect(decode(sample, encoded)).toEqual(input)
        },
      ),
    )
  })

  it('accepts exactly one encoding of a value: every accepted mutation decodes to something else', () => {
    const encoded = encode(sample, value)
    fc.assert(
      fc.property(fc.nat(encoded.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const mutated = encoded.slice()
        mutated[at] = (mutated[at] ?? 0) ^ flip
        let decoded: Sample
        try {
          decoded = decode(sample, mutated)
        } catch {
          return
        }
        expect(toHex(encode(sample, decoded))).toBe(toHex(mutated))
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['a longer integer form than needed', '1817', u64()],
    ['an eight-byte form of a small integer', '1b0000000000000001', u64()],
    ['an indefinite-length byte string', '5f4101ff', bytes(0, 4)],
    ['an indefinite-length list', '9f01ff', list(uint(), 3)],
    ['a reserved head', '1c', uint()],
  ] as [string, string, Schema<unknown>][])('refuses %s', (_, hex, schema) => {
    expect(codeOf(() => decode(schema, fromHex(hex)))).toBe('CBOR_NOT_CANONICAL')
  })

  it.each([
    ['a negative integer', '20', uint()],
    ['a float', 'f93c00', uint()],
    ['a tag', 'c001', uint()],
    ['null', 'f6', boolean],
  ] as [string, string, Schema<unknown>][])('refuses %s', (_, hex, schema) => {
    expect(codeOf(() => decode(schema, fromHex(hex)))).toBe('CBOR_TYPE_MISMATCH')
  })

  const fields = (entries: [number, unknown][]): Uint8Array => {
    const parts = entries.flatMap(([key, element]) => [...cborg.encode(key), ...cborg.encode(element)])
    return Uint8Array.of(0xa0 | entries.length, ...parts)
  }
  const full: [number, unknown][] = [
    [1, Uint8Array.of(1, 2, 3, 4)],
    [2, 7],
    [5, []],
    [24, 0],
  ]

  it('refuses duplicate, unordered, unknown and missing fields', () => {
    expect(codeOf(() => decode(sample, fields(full)))).toBe('accepted')
    expect(codeOf(() => decode(sample, fields([full[0]!, full[0]!, full[2]!, full[3]!])))).toBe(
      'SCHEMA_UNKNOWN_FIELD',
    )
    expect(codeOf(() => decode(sample, fields([full[1]!, full[0]!, full[2]!, full[3]!])))).toBe(
      'SCHEMA_MISSING_FIELD',
    )
    expect(codeOf(() => decode(sample, fields([full[0]!, full[1]!, [4, 1], full[2]!, full[3]!])))).toBe(
      'SCHEMA_UNKNOWN_FIELD',
    )
    expect(codeOf(() => decode(sample, fields(full.slice(0, 3))))).toBe('SCHEMA_MISSING_FIELD')
  })

  it('refuses trailing bytes, truncation at every byte, and input over the bound', () => {
    const encoded = encode(sample, value)
    expect(codeOf(() => decode(sample, Uint8Array.of(...encoded, 0)))).toBe('CBOR_TRAILING_BYTES')
    for (let length = 0; length < encoded.length; length++)
      expect(codeOf(() => decode(sample, encoded.subarray(0, length)))).toBe('CBOR_TRUNCATED')
    expect(codeOf(() => decode(sample, encoded, encoded.length - 1))).toBe('SCHEMA_BOUND_EXCEEDED')
  })

  it('compares a length with its bound before it allocates', () => {
    expect(codeOf(() => decode(bytes(0, 8), fromHex('5affffffff')))).toBe('SCHEMA_BOUND_EXCEEDED')
    expect(codeOf(() => decode(list(uint(), 8), fromHex('9affffffff')))).toBe('SCHEMA_BOUND_EXCEEDED')
    expect(codeOf(() => decode(bytes(0, 2 ** 32), fromHex('5affffffff')))).toBe('CBOR_TRUNCATED')
    expect(codeOf(() => decode(text(8), fromHex('7affffffff')))).toBe('SCHEMA_BOUND_EXCEEDED')
  })

  it('refuses ill-formed UTF-8 and lone surrogates', () => {
    expect(() => decode(text(8), fromHex('62c328'))).toThrow(/UTF-8/)
    expect(codeOf(() => encode(text(8), '\ud800'))).toBe('SCHEMA_TYPE_MISMATCH')
  })

  it('leaves nothing behind when encoding fails half-way', () => {
    expect(codeOf(() => encode(sample, { ...value, kind: 'c' as 'a' }))).toBe('SCHEMA_TYPE_MISMATCH')
    expect(decode(sample, encode(sample, value))).toEqual(value)
  })

  it('is the same whatever was encoded before: the buffer grows inside every kind of value', () => {
    const flags = list(boolean, 100_000)
    const small = list(uint(), 100_000)
    const strings = list(bytes(0, 10_000), 100)
    const texts = list(text(10_000), 100)
    // A fresh writer per case: each grows from its first bytes at another element.
    for (const length of [300, 509, 510, 511, 512, 513, 1_000, 5_000]) {
      expect(toHex(encode(flags, Array(length).fill(true)))).toBe(
        toHex(cborg.encode(Array(length).fill(true))),
      )
      expect(toHex(encode(small, Array(length).fill(7)))).toBe(toHex(cborg.encode(Array(length).fill(7))))
      const chunk = new Uint8Array(length).fill(9)
      expect(toHex(encode(strings, [chunk, chunk]))).toBe(toHex(cborg.encode([chunk, chunk])))
      expect(toHex(encode(texts, ['x'.repeat(length), 'y'.repeat(length)]))).toBe(
        toHex(cborg.encode(['x'.repeat(length), 'y'.repeat(length)])),
      )
    }
  })

  it('grows a fresh writer at every offset as an independent encoder does', () => {
    for (let count = 1; count < 1_100; count += 7) {
      const writer = new CborWriter()
      writer.head(4, count)
      for (let i = 0; i < count; i++) writer.boolean(i % 2 === 0)
      writer.byteString(new Uint8Array(count))
      writer.textString('z'.repeat(count))
      const expected = [
        ...cborg.encode(Array.from({ length: count }, (_, i) => i % 2 === 0)),
        ...cborg.encode(new Uint8Array(count)),
        ...cborg.encode('z'.repeat(count)),
      ]
      expect(toHex(writer.finish())).toBe(toHex(Uint8Array.from(expected)))
    }
  })

  it('does not alias the input', () => {
    const encoded = encode(sample, value)
    const decoded = decode(sample, encoded)
    encoded.fill(0)
    expect(decoded.id).toEqual(Uint8Array.of(1, 2, 3, 4))
    const buffer = Buffer.from(encode(sample, value))
    const fromBuffer = decode(sample, buffer)
    buffer.fill(0)
    expect(fromBuffer.id).toEqual(Uint8Array.of(1, 2, 3, 4))
    expect(Buffer.isBuffer(fromBuffer.id)).toBe(false)
  })
})

describe('strict JSON', () => {
  it('round-trips with decimal strings, hexadecimal and words', () => {
    const json = toJson(sample, value)
    expect(json).toEqual({ id: '01020304', amount: '18446744073709551615', flags: [true, false], kind: 'b' })
    expect(fromJson(sample, JSON.parse(JSON.stringify(json)))).toEqual(value)
  })

  it.each([
    [{ amount: 7 }, 'SCHEMA_TYPE_MISMATCH'],
    [{ amount: '07' }, 'SCHEMA_TYPE_MISMATCH'],
    [{ amount: '18446744073709551616' }, 'SCHEMA_BOUND_EXCEEDED'],
    [{ id: '0102030G' }, 'SCHEMA_TYPE_MISMATCH'],
    [{ id: '01020304ff' }, 'SCHEMA_TYPE_MISMATCH'],
    [{ extra: 1 }, 'SCHEMA_UNKNOWN_FIELD'],
    [{ flags: [true, true, true, true] }, 'SCHEMA_BOUND_EXCEEDED'],
    [{ kind: 'toString' }, 'SCHEMA_TYPE_MISMATCH'],
  ])('refuses %j with %s', (change, code) => {
    const json = { ...(toJson(sample, value) as object), ...change }
    expect(codeOf(() => fromJson(sample, json))).toBe(code)
  })

  it('names the place of the error', () => {
    expect(() => fromJson(sample, { id: '01020304', amount: '1', flags: [1], kind: 'a' })).toThrow(
      'sample.flags[0]: expected true or false',
    )
  })

  it('does not take members from the prototype', () => {
    const json = Object.create({ id: '01020304' }) as Record<string, unknown>
    Object.assign(json, { amount: '1', flags: [], kind: 'a' })
    expect(codeOf(() => fromJson(sample, json))).toBe('SCHEMA_MISSING_FIELD')
  })
})

describe('union', () => {
  const shape = union('shape', {
    circle: [1, record('circle', { radius: [1, uint(9)] })],
    dot: [7, record('dot', {})],
  })

  it('round-trips in both forms', () => {
    const circle = { kind: 'circle', body: { radius: 4 } } as const
    expect(toHex(encode(shape, circle))).toBe('8201a10104')
    expect(decode(shape, fromHex('8207a0'))).toEqual({ kind: 'dot', body: {} })
    expect(fromJson(shape, toJson(shape, circle))).toEqual(circle)
  })

  it('refuses unknown tags, kinds and members', () => {
    expect(codeOf(() => decode(shape, fromHex('8202a0')))).toBe('SCHEMA_TYPE_MISMATCH')
    expect(codeOf(() => fromJson(shape, { kind: 'square', body: {} }))).toBe('SCHEMA_TYPE_MISMATCH')
    expect(codeOf(() => fromJson(shape, { kind: 'dot', body: {}, more: 1 }))).toBe('SCHEMA_UNKNOWN_FIELD')
  })
})

describe('JSON Schema', () => {
  it('describes what the reader enforces', () => {
    expect(sample.jsonSchema()).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['id', 'amount', 'flags', 'kind'],
      properties: {
        id: { pattern: '^([0-9a-f]{2}){4,4}$' },
        kind: { enum: ['a', 'b'] },
        flags: { maxItems: 3 },
      },
    })
  })
})
