import { bls12_381 } from '@noble/curves/bls12-381.js'
import { expand, extract } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { InputLengthError } from '../hash/input-length.ts'
import { BLS_SEED_BYTES_MAX, BLS_SEED_BYTES_MIN } from './suite.ts'

const GROUP_ORDER = bls12_381.fields.Fr.ORDER
/** L = ceil(3 · ceil(log2 r) / 16): enough bytes that reduction modulo r leaves no bias (draft §2.3). */
const OKM_BYTES = 48
const KEY_INFO = Uint8Array.of(0, OKM_BYTES)

/**
 * KeyGen of draft-irtf-cfrg-bls-signature-05 §2.3 with an empty `key_info`, the same as EIP-2333's master key.
 * Returns the secret scalar, 32 bytes big-endian, in 1..r − 1. Errors: `INPUT_LENGTH`.
 */
export function blsSecretKeyFromSeed(seed: Uint8Array): Uint8Array {
  if (seed.length < BLS_SEED_BYTES_MIN || seed.length > BLS_SEED_BYTES_MAX)
    throw new InputLengthError('seed', `${BLS_SEED_BYTES_MIN} to ${BLS_SEED_BYTES_MAX}`, seed.length)
  const material = new Uint8Array(seed.length + 1)
  material.set(seed)
  let salt: Uint8Array = new TextEncoder().encode('BLS-SIG-KEYGEN-SALT-')
  let scalar = 0n
  // Zero has probability 2^-255; the loop is the specification's.
  while (scalar === 0n) {
    salt = sha256(salt)
    const okm = expand(sha256, extract(sha256, material, salt), KEY_INFO, OKM_BYTES)
    scalar = okm.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n) % GROUP_ORDER
  }
  material.fill(0)
  return Uint8Array.from({ length: 32 }, (_, i) => Number((scalar >> BigInt(8 * (31 - i))) & 0xffn))
}
