import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addressOf,
  asAddress,
  asHash,
  DOMAINS,
  did,
  domainDigest,
  formatAddress,
  formatDid,
  fromJson,
  NO_FRAME,
  parseAddress,
  parseAddressOrDid,
  parseDid,
  toHex,
  toJson,
} from '../src/index.ts'

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe('signing domains', () => {
  it('is SHA-256 of prefix, frame and body, as an independent hash computes it', () => {
    const frame = asHash(new Uint8Array(32).fill(7))
    const body = Uint8Array.of(1, 2, 3)
    const expected = createHash('sha256')
      .update('symbolon/1/quote\0')
      .update(frame)
      .update(body)
      .digest('hex')
    expect(toHex(domainDigest('quote', frame, body))).toBe(expected)
  })

  it('keeps domains prefix-free', () => {
    for (const one of DOMAINS) expect(one).toMatch(/^[a-z-]+$/)
    expect(new Set(DOMAINS).size).toBe(DOMAINS.length)
  })

  it('separates domain, frame and body', () => {
    const one = asHash(new Uint8Array(32).fill(1))
    const two = asHash(new Uint8Array(32).fill(2))
    const digests = [
      domainDigest('quote', one, new Uint8Array(1)),
      domainDigest('quote', two, new Uint8Array(1)),
      domainDigest('beacon', one, new Uint8Array(1)),
      domainDigest('quote', one, new Uint8Array(2)),
      domainDigest('quote', NO_FRAME, new Uint8Array(1)),
    ]
    expect(new Set(digests.map(toHex)).size).toBe(digests.length)
  })
})

describe('addresses', () => {
  it('has two spellings of one value', () => {
    fc.assert(
      fc.property(bytes32, (raw) => {
        const address = asAddress(raw)
        const text = formatAddress(address)
        expect(text).toMatch(/^sym1[02-9ac-hj-np-z]{58}$/)
        expect(parseAddress(text)).toEqual(raw)
        expect(parseDid(formatDid(address))).toEqual(raw)
        expect(parseAddressOrDid(formatDid(address))).toEqual(parseAddressOrDid(text))
      }),
    )
  })

  it('catches every error of up to four characters (BIP-350)', () => {
    const text = formatAddress(asAddress(new Uint8Array(32).fill(0xa5)))
    const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 4, max: 61 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(30), { minLength: 4, maxLength: 4 }),
        (places, shifts) => {
          const typed = [...text]
          for (const [i, place] of places.entries()) {
            const at = alphabet.indexOf(typed[place] ?? 'q')
            typed[place] = alphabet[(at + 1 + (shifts[i] ?? 0)) % 32] ?? 'q'
          }
          expect(() => parseAddress(typed.join(''))).toThrow('typing errors')
        },
      ),
    )
  })

  it.each([
    '',
    'sym1',
    'SYM1QQQ',
    'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
    'x'.repeat(500),
  ])('refuses "%s"', (text) => {
    expect(() => parseAddress(text)).toThrow(/not an address/)
  })

  it('refuses upper case, another method and another length', () => {
    const text = formatAddress(asAddress(new Uint8Array(32)))
    expect(() => parseAddress(text.toUpperCase())).toThrow(/not an address/)
    expect(() => parseDid(`did:key:${text}`)).toThrow('did:symbolon:')
    expect(() => asAddress(new Uint8Array(31))).toThrow('32 bytes')
  })

  it('are spelled and read the same however often, also after whoever got the bytes has changed them', () => {
    for (let round = 0; round < 3; round++)
      for (let i = 0; i < 5_000; i++) {
        const bytes = Uint8Array.from(createHash('sha256').update(`address ${i}`).digest())
        const text = formatAddress(asAddress(bytes.slice()))
        const read = parseAddress(text)
        expect(read).toEqual(bytes)
        read.fill(0)
        expect(parseAddress(text)).toEqual(bytes)
      }
  })

  it('is the digest of the creating key, the same in every frame', () => {
    const key = new Uint8Array(32).fill(9)
    const expected = createHash('sha256')
      .update('symbolon/1/account\0')
      .update(NO_FRAME)
      .update(key)
      .digest('hex')
    expect(toHex(addressOf(key))).toBe(expected)
  })

  it('crosses JSON as a DID', () => {
    const one = asAddress(new Uint8Array(32).fill(3))
    expect(fromJson(did, toJson(did, one))).toEqual(one)
    expect(() => fromJson(did, formatAddress(one))).toThrow('did:symbolon:')
  })
})
