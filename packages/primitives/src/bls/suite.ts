/**
 * BLS signatures on BLS12-381, minimal-pubkey-size, proof-of-possession scheme
 * (draft-irtf-cfrg-bls-signature-05 §4.2.3): public keys are 48 bytes in G1, signatures 96 bytes in G2.
 *
 * Aggregates over one message are only sound when every key has proved possession of its secret; otherwise an
 * attacker who registers pk = x·G1 − Σ pk_i signs for all. Register a key only after `bls.verifyPossession`.
 */
export const BLS_SIGNATURE_DST = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'
/** Another tag, so that no signature over a message is ever a proof of possession. */
export const BLS_POSSESSION_DST = 'BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'

export const BLS_SECRET_KEY_BYTES = 32
export const BLS_PUBLIC_KEY_BYTES = 48
export const BLS_SIGNATURE_BYTES = 96
/** Least entropy for key generation (draft §2.3); the most is a bound of ours. */
export const BLS_SEED_BYTES_MIN = 32
export const BLS_SEED_BYTES_MAX = 1024
/** Most keys in one aggregate, ten times the largest validator set planned for. */
export const BLS_AGGREGATE_KEYS_MAX = 100_000

/**
 * True if the bytes claim to be the point at infinity (or are flagged like it, which is malformed anyway): bit 6
 * of the first byte in the compressed form. No honest key or signature is, and with such a key anything verifies.
 */
export function isFlaggedInfinity(compressed: Uint8Array): boolean {
  return (compressed[0]! & 0x40) !== 0
}
