import { SymbolonError } from '../errors.ts'
import { sha512 } from '../hash/digest.ts'
import { requireLength } from '../hash/input-length.ts'
import { encodeToCurveElligator2, GROUP_ORDER, IDENTITY, vrfGroup } from './group.ts'

/**
 * ECVRF on edwards25519 with SHA-512 (RFC 9381 §5): a keyed hash whose owner proves each output. For one key and
 * one input there is exactly one output that verifies.
 *
 * Two suites: `TAI` (0x03, try and increment) and `ELL2` (0x04, Elligator 2). TAI takes a time that depends on
 * the input; that leaks nothing where the input is public, as it is in leader election.
 *
 * One rule beyond the RFC: the key Y and the proof's point Gamma must lie in the prime-order subgroup. Honest
 * ones do. The RFC lets a prover add torsion to Gamma (the output stays the same, the proof bytes do not), and
 * libraries differ on such points, so that validators could disagree.
 *
 * Scalars of the prover are BigInts, whose arithmetic is not constant-time: prove on a machine of your own.
 */

export type VrfSuite = 'TAI' | 'ELL2'

export const VRF_PROOF_BYTES = 80
export const VRF_OUTPUT_BYTES = 64
const CHALLENGE_BYTES = 16
const SUITE_ID: Record<VrfSuite, number> = { TAI: 0x03, ELL2: 0x04 }
const ELL2_DST = new TextEncoder().encode('ECVRF_edwards25519_XMD:SHA-512_ELL2_NU_\x04')

/** The 256 attempts of try-and-increment all failed: chance 2^-256. Code `VRF_HASH_TO_CURVE`. */
export class VrfHashToCurveError extends SymbolonError {
  constructor() {
    super('VRF_HASH_TO_CURVE', 'no counter maps this input to the curve; change the input')
  }
}

function concat(...parts: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

export function scalarFromBytes(littleEndian: Uint8Array): bigint {
  let value = 0n
  for (let i = littleEndian.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(littleEndian[i]!)
  return value
}

export function scalarToBytes(scalar: bigint): Uint8Array {
  const bytes = new Uint8Array(32)
  let rest = scalar
  for (let i = 0; i < 32; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn)
  return bytes
}

/** ECVRF_encode_to_curve, salted with the public key (RFC 9381 §5.4.1). */
function encodeToCurve(suite: VrfSuite, publicKey: Uint8Array, alpha: Uint8Array): Uint8Array {
  if (suite === 'ELL2') return encodeToCurveElligator2(concat(publicKey, alpha), ELL2_DST)
  const input = concat(Uint8Array.of(SUITE_ID.TAI, 0x01), publicKey, alpha, Uint8Array.of(0, 0x00))
  for (let counter = 0; counter < 256; counter++) {
    input[input.length - 2] = counter
    const point = vrfGroup().clearCofactor(sha512(input).subarray(0, 32))
    if (point?.some((byte, i) => byte !== IDENTITY[i])) return point
  }
  throw new VrfHashToCurveError()
}

/** ECVRF_challenge_generation (§5.4.3): 16 bytes. */
function challengeOf(suite: VrfSuite, ...points: Uint8Array[]): Uint8Array {
  return sha512(concat(Uint8Array.of(SUITE_ID[suite], 0x02), ...points, Uint8Array.of(0x00))).subarray(
    0,
    CHALLENGE_BYTES,
  )
}

/** The secret scalar x and the nonce key of an RFC 8032 seed (§5.1.5 there). */
export function expandVrfSeed(seed: Uint8Array): {
  scalar: bigint
  nonceKey: Uint8Array
  publicKey: Uint8Array
} {
  requireLength(seed, 32, 'seed')
  const expanded = sha512(seed)
  const low = expanded.slice(0, 32)
  low[0]! &= 0xf8
  low[31] = (low[31]! & 0x7f) | 0x40
  const scalar = scalarFromBytes(low) % GROUP_ORDER
  return { scalar, nonceKey: expanded.slice(32), publicKey: vrfGroup().multiplyBase(scalar) }
}

/** ECVRF_prove (§5.1). */
export function ecvrfProve(
  key: { scalar: bigint; nonceKey: Uint8Array; publicKey: Uint8Array },
  alpha: Uint8Array,
  suite: VrfSuite,
): Uint8Array {
  const group = vrfGroup()
  const h = encodeToCurve(suite, key.publicKey, alpha)
  const gamma = group.multiply(h, key.scalar)
  // §5.4.2.2: deterministic, as in Ed25519, and so never used for two challenges.
  const k = scalarFromBytes(sha512(concat(key.nonceKey, h))) % GROUP_ORDER
  const c = challengeOf(suite, key.publicKey, h, gamma, group.multiplyBase(k), group.multiply(h, k))
  const s = (k + scalarFromBytes(c) * key.scalar) % GROUP_ORDER
  return concat(gamma, c, scalarToBytes(s))
}

/** ECVRF_verify (§5.3) with key validation; the 64-byte output, or undefined for anything that does not verify. */
export function ecvrfVerify(
  publicKey: Uint8Array,
  alpha: Uint8Array,
  proof: Uint8Array,
  suite: VrfSuite,
): Uint8Array | undefined {
  const group = vrfGroup()
  if (proof.length !== VRF_PROOF_BYTES || !group.isPrimeOrder(publicKey)) return undefined
  const gamma = proof.subarray(0, 32)
  const challenge = proof.subarray(32, 48)
  const c = scalarFromBytes(challenge)
  const s = scalarFromBytes(proof.subarray(48))
  if (s >= GROUP_ORDER || !group.isPrimeOrder(gamma)) return undefined
  const h = encodeToCurve(suite, publicKey, alpha)
  const u = group.subtract(group.multiplyBase(s), group.multiply(publicKey, c))
  const v = group.subtract(group.multiply(h, s), group.multiply(gamma, c))
  const expected = challengeOf(suite, publicKey, h, gamma, u, v)
  return expected.every((byte, i) => byte === challenge[i]) ? ecvrfOutput(proof, suite) : undefined
}

/** ECVRF_proof_to_hash (§5.2) of a proof that was verified, or made, here. */
export function ecvrfOutput(proof: Uint8Array, suite: VrfSuite): Uint8Array {
  requireLength(proof, VRF_PROOF_BYTES, 'proof')
  const cleared = vrfGroup().clearCofactor(proof.subarray(0, 32))
  if (cleared === undefined)
    throw new SymbolonError(
      'VRF_PROOF_INVALID',
      'the proof does not begin with a curve point; verify it first',
    )
  return sha512(concat(Uint8Array.of(SUITE_ID[suite], 0x03), cleared, Uint8Array.of(0x00)))
}
