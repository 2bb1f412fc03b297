/** 32-byte hashes, branded so that a key or a preimage is not passed for one by accident. */
import { SymbolonError } from '../errors.ts'
import { fixedBytes, refine, type Schema } from '../schema/index.ts'

export const HASH_BYTES = 32
export type Hash = Uint8Array & { readonly __brand: 'Hash' }

export function asHash(bytes: Uint8Array): Hash {
  if (bytes.length !== HASH_BYTES)
    throw new SymbolonError('HASH_MALFORMED', `a hash has 32 bytes, not ${bytes.length}`)
  return bytes as Hash
}

/** The schema of a hash: 32 bytes; 64 hexadecimal digits in JSON. */
export const hash: Schema<Hash> = refine('hash', fixedBytes(HASH_BYTES, 'hash'), asHash)

/** The frame field of things that belong to no frame. */
export const NO_FRAME = new Uint8Array(HASH_BYTES) as Hash

/** A 32-byte value as a Map key (Latin-1, half as long as hexadecimal). */
export function hashKey(bytes: Uint8Array): string {
  return String.fromCharCode.apply(null, bytes as unknown as number[])
}
