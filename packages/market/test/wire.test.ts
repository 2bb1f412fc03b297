/** Every record over every wire: canonical CBOR, strict JSON, hostile bytes. */
import { decode, encode, fromJson, isSymbolonError, type Schema, toJson } from '@symbolon/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  acceptCommitment,
  beacon,
  Commitment,
  commitmentRecord,
  decodeCommitment,
  decodeSigned,
  descriptorForm,
  encodeSigned,
  negotiationForm,
  proposeCommitment,
  quoteForm,
  rowPacket,
  signDescriptor,
  signNegotiation,
  signQuote,
  verifyQuote,
  verifyRecord,
} from '../src/index.ts'
import {
  buyer,
  buyerKey,
  codeOf,
  descriptor,
  expectation,
  frame,
  hashOf,
  NOW,
  provider,
  providerKey,
  quote,
  soft,
  terms,
} from './fixture.ts'

const offerBody = {
  frame,
  from: buyer,
  to: provider,
  number: 1,
  content: {
    kind: 'offer' as const,
    body: {
      hard: {
        descriptor: hashOf('d'),
        resource: 'stations.csv',
        quantity: 5n,
        latencyCeilingMs: 80,
        throughputFloorOps: 1,
        credentialType: 'l402',
      },
      soft,
    },
  },
  validUntil: NOW,
}
const beaconBody = {
  frame,
  provider,
  epoch: 3n,
  anchorHeight: 90n,
  anchor: hashOf('a'),
  descriptor: hashOf('d'),
  ttlEpochs: 2,
  bond: 5n,
}
const packet = { first: 7, rows: [new Uint8Array([1, 2]), new Uint8Array(0)], proof: [hashOf('p')] }

async function samples(): Promise<[string, Schema<never>, unknown][]> {
  const signedQuote = await signQuote(quote, providerKey)
  const proposal = await proposeCommitment(terms, verifyQuote(signedQuote, expectation), buyerKey)
  const sample = <T>(name: string, schema: Schema<T>, value: T) =>
    [name, schema as Schema<never>, value] as [string, Schema<never>, unknown]
  return [
    sample('descriptor', descriptorForm.signed, await signDescriptor(descriptor, providerKey)),
    sample('quote', quoteForm.signed, signedQuote),
    sample('negotiation', negotiationForm.signed, await signNegotiation(offerBody, buyerKey)),
    sample('commitment', commitmentRecord, proposal),
    sample('beacon', beacon, beaconBody),
    sample('row packet', rowPacket, packet),
  ]
}

describe('every record', () => {
  it('comes back the same from CBOR and from JSON text', async () => {
    for (const [name, schema, value] of await samples()) {
      expect(decode(schema, encode(schema, value as never)), name).toEqual(value)
      expect(fromJson(schema, JSON.parse(JSON.stringify(toJson(schema, value as never)))), name).toEqual(
        value,
      )
    }
  })

  it('refuses an unknown field in JSON and in memory', async () => {
    for (const [name, schema, value] of await samples()) {
      const json = toJson(schema, value as never) as Record<string, never>
      expect(
        codeOf(() => fromJson(schema, { ...json, extra: 1 })),
        name,
      ).toBe('SCHEMA_UNKNOWN_FIELD')
      expect(
        codeOf(() => encode(schema, { ...(value as object), extra: 1 } as never)),
        name,
      ).toBe('SCHEMA_UNKNOWN_FIELD')
    }
  })

  it('refuses a missing field, whichever it is', async () => {
    for (const [name, schema, value] of await samples())
      for (const field of Object.keys(value as object)) {
        const { [field]: _, ...rest } = value as Record<string, unknown>
        const code = codeOf(() => encode(schema, rest as never))
        if (code !== undefined) expect(code, `${name}.${field}`).toBe('SCHEMA_MISSING_FIELD')
      }
  })

  it('has a JSON Schema that closes the record', async () => {
    for (const [name, schema] of await samples())
      expect(schema.jsonSchema(), name).toMatchObject({ type: 'object', additionalProperties: false })
  })
})

describe('hostile bytes', () => {
  it('of any kind are refused with a typed error, never a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const parse of [
          () => decodeSigned(descriptorForm, bytes),
          () => decodeSigned(quoteForm, bytes),
          () => decodeSigned(negotiationForm, bytes),
          () => decodeCommitment(bytes),
          () => decode(rowPacket, bytes),
        ])
          try {
            parse()
          } catch (error) {
            expect(isSymbolonError(error)).toBe(true)
          }
      }),
      { numRuns: 300 },
    )
  })

  it('made from a valid quote by any change of one byte never verify', async () => {
    const bytes = encodeSigned(quoteForm, await signQuote(quote, providerKey))
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const changed = bytes.with(at, (bytes[at] ?? 0) ^ difference)
        expect(
          codeOf(() => verifyRecord(quoteForm, decodeSigned(quoteForm, changed), { frame })),
        ).toBeDefined()
      }),
      { numRuns: 200 },
    )
  })

  it('made from a complete commitment by any change of one byte never fund anything', async () => {
    const verified = verifyQuote(await signQuote(quote, providerKey), expectation)
    const context = { frame, now: NOW + 3n }
    const record = await acceptCommitment(
      await proposeCommitment(terms, verified, buyerKey),
      { quote: verified, terms },
      providerKey,
      context,
    )
    const bytes = encode(commitmentRecord, record)
    expect(codeOf(() => Commitment.verify(decodeCommitment(bytes), verified, context))).toBeUndefined()
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const changed = bytes.with(at, (bytes[at] ?? 0) ^ difference)
        expect(codeOf(() => Commitment.verify(decodeCommitment(changed), verified, context))).toBeDefined()
      }),
      { numRuns: 200 },
    )
  })

  it('over a bound are refused by its name', () => {
    const large = { ...packet, rows: [new Uint8Array(65_537)] }
    expect(codeOf(() => encode(rowPacket, large))).toBe('SCHEMA_BOUND_EXCEEDED')
    const many = { ...packet, rows: Array.from({ length: 1_025 }, () => new Uint8Array(1)) }
    expect(codeOf(() => encode(rowPacket, many))).toBe('SCHEMA_BOUND_EXCEEDED')
    expect(codeOf(() => encode(rowPacket, { ...packet, rows: [] }))).toBe('SCHEMA_TYPE_MISMATCH')
    expect(
      codeOf(() => encode(rowPacket, { ...packet, proof: Array.from({ length: 21 }, () => hashOf('p')) })),
    ).toBe('SCHEMA_BOUND_EXCEEDED')
    expect(codeOf(() => encode(quoteForm.body, { ...quote, resource: 'x'.repeat(257) }))).toBe(
      'SCHEMA_BOUND_EXCEEDED',
    )
    expect(codeOf(() => encode(quoteForm.body, { ...quote, creditWindow: 65_537 }))).toBe(
      'SCHEMA_BOUND_EXCEEDED',
    )
    const credentialTypes = Array.from({ length: 17 }, (_, i) => `type-${i}`)
    expect(codeOf(() => encode(descriptorForm.body, { ...descriptor, credentialTypes }))).toBe(
      'SCHEMA_BOUND_EXCEEDED',
    )
    expect(
      codeOf(() =>
        encode(descriptorForm.body, {
          ...descriptor,
          endpoints: [{ name: 'x', url: 'javascript:alert(1)' }],
        }),
      ),
    ).toBe('SCHEMA_TYPE_MISMATCH')
  })
})
