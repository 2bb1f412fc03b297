import { bls12_381 } from '@noble/curves/bls12-381.js'
import { describe, expect, it } from 'vitest'
import { type BlsProvider, blsSecretKeyFromSeed, nobleBlsProvider } from '../../src/bls/index.ts'
import { isSymbolonError } from '../../src/errors.ts'
import {
  hex,
  readVectors,
  toHex,
  utf8,
  vectorsPresent,
  vectorTitle,
  type WycheproofFile,
} from '../vectors.ts'

interface BlsGroup {
  publicKey: { pk: string }
  tests: { tcId: number; comment: string; msg: string; sig: string; result: string }[]
}
const POP_VECTORS = 'wycheproof/bls_sig_g2_pop_verify_test.json'
const NUL_VECTORS = 'wycheproof/bls_sig_g2_basic_verify_test.json'

/** A point of G1's curve outside the subgroup, at the smallest x that has one (y² = x³ + 4). */
function keyOutsideSubgroup(): Uint8Array {
  const Fp = bls12_381.fields.Fp
  for (let x = 1n; x < 100n; x++) {
    const square = Fp.add(Fp.mul(Fp.mul(x, x), x), 4n)
    const y = Fp.pow(square, (Fp.ORDER + 1n) / 4n)
    if (Fp.mul(y, y) !== square || bls12_381.G1.Point.fromAffine({ x, y }).isTorsionFree()) continue
    const encoded = new Uint8Array(48)
    encoded[0] = 0x80
    encoded[47] = Number(x)
    return encoded
  }
  throw new Error('no such point below x = 100')
}

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (isSymbolonError(error)) return error.code
    throw error
  }
  throw new Error('expected a SymbolonError, nothing was thrown')
}

/** What every `BlsProvider` must do. */
export function describeBlsProvider(provider: BlsProvider): void {
  const message = utf8('checkpoint 17')
  const signers = [1, 2, 3, 4].map((i) =>
    provider.createSigner(blsSecretKeyFromSeed(new Uint8Array(32).fill(i))),
  )
  const [alice, bob, carol, dave] = signers as [
    (typeof signers)[0],
    (typeof signers)[0],
    (typeof signers)[0],
    (typeof signers)[0],
  ]
  const keysOf = (list: typeof signers) => list.map(({ publicKey }) => publicKey)

  describe(`BLS provider ${provider.name}`, () => {
    it('signs as noble does, and each accepts what the other signed', () => {
      const reference = nobleBlsProvider.createSigner(blsSecretKeyFromSeed(new Uint8Array(32).fill(1)))
      expect(toHex(alice.publicKey)).toBe(toHex(reference.publicKey))
      const signature = alice.sign(message)
      expect(signature.length).toBe(96)
      expect(toHex(signature)).toBe(toHex(reference.sign(message)))
      expect(provider.verify(signature, message, alice.publicKey)).toBe(true)
      expect(nobleBlsProvider.verify(signature, message, alice.publicKey)).toBe(true)
    })

    it('rejects another message, another key, and every kind of damage, without an error', () => {
      const signature = alice.sign(message)
      expect(provider.verify(signature, utf8('checkpoint 18'), alice.publicKey)).toBe(false)
      expect(provider.verify(signature, message, bob.publicKey)).toBe(false)
      for (const damaged of [
        new Uint8Array(0),
        signature.subarray(0, 95),
        new Uint8Array([...signature, 0]),
        new Uint8Array(96),
        new Uint8Array(96).fill(0xff),
        bls12_381.G2.Point.fromBytes(signature).toBytes(false),
      ]) {
        expect(provider.verify(damaged, message, alice.publicKey)).toBe(false)
        expect(provider.fastAggregateVerify(damaged, message, [alice.publicKey])).toBe(false)
        expect(
          provider.verifySameMessage(message, [{ signature: damaged, publicKey: alice.publicKey }]),
        ).toBe(false)
      }
      for (let bit = 0; bit < 96 * 8; bit += 61) {
        const flipped = signature.slice()
        flipped[bit >> 3]! ^= 1 << (bit & 7)
        expect(provider.verify(flipped, message, alice.publicKey), `bit ${bit}`).toBe(false)
      }
    })

    it('refuses infinity, as a key and as a signature', () => {
      const infiniteKey = new Uint8Array(48)
      infiniteKey[0] = 0xc0
      const infiniteSignature = new Uint8Array(96)
      infiniteSignature[0] = 0xc0
      expect(provider.isValidPublicKey(infiniteKey)).toBe(false)
      expect(provider.verify(infiniteSignature, message, infiniteKey)).toBe(false)
      expect(provider.verify(infiniteSignature, message, alice.publicKey)).toBe(false)
      expect(provider.fastAggregateVerify(infiniteSignature, message, [infiniteKey])).toBe(false)
      expect(codeOf(() => provider.aggregatePublicKeys([alice.publicKey, infiniteKey]))).toBe(
        'BLS_PUBLIC_KEY_INVALID',
      )
      expect(codeOf(() => provider.aggregateSignatures([infiniteSignature], true))).toBe(
        'BLS_SIGNATURE_INVALID',
      )
    })

    it('refuses keys outside the subgroup, off the curve, uncompressed or of another length', () => {
      const signature = alice.sign(message)
      const uncompressed = bls12_381.G1.Point.fromBytes(alice.publicKey).toBytes(false)
      for (const key of [keyOutsideSubgroup(), uncompressed, new Uint8Array(48), new Uint8Array(0)]) {
        expect(provider.isValidPublicKey(key)).toBe(false)
        expect(provider.verify(signature, message, key)).toBe(false)
        expect(provider.fastAggregateVerify(signature, message, [alice.publicKey, key])).toBe(false)
      }
      expect(provider.isValidPublicKey(alice.publicKey)).toBe(true)
    })

    it('refuses keys that cancel out: anybody could sign for them', () => {
      const negated = bls12_381.G1.Point.fromBytes(alice.publicKey).negate().toBytes()
      const infinity = new Uint8Array(96)
      infinity[0] = 0xc0
      for (const signature of [infinity, alice.sign(message)])
        expect(provider.fastAggregateVerify(signature, message, [alice.publicKey, negated])).toBe(false)
    })

    it('verifies an aggregate of exactly the keys that signed', () => {
      const signatures = [alice, bob, carol].map((signer) => signer.sign(message))
      const aggregate = provider.aggregateSignatures(signatures, true)
      expect(toHex(aggregate)).toBe(toHex(nobleBlsProvider.aggregateSignatures(signatures, false)))
      expect(provider.fastAggregateVerify(aggregate, message, keysOf([alice, bob, carol]))).toBe(true)
      expect(provider.fastAggregateVerify(aggregate, message, keysOf([carol, alice, bob]))).toBe(true)
      expect(provider.fastAggregateVerify(aggregate, message, keysOf([alice, bob]))).toBe(false)
      expect(provider.fastAggregateVerify(aggregate, message, keysOf(signers))).toBe(false)
      expect(provider.fastAggregateVerify(aggregate, message, keysOf([alice, bob, bob]))).toBe(false)
      expect(provider.fastAggregateVerify(aggregate, utf8('other'), keysOf([alice, bob, carol]))).toBe(false)
      // The aggregate of the keys is an ordinary key.
      const key = provider.aggregatePublicKeys(keysOf([alice, bob, carol]))
      expect(provider.verify(aggregate, message, key)).toBe(true)
    })

    it('names the member that spoils an aggregate', () => {
      try {
        provider.aggregateSignatures([alice.sign(message), new Uint8Array(96)], true)
        expect.unreachable()
      } catch (error) {
        expect(isSymbolonError(error, 'BLS_SIGNATURE_INVALID')).toBe(true)
        expect((error as { details: unknown }).details).toEqual({ index: 1 })
      }
    })

    it('finds a bad signature among good ones over the same message', () => {
      const items = signers.map((signer) => ({
        publicKey: signer.publicKey,
        signature: signer.sign(message),
      }))
      expect(provider.verifySameMessage(message, items)).toBe(true)
      expect(provider.verifySameMessage(utf8('other'), items)).toBe(false)
      const forged = [...items.slice(0, 3), { publicKey: dave.publicKey, signature: alice.sign(message) }]
      expect(provider.verifySameMessage(message, forged)).toBe(false)
    })

    it('is not fooled by errors that cancel in a plain sum', () => {
      // sigA + D and sigB − D add up to sigA + sigB; only a randomised or single check sees it.
      const offset = bls12_381.G2.Point.fromBytes(carol.sign(message))
      const spoiltA = bls12_381.G2.Point.fromBytes(alice.sign(message)).add(offset).toBytes()
      const spoiltB = bls12_381.G2.Point.fromBytes(bob.sign(message)).subtract(offset).toBytes()
      const items = [
        { publicKey: alice.publicKey, signature: spoiltA },
        { publicKey: bob.publicKey, signature: spoiltB },
      ]
      const sum = provider.aggregateSignatures([spoiltA, spoiltB], true)
      expect(provider.fastAggregateVerify(sum, message, keysOf([alice, bob]))).toBe(true)
      expect(provider.verifySameMessage(message, items)).toBe(false)
    })
  })

  describe.skipIf(!vectorsPresent(POP_VECTORS))(
    vectorTitle(`BLS provider ${provider.name}: Wycheproof POP`, POP_VECTORS),
    () => {
      it('accepts exactly the valid signatures', () => {
        const file = readVectors<WycheproofFile<BlsGroup>>(POP_VECTORS)
        let seen = 0
        for (const group of file.testGroups)
          for (const test of group.tests) {
            const actual = provider.verify(hex(test.sig), hex(test.msg), hex(group.publicKey.pk))
            expect(actual, `tcId ${test.tcId} ${test.comment}`).toBe(test.result === 'valid')
            seen++
          }
        expect(seen).toBe(file.numberOfTests)
      })

      it('accepts none of the signatures made under the tag of the basic scheme', () => {
        const file = readVectors<WycheproofFile<BlsGroup>>(NUL_VECTORS)
        for (const group of file.testGroups)
          for (const test of group.tests)
            expect(
              provider.verify(hex(test.sig), hex(test.msg), hex(group.publicKey.pk)),
              `tcId ${test.tcId}`,
            ).toBe(false)
      })
    },
  )
}
