import { type EdwardsGroup, IDENTITY, isCanonicalPointEncoding } from '@symbolon/primitives'
import type { Sodium } from './sodium.ts'

function littleEndian(scalar: bigint): Uint8Array {
  const bytes = new Uint8Array(32)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < 4; i++) view.setBigUint64(8 * i, (scalar >> BigInt(64 * i)) & 0xffffffffffffffffn, true)
  return bytes
}

/**
 * edwards25519 on libsodium, under the VRF. libsodium refuses what would give the identity; those cases are
 * answered here, so that the result equals that of the portable group for every input.
 */
export function createSodiumGroup(sodium: Sodium): EdwardsGroup {
  return {
    name: 'sodium-native',
    multiplyBase(scalar) {
      if (scalar === 0n) return IDENTITY.slice()
      const product = new Uint8Array(32)
      sodium.crypto_scalarmult_ed25519_base_noclamp(product, littleEndian(scalar))
      return product
    },
    multiply(point, scalar) {
      if (scalar === 0n) return IDENTITY.slice()
      const product = new Uint8Array(32)
      sodium.crypto_scalarmult_ed25519_noclamp(product, littleEndian(scalar), point)
      return product
    },
    subtract(a, b) {
      const difference = new Uint8Array(32)
      sodium.crypto_core_ed25519_sub(difference, a, b)
      return difference
    },
    clearCofactor(point) {
      if (!isCanonicalPointEncoding(point)) return undefined
      const double = new Uint8Array(32)
      try {
        sodium.crypto_core_ed25519_add(double, point, point)
      } catch {
        return undefined // not on the curve
      }
      sodium.crypto_core_ed25519_add(double, double, double)
      sodium.crypto_core_ed25519_add(double, double, double)
      return double
    },
    isPrimeOrder: (point) => point.length === 32 && sodium.crypto_core_ed25519_is_valid_point(point),
  }
}
