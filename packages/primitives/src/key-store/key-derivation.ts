import { argon2id } from '@noble/hashes/argon2.js'
import { nodeCrypto } from '../hash/node-crypto.ts'
import { outOfBounds } from './errors.ts'
import {
  KEY_STORE_MEMORY_KIB_MAX,
  KEY_STORE_MEMORY_KIB_MIN,
  KEY_STORE_PARALLELISM_MAX,
  KEY_STORE_PASSES_MAX,
  KEY_STORE_PASSWORD_BYTES_MAX,
} from './limits.ts'

/** Cost of Argon2id, written into the file. */
export interface KeyDerivationParameters {
  /** Memory in KiB. */
  memoryKiB: number
  /** Passes over that memory (RFC 9106: t). */
  passes: number
  /** Lanes (RFC 9106: p). */
  parallelism: number
}

/** RFC 9106 §4, the second recommended option: 64 MiB, 3 passes, 4 lanes. About 0.2 s on Node, seconds in a browser. */
export const KEY_DERIVATION_DEFAULT: Readonly<KeyDerivationParameters> = Object.freeze({
  memoryKiB: 64 * 1024,
  passes: 3,
  parallelism: 4,
})

function requireBetween(name: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw outOfBounds(name, value, `an integer from ${least} to ${most}`)
}

/** Throws `KEY_STORE_PARAMETER_OUT_OF_BOUNDS`; before any memory is taken. */
export function requireKeyDerivationBounds({
  memoryKiB,
  passes,
  parallelism,
}: KeyDerivationParameters): void {
  requireBetween('memoryKiB', memoryKiB, KEY_STORE_MEMORY_KIB_MIN, KEY_STORE_MEMORY_KIB_MAX)
  requireBetween('passes', passes, 1, KEY_STORE_PASSES_MAX)
  requireBetween('parallelism', parallelism, 1, KEY_STORE_PARALLELISM_MAX)
}

/** UTF-8 of the NFKC form, so that the same password typed on another keyboard is the same password. */
export function passwordBytes(password: string): Uint8Array {
  const bytes = new TextEncoder().encode(password.normalize('NFKC'))
  if (bytes.length < 1 || bytes.length > KEY_STORE_PASSWORD_BYTES_MAX)
    throw outOfBounds('password length in bytes', bytes.length, `from 1 to ${KEY_STORE_PASSWORD_BYTES_MAX}`)
  return bytes
}

/**
 * Argon2id version 0x13 (RFC 9106), 32 bytes. Node's own where it has one (24.7 and later), else noble: the same
 * bytes, some twenty times slower. Bounds are the caller's duty.
 */
export function deriveKey(
  password: Uint8Array,
  salt: Uint8Array,
  { memoryKiB, passes, parallelism }: KeyDerivationParameters,
  crypto = nodeCrypto(),
): Uint8Array {
  if (typeof crypto?.argon2Sync !== 'function')
    return argon2id(password, salt, { t: passes, m: memoryKiB, p: parallelism, dkLen: 32 })
  const derived = crypto.argon2Sync('argon2id', {
    message: password,
    nonce: salt,
    parallelism,
    tagLength: 32,
    memory: memoryKiB,
    passes,
  })
  return new Uint8Array(derived)
}
