import { aggregateSize } from './errors.ts'
import { BlsKeyPair } from './key-pair.ts'
import { verifyUnder } from './noble-provider.ts'
import { type BlsSignedBy, blsProvider } from './provider.ts'
import { BLS_AGGREGATE_KEYS_MAX, BLS_POSSESSION_DST } from './suite.ts'

function requireAggregateSize(count: number): void {
  if (count < 1 || count > BLS_AGGREGATE_KEYS_MAX) throw aggregateSize(count, BLS_AGGREGATE_KEYS_MAX)
}

/** BLS signatures, proof-of-possession scheme: see `suite.ts`. Verification answers false, never an error. */
export const bls = {
  /** `seed`: 32 to 1024 random bytes. Errors: `INPUT_LENGTH`. */
  generateKeyPair(seed: Uint8Array): BlsKeyPair {
    return new BlsKeyPair(seed)
  },

  sign(message: Uint8Array, keyPair: BlsKeyPair): Uint8Array {
    return keyPair.sign(message)
  },

  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
    return blsProvider().verify(signature, message, publicKey)
  },

  /** KeyValidate (draft §2.5): canonical, on the curve, in the subgroup, not infinity. */
  isValidPublicKey(publicKey: Uint8Array): boolean {
    return blsProvider().isValidPublicKey(publicKey)
  },

  /** PopVerify (draft §3.3.3), which also validates the key. About 20 ms; once per registration. */
  verifyPossession(proof: Uint8Array, publicKey: Uint8Array): boolean {
    return verifyUnder(BLS_POSSESSION_DST, proof, publicKey, publicKey)
  },

  /**
   * One signature for many. `alreadyVerified` skips the subgroup test of each (the bulk of the cost) and is right
   * only for signatures that `verify` or `verifySameMessage` has accepted.
   * Errors, in this order: `BLS_AGGREGATE_SIZE`, `BLS_SIGNATURE_INVALID`.
   */
  aggregateSignatures(
    signatures: readonly Uint8Array[],
    options: { alreadyVerified?: boolean } = {},
  ): Uint8Array {
    requireAggregateSize(signatures.length)
    return blsProvider().aggregateSignatures(signatures, options.alreadyVerified !== true)
  },

  /** Errors, in this order: `BLS_AGGREGATE_SIZE`, `BLS_PUBLIC_KEY_INVALID`. */
  aggregatePublicKeys(publicKeys: readonly Uint8Array[]): Uint8Array {
    requireAggregateSize(publicKeys.length)
    return blsProvider().aggregatePublicKeys(publicKeys)
  },

  /**
   * FastAggregateVerify (draft §3.3.4): all of `publicKeys` signed `message`. Sound only for keys whose possession
   * was proved. False for no keys, and for more than `BLS_AGGREGATE_KEYS_MAX`. Duplicates count as often as they
   * occur: the caller decides who may sign.
   */
  fastAggregateVerify(
    signature: Uint8Array,
    message: Uint8Array,
    publicKeys: readonly Uint8Array[],
  ): boolean {
    if (publicKeys.length < 1 || publicKeys.length > BLS_AGGREGATE_KEYS_MAX) return false
    return blsProvider().fastAggregateVerify(signature, message, publicKeys)
  },

  /**
   * True if every signature over `message` is valid: about 0.1 ms each natively. On false, verify singly to find
   * the culprit. False for no items, and for more than `BLS_AGGREGATE_KEYS_MAX`.
   */
  verifySameMessage(message: Uint8Array, items: readonly BlsSignedBy[]): boolean {
    if (items.length < 1 || items.length > BLS_AGGREGATE_KEYS_MAX) return false
    return blsProvider().verifySameMessage(message, items)
  },
} as const
