import { ed25519, ed25519_hasher } from '@noble/curves/ed25519.js'
import { isCanonicalPointEncoding, isSmallOrderEncoding } from '../ed25519/verification-rule.ts'

/**
 * Arithmetic on edwards25519 with points as their 32 canonical bytes and scalars as integers in 0..L − 1: the
 * seam at which a native library takes over. Implementations give the same bytes and accept the same points.
 */
export interface EdwardsGroup {
  /** Shown in diagnostics: `noble` or `sodium-native`. */
  readonly name: string
  /** scalar · B. */
  multiplyBase(scalar: bigint): Uint8Array
  /** scalar · point; the point is in the prime-order subgroup. */
  multiply(point: Uint8Array, scalar: bigint): Uint8Array
  subtract(a: Uint8Array, b: Uint8Array): Uint8Array
  /** 8 · point for any bytes that encode a curve point canonically, else undefined. */
  clearCofactor(point: Uint8Array): Uint8Array | undefined
  /** True if the bytes encode, canonically, a point of the prime-order subgroup other than the identity. */
  isPrimeOrder(point: Uint8Array): boolean
}

const Point = ed25519.Point

/** L, the order of the subgroup. */
export const GROUP_ORDER = Point.Fn.ORDER

/** The neutral element, (0, 1). */
export const IDENTITY = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0))

export const nobleEdwardsGroup: EdwardsGroup = {
  name: 'noble',
  multiplyBase: (scalar) => (scalar === 0n ? IDENTITY.slice() : Point.BASE.multiply(scalar).toBytes()),
  multiply: (point, scalar) =>
    scalar === 0n ? IDENTITY.slice() : Point.fromBytes(point).multiply(scalar).toBytes(),
  subtract: (a, b) => Point.fromBytes(a).subtract(Point.fromBytes(b)).toBytes(),
  clearCofactor(point) {
    try {
      return Point.fromBytes(point).clearCofactor().toBytes()
    } catch {
      return undefined
    }
  },
  isPrimeOrder(point) {
    if (point.length !== 32 || !isCanonicalPointEncoding(point) || isSmallOrderEncoding(point)) return false
    try {
      return Point.fromBytes(point).isTorsionFree()
    } catch {
      return false
    }
  },
}

let current = nobleEdwardsGroup

export function vrfGroup(): EdwardsGroup {
  return current
}

/** Replaces the arithmetic under the VRF for the whole process. */
export function setVrfGroup(group: EdwardsGroup): void {
  current = group
}

/** RFC 9380 encode_to_curve, suite edwards25519_XMD:SHA-512_ELL2_NU_. Always on noble. */
export function encodeToCurveElligator2(message: Uint8Array, dst: Uint8Array): Uint8Array {
  return ed25519_hasher.encodeToCurve(message, { DST: dst }).toBytes()
}
