import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { decodeIdentifier, encodeIdentifier, paymentHashOf, RootKeys } from '../../src/index.ts'

const paymentHash = Uint8Array.from({ length: 32 }, (_, index) => index)
const nonce = new Uint8Array(16).fill(0xee)

describe('identifier', () => {
  test('has the documented layout', () => {
    const bytes = encodeIdentifier({ keyVersion: 0x01020304, paymentHash, nonce })
    expect(Buffer.from(bytes).toString('hex')).toBe(
      `01${'01020304'}${Buffer.from(paymentHash).toString('hex')}${'ee'.repeat(16)}`,
    )
    expect(decodeIdentifier(bytes)).toEqual({ keyVersion: 0x01020304, paymentHash, nonce })
  })

  test('the largest key version survives', () => {
    const bytes = encodeIdentifier({ keyVersion: 0xffff_ffff, paymentHash, nonce })
    expect(decodeIdentifier(bytes).keyVersion).toBe(0xffff_ffff)
  })

  test.each([
    ['a negative key version', { keyVersion: -1, paymentHash, nonce }],
    ['a key version over 32 bits', { keyVersion: 2 ** 32, paymentHash, nonce }],
    ['a short payment hash', { keyVersion: 1, paymentHash: paymentHash.subarray(1), nonce }],
    ['a long nonce', { keyVersion: 1, paymentHash, nonce: new Uint8Array(17) }],
  ])('refuses to write %s', (_name, parts) => {
    expect(() => encodeIdentifier(parts)).toThrowError(
      expect.objectContaining({ code: 'MACAROON_IDENTIFIER_MALFORMED' }),
    )
  })

  test('refuses to read another length or layout version', () => {
    const bytes = encodeIdentifier({ keyVersion: 1, paymentHash, nonce })
    for (const wrong of [bytes.subarray(1), Uint8Array.of(...bytes, 0), bytes.with(0, 2), new Uint8Array()])
      expect(() => decodeIdentifier(wrong)).toThrowError(
        expect.objectContaining({ code: 'MACAROON_IDENTIFIER_MALFORMED' }),
      )
  })

  test('a client finds the payment hash in our layout and in that of the L402 specification', () => {
    expect(paymentHashOf(encodeIdentifier({ keyVersion: 1, paymentHash, nonce }))).toEqual(paymentHash)
    expect(paymentHashOf(Uint8Array.of(0, 0, ...paymentHash, ...new Uint8Array(32)))).toEqual(paymentHash)
    expect(paymentHashOf(new TextEncoder().encode('keyid'))).toBeUndefined()
  })
})

describe('root keys', () => {
  const secret = Uint8Array.from({ length: 32 }, (_, index) => index + 1)

  test('follow the documented derivation, checked with OpenSSL', () => {
    const scopeKey = createHmac('sha256', secret).update('symbolon/credentials/root-key/1\0files').digest()
    const identifier = encodeIdentifier({ keyVersion: 3, paymentHash, nonce })
    const expected = createHmac('sha256', scopeKey).update(identifier).digest()
    expect(Buffer.from(new RootKeys('files', new Map([[3, secret]]), 3).derive(3, identifier)!)).toEqual(
      expected,
    )
  })

  test('differ by scope, version and identifier', () => {
    const other = secret.with(0, 99)
    const keys = new RootKeys(
      'files',
      new Map([
        [1, secret],
        [2, other],
      ]),
      2,
    )
    const identifier = new Uint8Array(53)
    const derived = [
      keys.derive(1, identifier),
      keys.derive(2, identifier),
      keys.derive(1, identifier.with(52, 1)),
      new RootKeys('compute', new Map([[1, secret]]), 1).derive(1, identifier),
    ].map((key) => Buffer.from(key!).toString('hex'))
    expect(new Set(derived).size).toBe(4)
  })

  test('a retired version derives nothing', () => {
    expect(new RootKeys('files', new Map([[2, secret]]), 2).derive(1, new Uint8Array(53))).toBeUndefined()
  })

  test.each([
    ['a short secret', 'files', new Map([[1, secret.subarray(1)]]), 1],
    ['a secret that is one byte repeated', 'files', new Map([[1, new Uint8Array(32)]]), 1],
    ['a current version without a secret', 'files', new Map([[1, secret]]), 2],
    ['an empty scope', '', new Map([[1, secret]]), 1],
    ['a scope with a separator', 'a\0b', new Map([[1, secret]]), 1],
  ])('refuses %s', (_name, scope, secrets, current) => {
    expect(() => new RootKeys(scope, secrets, current)).toThrowError(
      expect.objectContaining({ code: 'MASTER_SECRET_INVALID' }),
    )
  })

  test('are not printed or serialised', () => {
    const keys = new RootKeys('files', new Map([[1, secret]]), 1)
    expect(JSON.stringify(keys)).toBe('{"currentVersion":1}')
  })
})
