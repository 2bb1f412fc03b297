import { inspect } from 'node:util'
import { ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js'
import sodium from 'libsodium-wrappers-sumo'
import { describe, expect, it } from 'vitest'
import {
  createNodeEd25519Provider,
  Ed25519KeyPair,
  ed25519,
  ed25519Provider,
  isCanonicalPublicKey,
  isCanonicalScalar,
  isPrimeOrderPublicKey,
  isSmallOrderPublicKey,
  nobleEd25519Provider,
  PublicKeyCache,
  setEd25519Provider,
} from '../../src/ed25519/index.ts'
import { isSymbolonError } from '../../src/errors.ts'
import { hex, toHex, utf8 } from '../vectors.ts'
import { describeEd25519Provider, littleEndian, torsionCases } from './provider-compliance.ts'

await sodium.ready

describeEd25519Provider(nobleEd25519Provider)
describeEd25519Provider(createNodeEd25519Provider(await import('node:crypto')))

// libsodium itself, with nothing of ours around it but the length check that its wrapper answers with an error:
// this is what the rule was read off, so a release that changes it fails here first.
describeEd25519Provider({
  name: 'libsodium-wrappers-sumo (oracle)',
  createSigner(seed) {
    const { publicKey, privateKey } = sodium.crypto_sign_seed_keypair(seed)
    return { publicKey, sign: (message) => sodium.crypto_sign_detached(message, privateKey) }
  },
  verify: (signature, message, publicKey) =>
    signature.length === 64 &&
    publicKey.length === 32 &&
    sodium.crypto_sign_verify_detached(signature, message, publicKey),
})

const SEED = hex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60')
const L = 2n ** 252n + 27742317777372353535851937790883648493n

describe('ed25519', () => {
  it('derives, signs and verifies', () => {
    const pair = ed25519.generateKeyPair(SEED)
    expect(toHex(pair.publicKey)).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
    expect(ed25519.publicKeyFromSeed(SEED)).toEqual(pair.publicKey)
    const message = utf8('hello')
    const signature = ed25519.sign(message, pair)
    expect(signature).toEqual(pair.sign(message))
    expect(ed25519.verify(signature, message, pair.publicKey)).toBe(true)
    expect(ed25519.verify(signature, utf8('hullo'), pair.publicKey)).toBe(false)
  })

  it('answers a batch item by item, so that a bad one cannot hide', () => {
    const pair = ed25519.generateKeyPair(SEED)
    const items = [0, 1, 2, 3].map((i) => ({
      signature: pair.sign(Uint8Array.of(i)),
      message: Uint8Array.of(i === 2 ? 9 : i),
      publicKey: pair.publicKey,
    }))
    expect([...ed25519.verifyBatch(items)]).toEqual([1, 1, 0, 1])
    expect([...ed25519.verifyBatch([])]).toEqual([])
  })

  it('rejects in a batch what it rejects alone, where a batch equation would let torsion cancel', () => {
    const cases = torsionCases(1)
    expect([...ed25519.verifyBatch(cases)]).toEqual(cases.map(({ exact }) => Number(exact)))
  })

  it('refuses a seed of another length with a code', () => {
    for (const length of [0, 31, 33, 64])
      try {
        ed25519.generateKeyPair(new Uint8Array(length))
        expect.unreachable()
      } catch (error) {
        expect(isSymbolonError(error, 'INPUT_LENGTH')).toBe(true)
      }
  })

  it('uses node:crypto in Node, and whatever is set after that', () => {
    const before = ed25519Provider()
    expect(before.name).toBe('node:crypto')
    setEd25519Provider({ ...nobleEd25519Provider, verify: () => true })
    try {
      expect(ed25519.verify(new Uint8Array(0), new Uint8Array(0), new Uint8Array(0))).toBe(true)
    } finally {
      setEd25519Provider(before)
    }
    expect(ed25519.verify(new Uint8Array(0), new Uint8Array(0), new Uint8Array(0))).toBe(false)
  })
})

describe('key pair', () => {
  const pair = new Ed25519KeyPair(SEED)
  const secretHex = toHex(SEED)

  it('does not show its secret when printed, serialised, spread or enumerated', () => {
    const shown = [
      inspect(pair, { showHidden: true, depth: 9 }),
      JSON.stringify(pair),
      JSON.stringify({ ...pair }),
      String(pair),
      JSON.stringify(Object.getOwnPropertyNames(pair)),
      inspect({ nested: [pair] }, { depth: 9 }),
    ].join('\n')
    expect(shown).not.toContain(secretHex)
    expect(shown).not.toContain([...SEED].join(',').slice(0, 40))
    expect(shown).not.toContain([...SEED].join(', ').slice(0, 40))
    expect(shown).toContain('[redacted]')
    expect(shown).toContain(toHex(pair.publicKey))
  })

  it('gives the seed only by its named door, as a copy', () => {
    const exported = pair.exportSeed()
    expect(toHex(exported)).toBe(secretHex)
    exported.fill(0)
    expect(toHex(pair.exportSeed())).toBe(secretHex)
  })

  it('signs under its own public key even when the visible one is overwritten', () => {
    const victim = new Ed25519KeyPair(SEED)
    const honest = victim.sign(utf8('m'))
    victim.publicKey.fill(1)
    expect(victim.sign(utf8('m'))).toEqual(honest)
  })
})

describe('public key checks', () => {
  const good = ed25519.publicKeyFromSeed(SEED)

  it('accept an honest key', () => {
    expect(isCanonicalPublicKey(good)).toBe(true)
    expect(isPrimeOrderPublicKey(good)).toBe(true)
    expect(isSmallOrderPublicKey(good)).toBe(false)
  })

  it('name all eight small-order points, with either sign, and their non-canonical spellings', () => {
    const p = 2n ** 255n - 19n
    for (const encoding of [...ED25519_TORSION_SUBGROUP.map(hex), ...[p, p + 1n].map(littleEndian)])
      for (const sign of [0, 0x80]) {
        const bytes = encoding.slice()
        bytes[31] = (bytes[31]! & 0x7f) | sign
        expect(isSmallOrderPublicKey(bytes)).toBe(true)
        expect(isCanonicalPublicKey(bytes)).toBe(false)
      }
  })

  it('do not mistake neighbours of small-order points for them', () => {
    for (const encoding of ED25519_TORSION_SUBGROUP.map(hex))
      for (let at = 0; at < 31; at++) {
        const bytes = encoding.slice()
        bytes[at]! ^= 0x10
        expect(isSmallOrderPublicKey(bytes), `${toHex(encoding)} at ${at}`).toBe(false)
      }
  })

  it('refuse y ≥ p, points off the curve and other lengths', () => {
    const p = 2n ** 255n - 19n
    for (let y = p; y < 2n ** 255n; y++) expect(isCanonicalPublicKey(littleEndian(y))).toBe(false)
    expect(isCanonicalPublicKey(littleEndian(2n))).toBe(false)
    expect(isCanonicalPublicKey(good.subarray(1))).toBe(false)
    expect(isCanonicalPublicKey(new Uint8Array([...good, 0]))).toBe(false)
    expect(isSmallOrderPublicKey(new Uint8Array(31))).toBe(false)
  })

  it('tell a mixed-order key from one of prime order', () => {
    const mixed = torsionCases(1).find(({ title }) => title.startsWith('torsion 3 in A'))!.publicKey
    expect(isCanonicalPublicKey(mixed)).toBe(true)
    expect(isPrimeOrderPublicKey(mixed)).toBe(false)
  })
})

describe('scalar range', () => {
  it('ends exactly below L', () => {
    expect(isCanonicalScalar(littleEndian(0n))).toBe(true)
    expect(isCanonicalScalar(littleEndian(L - 1n))).toBe(true)
    expect(isCanonicalScalar(littleEndian(L))).toBe(false)
    expect(isCanonicalScalar(littleEndian(L + 1n))).toBe(false)
    expect(isCanonicalScalar(littleEndian(2n ** 252n))).toBe(true)
    expect(isCanonicalScalar(littleEndian(2n ** 253n))).toBe(false)
    expect(isCanonicalScalar(littleEndian(2n ** 256n - 1n))).toBe(false)
  })
})

describe('public key cache', () => {
  it('parses once, forgets the least recently used, and stays within its capacity', () => {
    const parsed: number[] = []
    const cache = new PublicKeyCache((key) => {
      parsed.push(key[0]!)
      return { first: key[0]! }
    }, 2)
    for (const first of [1, 2, 1, 3, 1, 2]) expect(cache.get(Uint8Array.of(first)).first).toBe(first)
    expect(parsed).toEqual([1, 2, 3, 2])
    expect(cache.size).toBe(2)
  })

  it('keeps nothing for a key that does not parse', () => {
    const cache = new PublicKeyCache(() => {
      throw new Error('bad point')
    })
    expect(() => cache.get(Uint8Array.of(1))).toThrow('bad point')
    expect(cache.size).toBe(0)
  })
})
