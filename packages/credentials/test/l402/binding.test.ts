import { generateKeyPairSync, sign as nodeSign, verify as nodeVerify } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ChallengeBinding,
  decodeBinding,
  encodeBinding,
  formatChallenge,
  parseChallenge,
  type SignedBinding,
  signBinding,
  verifyBinding,
} from '../../src/index.ts'
import { mint, NOW, PAYMENT_HASH_HEX } from '../issuer.ts'

const provider = generateKeyPairSync('ed25519')
const stranger = generateKeyPairSync('ed25519')
const signWith = (key: typeof provider) => (bytes: Uint8Array) =>
  new Uint8Array(nodeSign(null, bytes, key.privateKey))
const verify = (bytes: Uint8Array, signature: Uint8Array) =>
  nodeVerify(null, bytes, provider.publicKey, signature)

const binding: ChallengeBinding = {
  frame: 'frame:alpha',
  paymentHash: PAYMENT_HASH_HEX,
  channel: 'channel-1',
  quote: 'ab'.repeat(32),
  price: 50n,
  resource: 'https://provider.example/v2/completion',
  payee: 'did:symbolon:provider',
  payer: 'did:symbolon:buyer',
  expiresAt: NOW + 60,
}
const { expiresAt: _expiry, ...expected } = binding

async function codeOf(signed: SignedBinding, want = expected, now = NOW): Promise<string> {
  return verifyBinding(signed, want, now, verify).then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  )
}

describe('a signed challenge', () => {
  test('signs the documented text', () => {
    expect(new TextDecoder().decode(encodeBinding(binding)).split('\n')).toEqual([
      'symbolon-402-binding/1',
      'frame:frame:alpha',
      `payment_hash:${PAYMENT_HASH_HEX}`,
      'channel:channel-1',
      `quote:${'ab'.repeat(32)}`,
      'price:50',
      'resource:https://provider.example/v2/completion',
      'payee:did:symbolon:provider',
      'payer:did:symbolon:buyer',
      `expires_at:${NOW + 60}`,
    ])
  })

  test('is accepted for exactly its purchase, also after travelling in the header', async () => {
    const signed = await signBinding(binding, signWith(provider))
    const header = formatChallenge({ macaroon: mint(), invoice: 'invoice', binding: signed })
    const read = parseChallenge(header).binding!
    expect(await verifyBinding(read, expected, NOW, verify)).toEqual(binding)
  })

  test.each([
    ['frame', { frame: 'frame:beta' }, 'BINDING_FRAME_MISMATCH'],
    ['payee', { payee: 'did:symbolon:other' }, 'BINDING_PAYEE_MISMATCH'],
    ['payer', { payer: 'did:symbolon:other' }, 'BINDING_PAYER_MISMATCH'],
    ['resource', { resource: 'https://provider.example/v2/embedding' }, 'BINDING_RESOURCE_MISMATCH'],
    ['channel', { channel: 'channel-2' }, 'BINDING_CHANNEL_MISMATCH'],
    ['quote', { quote: 'cd'.repeat(32) }, 'BINDING_QUOTE_MISMATCH'],
    ['payment hash', { paymentHash: 'cd'.repeat(32) }, 'BINDING_PAYMENT_HASH_MISMATCH'],
    ['price', { price: 51n }, 'BINDING_PRICE_MISMATCH'],
  ] as const)('substituting another %s that the provider signed is refused', async (_name, other, code) => {
    const signed = await signBinding({ ...binding, ...other }, signWith(provider))
    expect(await codeOf(signed)).toBe(code)
  })

  test('several substitutions give the first code in the documented order', async () => {
    const order = ['FRAME', 'PAYEE', 'PAYER', 'RESOURCE', 'CHANNEL', 'QUOTE', 'PAYMENT_HASH', 'PRICE']
    const other: ExpectedFields = {
      frame: 'x',
      payee: 'x',
      payer: 'x',
      resource: 'x',
      channel: 'x',
      quote: 'x',
      paymentHash: '0'.repeat(64),
      price: 1n,
    }
    const fields = [
      'frame',
      'payee',
      'payer',
      'resource',
      'channel',
      'quote',
      'paymentHash',
      'price',
    ] as const
    for (const [index, name] of order.entries()) {
      const wrong = Object.fromEntries(fields.slice(index).map((field) => [field, other[field]]))
      const signed = await signBinding({ ...binding, ...wrong }, signWith(provider))
      expect(await codeOf(signed)).toBe(`BINDING_${name}_MISMATCH`)
    }
  })

  test("a stranger's signature, or any changed byte, is refused", async () => {
    const signed = await signBinding(binding, signWith(provider))
    expect(await codeOf(await signBinding(binding, signWith(stranger)))).toBe('BINDING_SIGNATURE_INVALID')
    for (let at = 0; at < signed.bytes.length; at++) {
      const bytes = signed.bytes.with(at, signed.bytes[at]! ^ 1)
      expect(await codeOf({ ...signed, bytes })).toMatch(/^BINDING_(SIGNATURE_INVALID|MALFORMED)$/)
    }
  })

  test('a verifier that answers anything but true refuses', async () => {
    const signed = await signBinding(binding, signWith(provider))
    const truthy = (() => 'yes') as unknown as () => boolean
    await expect(verifyBinding(signed, expected, NOW, truthy)).rejects.toMatchObject({
      code: 'BINDING_SIGNATURE_INVALID',
    })
  })

  test('expires after its last second', async () => {
    const signed = await signBinding(binding, signWith(provider))
    expect(await codeOf(signed, expected, NOW + 60)).toBe('accepted')
    expect(await codeOf(signed, expected, NOW + 61)).toBe('BINDING_EXPIRED')
  })
})

type ExpectedFields = Omit<ChallengeBinding, 'expiresAt'>

describe('the canonical text', () => {
  const plain = fc.stringMatching(/^[!#-[\]-~]{1,30}$/)
  const hex = fc.stringMatching(/^[0-9a-f]{64}$/)
  const any = fc.record({
    frame: plain,
    paymentHash: hex,
    channel: plain,
    quote: plain,
    price: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    resource: plain,
    payee: plain,
    payer: plain,
    expiresAt: fc.nat(),
  })

  test('is read back exactly, and two records never share one', () => {
    fc.assert(
      fc.property(any, any, (one, other) => {
        expect(decodeBinding(encodeBinding(one))).toEqual(one)
        const same = Buffer.from(encodeBinding(one)).equals(encodeBinding(other))
        expect(same).toBe(
          Object.entries(one).every(([name, value]) => other[name as keyof typeof other] === value),
        )
      }),
    )
  })

  test('has no second spelling', () => {
    const text = new TextDecoder().decode(encodeBinding(binding))
    for (const wrong of [
      `${text}\n`,
      text.replace('price:50', 'price:050'),
      text.replace('price:50', 'price: 50'),
      text.replace(/\n/g, '\r\n'),
      text.replace('binding/1', 'binding/2'),
      text.replace('frame:frame:alpha\n', ''),
      text.replace(PAYMENT_HASH_HEX, PAYMENT_HASH_HEX.toUpperCase()),
      text.split('\n').reverse().join('\n'),
      '',
    ])
      expect(() => decodeBinding(new TextEncoder().encode(wrong))).toThrowError(
        expect.objectContaining({ code: 'BINDING_MALFORMED' }),
      )
  })

  test.each([
    ['a newline', { resource: 'a\nprice:1' }],
    ['a space', { payee: 'a b' }],
    ['an empty text', { channel: '' }],
    ['an oversize text', { quote: 'x'.repeat(257) }],
    ['a negative price', { price: -1n }],
    ['a price over 64 bits', { price: 2n ** 64n }],
    ['a fractional expiry', { expiresAt: 1.5 }],
    ['a short payment hash', { paymentHash: 'ab' }],
  ])('cannot be written with %s', (_name, wrong) => {
    expect(() => encodeBinding({ ...binding, ...wrong })).toThrowError(
      expect.objectContaining({ code: 'BINDING_MALFORMED' }),
    )
  })
})
