import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EdwardsGroup, nobleEdwardsGroup, setVrfGroup, vrf, vrfGroup } from '../../src/vrf/index.ts'
import { hex, readVectors, toHex, utf8, vectorsPresent, vectorTitle } from '../vectors.ts'

interface VrfVector {
  example: number
  sk: string
  pk: string
  alpha: string
  pi: string
  beta: string
}
const VECTORS = 'ecvrf-rfc9381/vectors.json'
const Point = ed25519.Point
const L = Point.Fn.ORDER
const fromLittleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes.slice().reverse())}`)
const littleEndian = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn))

/** What every group under the VRF must do: the whole VRF behaves the same on it. */
export function describeVrfGroup(group: EdwardsGroup): void {
  let before: EdwardsGroup
  const useGroup = () => {
    beforeAll(() => {
      before = vrfGroup()
      setVrfGroup(group)
    })
    afterAll(() => setVrfGroup(before))
  }

  describe(`VRF on ${group.name}`, () => {
    useGroup()
    const alpha = utf8('epoch 3, height 77')

    it('proves and verifies; the output depends on key and input alone', () => {
      const alice = vrf.generateKeyPair(new Uint8Array(32).fill(1))
      const bob = vrf.generateKeyPair(new Uint8Array(32).fill(2))
      for (const suite of ['TAI', 'ELL2'] as const) {
        const proof = alice.prove(alpha, suite)
        const output = vrf.verify(alice.publicKey, alpha, proof, suite)
        expect(output).toEqual(vrf.proofToHash(proof, suite))
        expect(output?.length).toBe(64)
        expect(alice.prove(alpha, suite)).toEqual(proof)
        expect(vrf.verify(bob.publicKey, alpha, proof, suite)).toBeUndefined()
        expect(vrf.verify(alice.publicKey, utf8('epoch 3, height 78'), proof, suite)).toBeUndefined()
        expect(vrf.verify(alice.publicKey, alpha, proof, suite === 'TAI' ? 'ELL2' : 'TAI')).toBeUndefined()
      }
    })

    it('rejects changed, truncated and extended proofs and keys', () => {
      const pair = vrf.generateKeyPair(new Uint8Array(32).fill(1))
      const proof = pair.prove(alpha)
      for (let bit = 0; bit < 640; bit += 7) {
        const changed = proof.slice()
        changed[bit >> 3]! ^= 1 << (bit & 7)
        expect(vrf.verify(pair.publicKey, alpha, changed), `bit ${bit}`).toBeUndefined()
      }
      expect(vrf.verify(pair.publicKey, alpha, proof.subarray(1))).toBeUndefined()
      expect(vrf.verify(pair.publicKey, alpha, new Uint8Array([...proof, 0]))).toBeUndefined()
      expect(vrf.verify(pair.publicKey, alpha, new Uint8Array(80))).toBeUndefined()
      expect(vrf.verify(pair.publicKey.subarray(1), alpha, proof)).toBeUndefined()
      const malleated = proof.slice()
      malleated.set(littleEndian(fromLittleEndian(proof.subarray(48)) + L), 48)
      expect(vrf.verify(pair.publicKey, alpha, malleated)).toBeUndefined()
    })

    it('refuses keys of small or mixed order', () => {
      const pair = vrf.generateKeyPair(new Uint8Array(32).fill(1))
      const proof = pair.prove(alpha)
      for (const torsion of ED25519_TORSION_SUBGROUP) {
        expect(vrf.verify(hex(torsion), alpha, proof)).toBeUndefined()
        const mixed = Point.fromBytes(pair.publicKey).add(Point.fromHex(torsion))
        expect(group.isPrimeOrder(mixed.toBytes())).toBe(mixed.isTorsionFree())
      }
    })

    it('refuses a Gamma with torsion even where the equations of the RFC hold', () => {
      // The prover knows x, adds a torsion point to Gamma, and retries inputs until 8 divides the challenge.
      const seed = new Uint8Array(32).fill(1)
      const pair = vrf.generateKeyPair(seed)
      const x = fromLittleEndian(clamp(sha512(seed).slice(0, 32))) % L
      const torsion = Point.fromHex(ED25519_TORSION_SUBGROUP[1]!)
      let forged: { input: Uint8Array; proof: Uint8Array } | undefined
      for (let attempt = 0; forged === undefined && attempt < 500; attempt++) {
        const input = Uint8Array.of(attempt & 0xff, attempt >> 8)
        const honest = pair.prove(input)
        const k = 1000n + BigInt(attempt)
        const h = hashToCurve(pair.publicKey, input)
        const gamma = Point.fromBytes(honest.subarray(0, 32)).add(torsion)
        const points = [h, gamma, Point.BASE.multiply(k), h.multiply(k)].map((point) => point.toBytes())
        const c = sha512(
          new Uint8Array([3, 2, ...pair.publicKey, ...points.flatMap((p) => [...p]), 0]),
        ).slice(0, 16)
        if (c[0]! % 8 !== 0) continue
        const s = (k + fromLittleEndian(c) * x) % L
        forged = { input, proof: new Uint8Array([...gamma.toBytes(), ...c, ...littleEndian(s)]) }
      }
      expect(forged).toBeDefined()
      expect(vrf.verify(pair.publicKey, forged!.input, forged!.proof)).toBeUndefined()
    })

    it('verifies a proof made with nonce zero, where U and V are the identity, as the equations say', () => {
      const seed = new Uint8Array(32).fill(1)
      const pair = vrf.generateKeyPair(seed)
      const x = fromLittleEndian(clamp(sha512(seed).slice(0, 32))) % L
      const honest = pair.prove(alpha)
      const gamma = honest.slice(0, 32)
      const identity = Point.ZERO.toBytes()
      const points = [hashToCurve(pair.publicKey, alpha).toBytes(), gamma, identity, identity].flatMap(
        (p) => [...p],
      )
      const c = sha512(new Uint8Array([3, 2, ...pair.publicKey, ...points, 0])).slice(0, 16)
      const proof = new Uint8Array([...gamma, ...c, ...littleEndian((fromLittleEndian(c) * x) % L)])
      expect(vrf.verify(pair.publicKey, alpha, proof)).toEqual(vrf.proofToHash(honest))
    })

    it('computes what noble computes', () => {
      const point = Point.BASE.multiply(99n).toBytes()
      for (const scalar of [0n, 1n, 2n, 2n ** 128n - 1n, L - 1n]) {
        expect(toHex(group.multiplyBase(scalar))).toBe(toHex(nobleEdwardsGroup.multiplyBase(scalar)))
        expect(toHex(group.multiply(point, scalar))).toBe(toHex(nobleEdwardsGroup.multiply(point, scalar)))
      }
      expect(toHex(group.subtract(point, point))).toBe(toHex(Point.ZERO.toBytes()))
      expect(group.clearCofactor(littleEndian(2n))).toBeUndefined()
      for (const torsion of ED25519_TORSION_SUBGROUP)
        expect(toHex(group.clearCofactor(hex(torsion))!)).toBe(toHex(Point.ZERO.toBytes()))
      const mixed = Point.fromBytes(point).add(Point.fromHex(ED25519_TORSION_SUBGROUP[3]!)).toBytes()
      expect(toHex(group.clearCofactor(mixed)!)).toBe(toHex(Point.BASE.multiply(99n * 8n).toBytes()))
    })
  })

  describe.skipIf(!vectorsPresent(VECTORS))(
    vectorTitle(`VRF on ${group.name}: RFC 9381 appendix B`, VECTORS),
    () => {
      useGroup()
      it('reproduces proof and output of every example, in both suites', () => {
        const file = readVectors<{ tai: VrfVector[]; ell2: VrfVector[] }>(VECTORS)
        expect([file.tai.length, file.ell2.length]).toEqual([2, 3])
        for (const [suite, vectors] of [
          ['TAI', file.tai],
          ['ELL2', file.ell2],
        ] as const)
          for (const { example, sk, pk, alpha, pi, beta } of vectors) {
            const pair = vrf.generateKeyPair(hex(sk))
            expect(toHex(pair.publicKey), `example ${example}`).toBe(pk)
            expect(toHex(pair.prove(hex(alpha), suite)), `example ${example}`).toBe(pi)
            expect(toHex(vrf.verify(hex(pk), hex(alpha), hex(pi), suite)!), `example ${example}`).toBe(beta)
          }
      })
    },
  )
}

function clamp(low: Uint8Array): Uint8Array {
  low[0]! &= 0xf8
  low[31] = (low[31]! & 0x7f) | 0x40
  return low
}

/** RFC 9381 §5.4.1.1, written out independently on noble's points. */
function hashToCurve(publicKey: Uint8Array, alpha: Uint8Array): InstanceType<typeof Point> {
  for (let counter = 0; counter < 256; counter++)
    try {
      const candidate = sha512(new Uint8Array([3, 1, ...publicKey, ...alpha, counter, 0])).slice(0, 32)
      return Point.fromBytes(candidate).clearCofactor()
    } catch {
      // not a point; next counter
    }
  throw new Error('unreachable')
}
