import { nodeEngine } from './node.ts'
import { hmacPortable, sha256Portable } from './portable.ts'

/** One way to compute the two primitives of a macaroon. Both engines give the same bytes; a test holds them to it. */
export interface HashEngine {
  readonly name: 'node' | 'portable'
  /** Writes SHA-256(data) to the first 32 bytes of `out`. */
  sha256(data: Uint8Array, out: Uint8Array): void
  /** Writes HMAC-SHA256(key, message) to the first 32 bytes of `out`, which may be `key`. `key` is 32 bytes. */
  hmac(key: Uint8Array, message: Uint8Array, out: Uint8Array): void
}

export const portableEngine: HashEngine = { name: 'portable', sha256: sha256Portable, hmac: hmacPortable }

/** The fastest engine of this runtime, chosen once when the module loads. */
export const hashEngine: HashEngine = nodeEngine() ?? portableEngine

export function sha256(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(32)
  hashEngine.sha256(data, out)
  return out
}

/** HMAC-SHA256 with a key of at most 32 bytes, zero-padded as RFC 2104 does. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  // The chain only ever has 32-byte keys; a longer one would need the general padding and has no user here.
  if (key.length > 32) throw new RangeError('hmacSha256: keys of this package are at most 32 bytes')
  const padded = new Uint8Array(32)
  padded.set(key)
  const out = new Uint8Array(32)
  hashEngine.hmac(padded, message, out)
  return out
}
