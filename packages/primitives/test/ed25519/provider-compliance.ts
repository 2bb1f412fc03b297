import { ED25519_TORSION_SUBGROUP, ed25519 as noble } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Ed25519Provider, nobleEd25519Provider } from '../../src/ed25519/index.ts'
import {
  hex,
  readVectors,
  toHex,
  utf8,
  vectorsPresent,
  vectorTitle,
  type WycheproofFile,
} from '../vectors.ts'

const Point = noble.Point
const L = Point.Fn.ORDER
const P = 2n ** 255n - 19n

export function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn))
}

const fromLittleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes.slice().reverse())}`)

interface CctvVector {
  number: number
  key: string
  sig: string
  msg: string
  flags: string[] | null
}
const CCTV = 'cctv-ed25519/ed25519vectors.json'

/** The rule, read off the vector file's own flags: exact equation, nothing of small order, nothing non-canonical. */
const REJECTED_FLAGS = [
  'low_order_R',
  'low_order_A',
  'low_order_residue',
  'non_canonical_A',
  'non_canonical_R',
]

interface EddsaGroup {
  publicKey: { pk: string }
  tests: { tcId: number; msg: string; sig: string; result: string }[]
}
const WYCHEPROOF = 'wycheproof/ed25519_test.json'

/** RFC 8032 §7.1, TEST 1 to 3: seed, public key, message, signature. */
const RFC8032: [string, string, string, string][] = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
]

export interface ForgedCase {
  title: string
  signature: Uint8Array
  message: Uint8Array
  publicKey: Uint8Array
  exact: boolean
}

/**
 * Signatures by keys of mixed order with nonces of mixed order, for every pair of torsion points. `exact` is
 * whether S·B = R + k·A holds without the cofactor, by arithmetic alone.
 */
export function torsionCases(variants: number): ForgedCase[] {
  const torsion = ED25519_TORSION_SUBGROUP.map((encoded) => Point.fromHex(encoded))
  const cases: ForgedCase[] = []
  for (const [i, torsionA] of torsion.entries())
    for (const [j, torsionR] of torsion.entries())
      for (let variant = 0; variant < variants; variant++) {
        const a = 12345n + BigInt(variant)
        const r = 98765n + 7n * BigInt(variant)
        const keyPoint = Point.BASE.multiply(a).add(torsionA)
        const nonce = Point.BASE.multiply(r).add(torsionR)
        const message = Uint8Array.of(i, j, variant)
        const publicKey = keyPoint.toBytes()
        const challenge =
          fromLittleEndian(sha512(new Uint8Array([...nonce.toBytes(), ...publicKey, ...message]))) % L
        const s = (r + challenge * a) % L
        cases.push({
          title: `torsion ${i} in A, ${j} in R, variant ${variant}`,
          signature: new Uint8Array([...nonce.toBytes(), ...littleEndian(s)]),
          message,
          publicKey,
          exact: Point.BASE.multiply(s).equals(nonce.add(keyPoint.multiply(challenge))),
        })
      }
  return cases
}

/** What every `Ed25519Provider` must do. Run it for each implementation. */
export function describeEd25519Provider(provider: Ed25519Provider): void {
  const sample = () => {
    const signer = provider.createSigner(new Uint8Array(32).fill(7))
    const message = utf8('pay 5 to bob')
    return { message, publicKey: signer.publicKey, signature: signer.sign(message) }
  }

  describe(`Ed25519 provider ${provider.name}`, () => {
    it('reproduces RFC 8032 test vectors 1 to 3', () => {
      for (const [seed, publicKey, message, signature] of RFC8032) {
        const signer = provider.createSigner(hex(seed))
        expect(toHex(signer.publicKey)).toBe(publicKey)
        expect(toHex(signer.sign(hex(message)))).toBe(signature)
        expect(provider.verify(hex(signature), hex(message), hex(publicKey))).toBe(true)
      }
    })

    it('signs as noble does, and each accepts what the other signed', () => {
      fc.assert(
        fc.property(
          fc.uint8Array({ minLength: 32, maxLength: 32 }),
          fc.uint8Array({ maxLength: 300 }),
          (seed, message) => {
            const ours = provider.createSigner(seed)
            const theirs = nobleEd25519Provider.createSigner(seed)
            expect(toHex(ours.publicKey)).toBe(toHex(theirs.publicKey))
            const signature = ours.sign(message)
            expect(toHex(signature)).toBe(toHex(theirs.sign(message)))
            expect(provider.verify(signature, message, ours.publicKey)).toBe(true)
            expect(nobleEd25519Provider.verify(signature, message, ours.publicKey)).toBe(true)
          },
        ),
        { numRuns: 20 },
      )
    })

    it('keeps its own copy of the seed', () => {
      const seed = new Uint8Array(32).fill(7)
      const signer = provider.createSigner(seed)
      const before = toHex(signer.sign(utf8('m')))
      seed.fill(0)
      expect(toHex(signer.sign(utf8('m')))).toBe(before)
    })

    it('rejects every single-bit change of the signature and of the key', () => {
      const { signature, message, publicKey } = sample()
      for (const target of [signature, publicKey])
        for (let bit = 0; bit < target.length * 8; bit++) {
          target[bit >> 3]! ^= 1 << (bit & 7)
          expect(provider.verify(signature, message, publicKey), `bit ${bit}`).toBe(false)
          target[bit >> 3]! ^= 1 << (bit & 7)
        }
      expect(provider.verify(signature, message, publicKey)).toBe(true)
    })

    it('rejects S + L, the same signature spelt twice', () => {
      const { signature, message, publicKey } = sample()
      const s = fromLittleEndian(signature.subarray(32))
      for (const multiple of [1n, 2n, 3n, 14n])
        if (s + multiple * L < 2n ** 256n) {
          const malleated = new Uint8Array([...signature.subarray(0, 32), ...littleEndian(s + multiple * L)])
          expect(provider.verify(malleated, message, publicKey)).toBe(false)
        }
    })

    it('rejects truncated, extended and empty arguments without an error', () => {
      const { signature, message, publicKey } = sample()
      const longer = new Uint8Array([...signature, 0])
      expect(provider.verify(longer, message, publicKey)).toBe(false)
      expect(provider.verify(signature.subarray(0, 63), message, publicKey)).toBe(false)
      expect(provider.verify(new Uint8Array(0), message, publicKey)).toBe(false)
      expect(provider.verify(signature, message, publicKey.subarray(1))).toBe(false)
      expect(provider.verify(signature, message, new Uint8Array([...publicKey, 0]))).toBe(false)
      expect(provider.verify(signature, message, new Uint8Array(0))).toBe(false)
      expect(provider.verify(signature, new Uint8Array([...message, 0]), publicKey)).toBe(false)
      expect(provider.verify(signature, message.subarray(1), publicKey)).toBe(false)
    })

    it('rejects keys of small order in every spelling: they would accept any message', () => {
      // With A of small order, R = S·B − k·A for a k divisible by 8 makes the equation hold.
      const spellings = [0n, 1n, P - 1n, P, P + 1n].flatMap((y) => [y, y + 2n ** 255n])
      const encodings = [...spellings.map(littleEndian), ...ED25519_TORSION_SUBGROUP.map(hex)]
      for (const publicKey of encodings)
        for (let nonce = 1n; nonce < 17n; nonce++) {
          const signature = new Uint8Array([...Point.BASE.multiply(nonce).toBytes(), ...littleEndian(nonce)])
          expect(provider.verify(signature, utf8('anything'), publicKey)).toBe(false)
          const smallNonce = new Uint8Array([...publicKey, ...new Uint8Array(32)])
          expect(provider.verify(smallNonce, utf8('anything'), publicKey)).toBe(false)
        }
    })

    it('applies the equation without the cofactor to mixed-order keys and nonces', () => {
      const cases = torsionCases(4)
      for (const { title, signature, message, publicKey, exact } of cases)
        expect(provider.verify(signature, message, publicKey), title).toBe(exact)
      // Both outcomes occur, so the test can tell the two equations apart.
      expect(cases.some(({ exact }) => exact)).toBe(true)
      expect(cases.some(({ exact }) => !exact)).toBe(true)
    })

    it('agrees with noble on arbitrary bytes near a valid signature', () => {
      const { signature, message, publicKey } = sample()
      fc.assert(
        fc.property(
          fc.nat({ max: 95 }),
          fc.nat({ max: 95 }),
          fc.integer({ min: 0, max: 255 }),
          fc.integer({ min: 0, max: 255 }),
          (first, second, a, b) => {
            const all = new Uint8Array([...signature, ...publicKey])
            all[first] = a
            all[second] = b
            const [mutatedSignature, mutatedKey] = [all.subarray(0, 64), all.subarray(64)]
            expect(provider.verify(mutatedSignature, message, mutatedKey)).toBe(
              nobleEd25519Provider.verify(mutatedSignature, message, mutatedKey),
            )
          },
        ),
        { numRuns: 200 },
      )
    })

    it('gives the same answer again for a key it has seen', () => {
      const { signature, message, publicKey } = sample()
      const offCurve = new Uint8Array(32).fill(2)
      for (let round = 0; round < 3; round++) {
        expect(provider.verify(signature, message, publicKey)).toBe(true)
        expect(provider.verify(signature, utf8('other'), publicKey)).toBe(false)
        expect(provider.verify(signature, message, offCurve)).toBe(false)
      }
    })
  })

  describe.skipIf(!vectorsPresent(CCTV))(
    vectorTitle(`Ed25519 provider ${provider.name}: C2SP/CCTV`, CCTV),
    () => {
      it('accepts exactly the 43 of 914 edge cases that the rule allows', () => {
        const vectors = readVectors<CctvVector[]>(CCTV)
        let accepted = 0
        for (const { number, key, sig, msg, flags } of vectors) {
          const expected = !(flags ?? []).some((flag) => REJECTED_FLAGS.includes(flag))
          expect(provider.verify(hex(sig), utf8(msg), hex(key)), `vector ${number}`).toBe(expected)
          accepted += Number(expected)
        }
        expect([vectors.length, accepted]).toEqual([914, 43])
      })
    },
  )

  describe.skipIf(!vectorsPresent(WYCHEPROOF))(
    vectorTitle(`Ed25519 provider ${provider.name}: Wycheproof`, WYCHEPROOF),
    () => {
      it('accepts exactly the valid signatures', () => {
        const file = readVectors<WycheproofFile<EddsaGroup>>(WYCHEPROOF)
        let seen = 0
        for (const group of file.testGroups)
          for (const test of group.tests) {
            const actual = provider.verify(hex(test.sig), hex(test.msg), hex(group.publicKey.pk))
            expect(actual, `tcId ${test.tcId}`).toBe(test.result === 'valid')
            seen++
          }
        expect(seen).toBe(151)
      })
    },
  )
}
