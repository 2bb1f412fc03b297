/**
 * The one Ed25519 verification rule of Symbolon, and the parts of it that are checked on bytes alone.
 *
 * RFC 8032 leaves edge cases open, and implementations disagree on hundreds of them; in a ledger, each such
 * signature forks the history. A signature (R, S) by the key A over the message M is valid if and only if
 *
 *  1. the signature has 64 bytes, the key 32;
 *  2. S < L, little-endian (otherwise S + L would be a second signature);
 *  3. R is not the encoding of a point of small order, canonical or not;
 *  4. A is encoded canonically (y < 2^255 − 19), lies on the curve, and is not of small order;
 *  5. encode(S·B − k·A) equals the bytes of R, where k = SHA-512(R ‖ A ‖ M) mod L. No multiplication by the
 *     cofactor; since the left side is encoded canonically, no other encoding of R passes.
 *
 * Keys with a torsion component (mixed order) are accepted when the equation holds exactly.
 *
 * Measured: libsodium 1.0.22 (libsodium-wrappers-sumo 0.8.4), 1.0.21 (sodium-native 5.1.0), OpenSSL 3.5.8 implement
 * it: the same 43 of the 914 C2SP/CCTV vectors pass in each, those without a small-order point, a non-canonical
 * encoding or a torsion residue; and of 512 signatures built over all 64 combinations of torsion in A and R,
 * exactly those for which equation 5 holds. @noble/curves' own `verify` multiplies by the cofactor and is not
 * used. A later release of any of them may differ, so every provider runs the byte checks below as well, and the
 * compliance suite holds it to the vectors.
 */

export const SIGNATURE_BYTES = 64
export const PUBLIC_KEY_BYTES = 32
export const SEED_BYTES = 32

/** L = 2^252 + 27742317777372353535851937790883648493, the order of the base point; little-endian. */
const GROUP_ORDER = Uint8Array.of(
  0xed,
  0xd3,
  0xf5,
  0x5c,
  0x1a,
  0x63,
  0x12,
  0x58,
  0xd6,
  0x9c,
  0xf7,
  0xa2,
  0xde,
  0xf9,
  0xde,
  0x14,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0x10,
)

/**
 * y coordinates of order-8 points, both of them; the other small-order ones are 0, 1 and p − 1, and the
 * non-canonical spellings p and p + 1 of the first two.
 */
const ORDER_8_Y: readonly Uint8Array[] = [
  Uint8Array.of(
    0x26,
    0xe8,
    0x95,
    0x8f,
    0xc2,
    0xb2,
    0x27,
    0xb0,
    0x45,
    0xc3,
    0xf4,
    0x89,
    0xf2,
    0xef,
    0x98,
    0xf0,
    0xd5,
    0xdf,
    0xac,
    0x05,
    0xd3,
    0xc6,
    0x33,
    0x39,
    0xb1,
    0x38,
    0x02,
    0x88,
    0x6d,
    0x53,
    0xfc,
    0x05,
  ),
  Uint8Array.of(
    0xc7,
    0x17,
    0x6a,
    0x70,
    0x3d,
    0x4d,
    0xd8,
    0x4f,
    0xba,
    0x3c,
    0x0b,
    0x76,
    0x0d,
    0x10,
    0x67,
    0x0f,
    0x2a,
    0x20,
    0x53,
    0xfa,
    0x2c,
    0x39,
    0xcc,
    0xc6,
    0x4e,
    0xc7,
    0xfd,
    0x77,
    0x92,
    0xac,
    0x03,
    0x7a,
  ),
]

/** True if the 32 bytes at `offset` are a scalar below L. */
export function isCanonicalScalar(bytes: Uint8Array, offset = 0): boolean {
  // An honest S is uniform below 2^252 + 2^125, so the top byte alone decides for all but a negligible share.
  const top = bytes[offset + 31]!
  if (top < 0x10) return true
  for (let i = 31; i >= 0; i--) {
    const difference = bytes[offset + i]! - GROUP_ORDER[i]!
    if (difference !== 0) return difference < 0
  }
  return false
}

/** True if bytes 1..30 at `offset` all equal `filler` and byte 31, without the sign bit, equals `top`. */
function isFilled(bytes: Uint8Array, offset: number, filler: number, top: number): boolean {
  for (let i = 1; i < 31; i++) if (bytes[offset + i] !== filler) return false
  return (bytes[offset + 31]! & 0x7f) === top
}

/** True if the 32 bytes at `offset` encode y < p = 2^255 − 19. Says nothing about the curve. */
export function isCanonicalPointEncoding(bytes: Uint8Array, offset = 0): boolean {
  return bytes[offset]! < 0xed || !isFilled(bytes, offset, 0xff, 0x7f)
}

/** True if the 32 bytes at `offset` encode, canonically or not, one of the eight points of small order. */
export function isSmallOrderEncoding(bytes: Uint8Array, offset = 0): boolean {
  // One comparison decides for 249 of 256 honest points.
  switch (bytes[offset]) {
    case 0x00:
    case 0x01:
      return isFilled(bytes, offset, 0x00, 0x00)
    case 0xec:
    case 0xed:
    case 0xee:
      return isFilled(bytes, offset, 0xff, 0x7f)
    case 0x26:
      return hasCoordinate(bytes, offset, ORDER_8_Y[0]!)
    case 0xc7:
      return hasCoordinate(bytes, offset, ORDER_8_Y[1]!)
    default:
      return false
  }
}

function hasCoordinate(bytes: Uint8Array, offset: number, y: Uint8Array): boolean {
  for (let i = 0; i < 31; i++) if (bytes[offset + i] !== y[i]) return false
  return (bytes[offset + 31]! & 0x7f) === y[31]
}

/** Rules 1 to 4, but for the curve equation: what every provider checks before any arithmetic. */
export function passesByteChecks(signature: Uint8Array, publicKey: Uint8Array): boolean {
  return (
    signature.length === SIGNATURE_BYTES &&
    publicKey.length === PUBLIC_KEY_BYTES &&
    isCanonicalScalar(signature, 32) &&
    !isSmallOrderEncoding(signature) &&
    isCanonicalPointEncoding(publicKey) &&
    !isSmallOrderEncoding(publicKey)
  )
}
