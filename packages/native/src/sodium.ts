/**
 * What we use of sodium-native 5.1.0 (MIT; libsodium, ISC). The functions assert the lengths of their arguments
 * and throw where libsodium returns an error.
 */
export interface Sodium {
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean
  /** True for canonical points of the prime-order subgroup that are not of small order. */
  crypto_core_ed25519_is_valid_point(point: Uint8Array): boolean
  crypto_core_ed25519_add(sum: Uint8Array, a: Uint8Array, b: Uint8Array): void
  crypto_core_ed25519_sub(difference: Uint8Array, a: Uint8Array, b: Uint8Array): void
  /** Throws if the scalar is 0 or the point is not in the prime-order subgroup. */
  crypto_scalarmult_ed25519_noclamp(product: Uint8Array, scalar: Uint8Array, point: Uint8Array): void
  /** Throws if the scalar is 0. */
  crypto_scalarmult_ed25519_base_noclamp(product: Uint8Array, scalar: Uint8Array): void
}
