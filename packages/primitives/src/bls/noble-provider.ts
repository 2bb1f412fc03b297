import { bls12_381 } from '@noble/curves/bls12-381.js'
import { PublicKeyCache } from '../ed25519/public-key-cache.ts'
import { invalidPublicKey, invalidSignature } from './errors.ts'
import type { BlsProvider } from './provider.ts'
import { BLS_PUBLIC_KEY_BYTES, BLS_SIGNATURE_BYTES, BLS_SIGNATURE_DST, isFlaggedInfinity } from './suite.ts'

/**
 * BLS on @noble/curves: pure TypeScript, about 20 ms per verification, for browsers and as the reference for the
 * native provider. One aggregate of any number of keys costs about the same as one signature.
 */

const scheme = bls12_381.longSignatures
const G1 = bls12_381.G1.Point
const G2 = bls12_381.G2.Point
type KeyPoint = InstanceType<typeof G1>
type SignaturePoint = InstanceType<typeof G2>

const dstBytes = (dst: string): Uint8Array => new TextEncoder().encode(dst)

/** Throws for anything but a canonical compressed point of the prime-order subgroup other than infinity. */
// noble's `fromBytes` ends with `assertValidity`: curve and subgroup.
function parsePublicKey(publicKey: Uint8Array): KeyPoint {
  if (publicKey.length !== BLS_PUBLIC_KEY_BYTES || isFlaggedInfinity(publicKey)) throw new Error('not a key')
  return G1.fromBytes(publicKey)
}

const keys = new PublicKeyCache(parsePublicKey)

/** As `parsePublicKey`, for G2. noble's decoding tests the subgroup always. */
function parseSignature(signature: Uint8Array): SignaturePoint {
  if (signature.length !== BLS_SIGNATURE_BYTES || isFlaggedInfinity(signature))
    throw new Error('not a signature')
  return G2.fromBytes(signature)
}

/** Runs `parse` on an index-bearing list, naming the first member that fails. */
function parseAll<Point>(
  list: readonly Uint8Array[],
  parse: (bytes: Uint8Array) => Point,
  failure: (index: number, cause: unknown) => Error,
): Point[] {
  return list.map((bytes, index) => {
    try {
      return parse(bytes)
    } catch (cause) {
      throw failure(index, cause)
    }
  })
}

/** Signs under any domain separation tag: messages and proofs of possession differ in it alone. */
export function signUnder(dst: string, message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  return scheme.sign(scheme.hash(message, dstBytes(dst)), secretKey).toBytes()
}

/** CoreVerify (draft §2.7) under any tag. */
export function verifyUnder(
  dst: string,
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  try {
    return verifyPoint(dst, signature, message, keys.get(publicKey))
  } catch {
    return false
  }
}

function verifyPoint(dst: string, signature: Uint8Array, message: Uint8Array, key: KeyPoint): boolean {
  return scheme.verify(parseSignature(signature), scheme.hash(message, dstBytes(dst)), key)
}

export const nobleBlsProvider: BlsProvider = {
  name: 'noble',

  createSigner(secretKey) {
    const secret = secretKey.slice()
    return {
      publicKey: scheme.getPublicKey(secret).toBytes(),
      sign: (message) => signUnder(BLS_SIGNATURE_DST, message, secret),
    }
  },

  isValidPublicKey(publicKey) {
    try {
      keys.get(publicKey)
      return true
    } catch {
      return false
    }
  },

  verify: (signature, message, publicKey) => verifyUnder(BLS_SIGNATURE_DST, signature, message, publicKey),

  fastAggregateVerify(signature, message, publicKeys) {
    try {
      const sum = publicKeys.map((key) => keys.get(key)).reduce((a, b) => a.add(b), G1.ZERO)
      // Keys that cancel out would make every message verify against infinity.
      return !sum.is0() && verifyPoint(BLS_SIGNATURE_DST, signature, message, sum)
    } catch {
      return false
    }
  },

  // No randomised combination here: the pairing dominates and this path is for small sets.
  verifySameMessage: (message, items) =>
    items.every(({ signature, publicKey }) => verifyUnder(BLS_SIGNATURE_DST, signature, message, publicKey)),

  aggregateSignatures(signatures) {
    const points = parseAll(signatures, parseSignature, invalidSignature)
    return points.reduce((a, b) => a.add(b), G2.ZERO).toBytes()
  },

  aggregatePublicKeys(publicKeys) {
    const points = parseAll(publicKeys, (bytes) => keys.get(bytes), invalidPublicKey)
    return points.reduce((a, b) => a.add(b), G1.ZERO).toBytes()
  },
}
