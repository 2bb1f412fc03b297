import { keccak_256 } from '@noble/hashes/sha3.js'
import { InputLengthError } from './input-length.ts'
import { hashProvider } from './provider.ts'
import { portableSha256At } from './sha256-portable.ts'

/** FIPS 180-4 SHA-256, 32 bytes. */
export function sha256(data: Uint8Array): Uint8Array {
  return hashProvider().sha256(data)
}

/**
 * SHA-256 of `data`, written at `output[offset .. offset + 31]`, which must be there. For short values by the thousand: it
 * allocates nothing, and up to some 200 bytes no call into a library is faster.
 */
export function sha256At(data: Uint8Array, output: Uint8Array, offset: number): void {
  portableSha256At(data, output, offset)
}

/** FIPS 180-4 SHA-512, 64 bytes. */
export function sha512(data: Uint8Array): Uint8Array {
  return hashProvider().sha512(data)
}

/** Keccak-256 with the original padding, as Ethereum uses it; not SHA3-256. 32 bytes. */
export function keccak256(data: Uint8Array): Uint8Array {
  return keccak_256(data)
}

/** RFC 2104 HMAC with SHA-256, 32 bytes. Any key length; keys over 64 bytes are hashed first. */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  return hashProvider().hmacSha256(key, data)
}

/**
 * SHA-256 of each 64-byte block of `input`, written in order to the 32-byte entries of `output`: one level of a
 * binary Merkle trie per call. About 0.04 µs per block natively in runs of thousands, 0.4 µs portable.
 * The two arrays must not overlap.
 *
 * Errors: `INPUT_LENGTH` if `input` is not a multiple of 64 bytes, or `output` not exactly half as long.
 */
export function sha256Pairs(input: Uint8Array, output: Uint8Array): void {
  if (input.length % 64 !== 0) throw new InputLengthError('input', 'a multiple of 64', input.length)
  if (output.length * 2 !== input.length)
    throw new InputLengthError('output', `half of the input (${input.length / 2})`, output.length)
  if (input.length > 0) hashProvider().sha256Pairs(input, output)
}
