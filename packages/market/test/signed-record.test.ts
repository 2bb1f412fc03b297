import { encode, formatAddress } from '@symbolon/primitives'
import { describe, expect, it } from 'vitest'
import {
  decodeSigned,
  descriptorForm,
  encodeSigned,
  negotiationForm,
  quoteForm,
  recordDigest,
  signDescriptor,
  signQuote,
  signRecord,
  verifyRecord,
} from '../src/index.ts'
import {
  buyer,
  codeOf,
  descriptor,
  frame,
  hashOf,
  NOW,
  otherFrame,
  provider,
  providerKey,
  quote,
  soft,
  strangerKey,
} from './fixture.ts'

describe('a signed record', () => {
  it('verifies after a round trip, and its digest is its name', async () => {
    const signed = await signQuote(quote, providerKey)
    const received = decodeSigned(quoteForm, encodeSigned(quoteForm, signed))
    expect(verifyRecord(quoteForm, received, { frame })).toEqual(recordDigest(quoteForm, quote))
  })

  it('fails in another frame before anything else is looked at', async () => {
    const signed = await signQuote(quote, strangerKey)
    expect(codeOf(() => verifyRecord(quoteForm, signed, { frame: otherFrame }))).toBe('RECORD_FRAME_MISMATCH')
  })

  it('fails when signed by a stranger, and names whose key was needed', async () => {
    const signed = await signQuote(quote, strangerKey)
    expect(codeOf(() => verifyRecord(quoteForm, signed, { frame }))).toBe('RECORD_KEY_UNKNOWN')
    expect(() => verifyRecord(quoteForm, signed, { frame })).toThrow(formatAddress(provider))
  })

  it('counts only the current key once a rotation is known', async () => {
    const old = await signQuote(quote, providerKey)
    const rotated = await signQuote(quote, strangerKey)
    const trust = { frame, currentKey: () => strangerKey.publicKey }
    expect(codeOf(() => verifyRecord(quoteForm, rotated, trust))).toBeUndefined()
    expect(codeOf(() => verifyRecord(quoteForm, old, trust))).toBe('RECORD_KEY_UNKNOWN')
    expect(codeOf(() => verifyRecord(quoteForm, old, { frame, currentKey: () => undefined }))).toBeUndefined()
  })

  it('claims of another key than the one that signed do not help', async () => {
    const signed = await signQuote(quote, strangerKey)
    const claimed = { ...signed, publicKey: providerKey.publicKey }
    expect(codeOf(() => verifyRecord(quoteForm, claimed, { frame }))).toBe('RECORD_SIGNATURE_INVALID')
  })

  it('a signature does not move to a record of another kind', async () => {
    const body = {
      frame,
      from: provider,
      to: buyer,
      number: 2,
      previous: hashOf('offer'),
      content: { kind: 'accept' as const, body: { soft } },
      validUntil: NOW,
    }
    const asNegotiation = await signRecord(negotiationForm, body, providerKey)
    const asDescriptor = await signRecord({ ...negotiationForm, domain: 'descriptor' }, body, providerKey)
    expect(codeOf(() => verifyRecord(negotiationForm, asNegotiation, { frame }))).toBeUndefined()
    expect(codeOf(() => verifyRecord(negotiationForm, asDescriptor, { frame }))).toBe(
      'RECORD_SIGNATURE_INVALID',
    )
  })

  it('truncated, extended and oversized bytes are refused by the decoder', async () => {
    const bytes = encodeSigned(quoteForm, await signQuote(quote, providerKey))
    for (const length of [0, 1, bytes.length >> 1, bytes.length - 1])
      expect(codeOf(() => decodeSigned(quoteForm, bytes.subarray(0, length)))).toMatch(/^(CBOR|SCHEMA)_/)
    expect(codeOf(() => decodeSigned(quoteForm, Uint8Array.of(...bytes, 0)))).toBe('CBOR_TRAILING_BYTES')
    expect(codeOf(() => decodeSigned(quoteForm, new Uint8Array(4_097)))).toBe('SCHEMA_BOUND_EXCEEDED')
  })

  it('every single flipped byte of the encoding breaks it', async () => {
    const signed = await signDescriptor(descriptor, providerKey)
    const bytes = encodeSigned(descriptorForm, signed)
    for (let at = 0; at < bytes.length; at++) {
      const flipped = bytes.slice()
      flipped[at] = (flipped[at] ?? 0) ^ 0x01
      expect(
        codeOf(() => verifyRecord(descriptorForm, decodeSigned(descriptorForm, flipped), { frame })),
        `byte ${at}`,
      ).toBeDefined()
    }
  })

  it('fields in any order give the same bytes', () => {
    const permuted = Object.fromEntries(Object.entries(descriptor).reverse()) as typeof descriptor
    expect(encode(descriptorForm.body, permuted)).toEqual(encode(descriptorForm.body, descriptor))
  })
})
