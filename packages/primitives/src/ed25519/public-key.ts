import { ed25519 as noble } from '@noble/curves/ed25519.js'
import { isCanonicalPointEncoding, isSmallOrderEncoding, PUBLIC_KEY_BYTES } from './verification-rule.ts'

/** True if `publicKey` has 32 bytes that encode a point of small order, canonically or not. Such keys sign nothing. */
export function isSmallOrderPublicKey(publicKey: Uint8Array): boolean {
  return publicKey.length === PUBLIC_KEY_BYTES && isSmallOrderEncoding(publicKey)
}

/**
 * True if signatures by this key can be valid at all: 32 bytes, canonical, on the curve, not of small order
 * (rule 4 of `verification-rule.ts`). Ask once, when a key is registered; about 0.2 ms.
 */
export function isCanonicalPublicKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES) return false
  if (!isCanonicalPointEncoding(publicKey) || isSmallOrderEncoding(publicKey)) return false
  try {
    noble.Point.fromBytes(publicKey)
    return true
  } catch {
    return false
  }
}

/**
 * True if the key is canonical and lies in the subgroup of prime order, as every honestly made key does. Stricter
 * than verification needs; about 1 ms. For protocols that rely on the absence of torsion, such as a VRF.
 */
export function isPrimeOrderPublicKey(publicKey: Uint8Array): boolean {
  return isCanonicalPublicKey(publicKey) && noble.Point.fromBytes(publicKey).isTorsionFree()
}
