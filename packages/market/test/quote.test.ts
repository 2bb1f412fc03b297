import { addressOf, Ed25519KeyPair } from '@symbolon/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Descriptor,
  decodeSigned,
  descriptorDigest,
  draftQuote,
  encodeSigned,
  type Quote,
  type QuoteExpectation,
  quoteDigest,
  quoteForm,
  type SignedQuote,
  signQuote,
  verifyQuote,
} from '../src/index.ts'
import {
  altered,
  buyer,
  codeOf,
  codeOfAsync,
  descriptor,
  expectation,
  frame,
  goods,
  hashOf,
  NOW,
  otherFrame,
  providerKey,
  quote,
  stranger,
  strangerKey,
} from './fixture.ts'

const verdict = async (
  change: Partial<Quote>,
  expected: Partial<QuoteExpectation> = {},
  key = providerKey,
) => {
  const signed = await signQuote({ ...quote, ...change }, key)
  return codeOf(() => verifyQuote(signed, { ...expectation, ...expected }))
}

describe('a quote', () => {
  it('issued from the descriptor verifies at the buyer, after a round trip', async () => {
    const signed = await signQuote(quote, providerKey)
    const verified = verifyQuote(decodeSigned(quoteForm, encodeSigned(quoteForm, signed)), expectation)
    expect(verified.quote).toEqual(quote)
    expect(verified.digest).toEqual(quoteDigest(quote))
    expect(quote).toMatchObject({ unitPrice: 2_000n, total: 1_000_000n })
  })

  it('breaks when any field is changed', async () => {
    const signed = await signQuote(quote, providerKey)
    for (const field of Object.keys(quote) as (keyof Quote)[]) {
      const forged = { ...signed, body: { ...quote, [field]: altered(quote[field]) } } as SignedQuote
      expect(
        codeOf(() => verifyQuote(forged, expectation)),
        field,
      ).toMatch(/^(RECORD|SCHEMA|QUOTE)_/)
    }
  })

  it('changed consistently, so that it is well-formed, still breaks the signature', async () => {
    const signed = await signQuote(quote, providerKey)
    const cheaper = { ...quote, unitPrice: 1_999n, total: 999_500n }
    expect(codeOf(() => verifyQuote({ ...signed, body: cheaper }, expectation))).toBe(
      'RECORD_SIGNATURE_INVALID',
    )
  })

  it('without an optional field is another quote than with it', () => {
    const { payeeKey: _, ...without } = quote
    expect(quoteDigest(without)).not.toEqual(quoteDigest(quote))
  })

  it('names each refusal', async () => {
    expect(await verdict({}, { frame: otherFrame })).toBe('RECORD_FRAME_MISMATCH')
    expect(await verdict({}, {}, strangerKey)).toBe('RECORD_KEY_UNKNOWN')
    expect(await verdict({ provider: stranger }, {}, strangerKey)).toBe('QUOTE_PROVIDER_MISMATCH')
    expect(await verdict({ buyer: stranger })).toBe('QUOTE_BUYER_MISMATCH')
    expect(await verdict({ resource: 'other.csv' })).toBe('QUOTE_RESOURCE_MISMATCH')
    expect(await verdict({}, { quantity: 499n })).toBe('QUOTE_RESOURCE_MISMATCH')
    expect(await verdict({ descriptor: hashOf('newer') })).toBe('QUOTE_DESCRIPTOR_MISMATCH')
    expect(await verdict({}, { unitPriceMax: 1_999n })).toBe('QUOTE_UNIT_PRICE_CEILING')
    expect(await verdict({}, { totalMax: 999_999n })).toBe('QUOTE_TOTAL_CEILING')
    expect(await verdict({ creditWindow: 65 })).toBe('QUOTE_CREDIT_WINDOW')
    expect(await verdict({ serviceLevel: hashOf('weaker') })).toBe('QUOTE_SLA_MISMATCH')
    const { goods: _, ...bare } = quote
    const signed = await signQuote(bare, providerKey)
    expect(codeOf(() => verifyQuote(signed, expectation))).toBe('QUOTE_GOODS_MISSING')
    expect(codeOf(() => verifyQuote(signed, { ...expectation, goodsRequired: false }))).toBeUndefined()
  })

  it('holds from its issue, less the clock skew, to its expiry, inclusive', async () => {
    expect(await verdict({}, { now: NOW - 30n })).toBeUndefined()
    expect(await verdict({}, { now: NOW - 31n })).toBe('QUOTE_NOT_YET_VALID')
    expect(await verdict({}, { now: NOW + 300n })).toBeUndefined()
    expect(await verdict({}, { now: NOW + 301n })).toBe('QUOTE_EXPIRED')
  })

  it('may cost what the published curve says at the stated load, or less, never more', async () => {
    // 90 % load: 1.5 + 10 × 0.1 = 2.5 times 2,000.
    const priced = (unitPrice: bigint) => ({
      unitPrice,
      total: unitPrice * 500n,
      load: { utilisationPpm: 900_000, taken: NOW },
    })
    const rich = { unitPriceMax: 10_000n, totalMax: 10_000_000n }
    expect(await verdict(priced(5_000n), rich)).toBeUndefined()
    expect(await verdict(priced(4_999n), rich)).toBeUndefined()
    expect(await verdict(priced(5_001n), rich)).toBe('QUOTE_PRICE_ABOVE_CURVE')
  })

  it('cannot rest on an old load snapshot, or on one from after its issue', async () => {
    const taken = (at: bigint) => ({ load: { utilisationPpm: 500_000, taken: at } })
    expect(await verdict(taken(NOW - 5n))).toBeUndefined()
    expect(await verdict(taken(NOW - 6n))).toBe('QUOTE_LOAD_STALE')
    expect(await verdict(taken(NOW + 1n))).toBe('QUOTE_LOAD_STALE')
  })

  it('that contradicts itself cannot be signed or decoded', async () => {
    const refused = (change: Partial<Quote>) =>
      codeOfAsync(() => signQuote({ ...quote, ...change }, providerKey))
    expect(await refused({ total: 999_999n })).toBe('QUOTE_TOTAL_WRONG')
    expect(await refused({ quantity: 0n, total: 0n })).toBe('QUOTE_TOTAL_WRONG')
    expect(await refused({ unitsMin: 501n })).toBe('QUOTE_TOTAL_WRONG')
    expect(await refused({ unitPrice: 2n ** 60n, total: 0n })).toBe('AMOUNT_OUT_OF_RANGE')
    expect(await refused({ expiry: NOW - 1n })).toBe('QUOTE_LIFETIME_INVALID')
    expect(await refused({ expiry: NOW + 3_601n })).toBe('QUOTE_LIFETIME_INVALID')
    expect(await refused({ goods: { ...goods, first: 501 } })).toBe('QUOTE_GOODS_RANGE')
    expect(await refused({ unit: 'byte' })).toBe('QUOTE_GOODS_RANGE')
  })

  it('for one buyer, resource, quantity or price never verifies for another', async () => {
    const purchase = fc.record({
      buyer: fc.constantFrom(
        buyer,
        stranger,
        addressOf(new Ed25519KeyPair(new Uint8Array(32).fill(3)).publicKey),
      ),
      resource: fc.constantFrom('a.csv', 'b.csv', 'a.csv '),
      quantity: fc.bigInt({ min: 1n, max: 3n }),
      base: fc.constantFrom(10n, 11n),
    })
    await fc.assert(
      fc.asyncProperty(purchase, purchase, async (asked, other) => {
        const at = (base: bigint): Descriptor => ({ ...descriptor, pricing: { ...descriptor.pricing, base } })
        const request = {
          utilisationPpm: 0,
          now: NOW,
          lifetimeSeconds: 60n,
          creditWindow: 4,
          nonce: new Uint8Array(16),
        }
        const signed = await signQuote(draftQuote(at(other.base), { ...request, ...other }), providerKey)
        const expected = {
          ...expectation,
          ...asked,
          frame,
          descriptor: at(asked.base),
          descriptorDigest: descriptorDigest(at(asked.base)),
          goodsRequired: false,
        }
        const same =
          asked.buyer === other.buyer &&
          asked.resource === other.resource &&
          asked.quantity === other.quantity &&
          asked.base === other.base
        expect(codeOf(() => verifyQuote(signed, expected)) === undefined).toBe(same)
      }),
      { numRuns: 100 },
    )
  })
})
