import { hmac } from '@noble/hashes/hmac.js'
import { sha256 as nobleSha256, sha512 as nobleSha512 } from '@noble/hashes/sha2.js'
import { type NodeCrypto, nodeCrypto } from './node-crypto.ts'
import {
  portableHashChainWalk,
  portableHmacSha256,
  portableSha256,
  portableSha256Pairs,
} from './sha256-portable.ts'

/**
 * Who computes the hashes. Every provider gives the same bytes; they differ in speed only, and the tests hold all
 * of them to the same vectors. Lengths have been checked before a provider is called.
 */
export interface HashProvider {
  /** Shown in diagnostics, e.g. `portable`, `node:crypto`, `hashtree`. */
  readonly name: string
  sha256(data: Uint8Array): Uint8Array
  sha512(data: Uint8Array): Uint8Array
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array
  /** `input` holds n × 64 bytes, `output` n × 32; they do not overlap. */
  sha256Pairs(input: Uint8Array, output: Uint8Array): void
  /** `steps` ≥ 0 times x := SHA-256(x || tag), starting at `preimage`; the result goes to `output` (32 bytes). */
  hashChainWalk(preimage: Uint8Array, tag: Uint8Array, steps: number, output: Uint8Array): void
}

/**
 * From this many bytes on, the platform's SHA-256 (hardware instructions, about 1.7 GB/s, but 0.8 µs per call)
 * beats the portable compression (0.22 µs per 64 bytes).
 */
const PLATFORM_SHA256_BYTES_MIN = 256

/** Runs anywhere. @noble/hashes serves what is long or rare. */
export const portableHashProvider: HashProvider = {
  name: 'portable',
  sha256: portableSha256,
  sha512: (data) => nobleSha512(data),
  hmacSha256: portableHmacSha256,
  sha256Pairs: portableSha256Pairs,
  hashChainWalk: portableHashChainWalk,
}

/** Nothing of ours: an independent implementation of the same interface, the oracle of the differential tests. */
export const nobleHashProvider: HashProvider = {
  name: 'noble',
  sha256: (data) => nobleSha256(data),
  sha512: (data) => nobleSha512(data),
  hmacSha256: (key, data) => hmac(nobleSha256, key, data),
  sha256Pairs(input, output) {
    for (let from = 0, to = 0; from < input.length; from += 64, to += 32)
      output.set(nobleSha256(input.subarray(from, from + 64)), to)
  },
  hashChainWalk(preimage, tag, steps, output) {
    const block = new Uint8Array(64)
    block.set(preimage)
    block.set(tag, 32)
    for (let step = 0; step < steps; step++) block.set(nobleSha256(block))
    output.set(block.subarray(0, 32))
  },
}

/** Node's library for what is long, the portable compression for what is short. */
export function createNodeHashProvider(crypto: NodeCrypto): HashProvider {
  return {
    ...portableHashProvider,
    name: 'node:crypto',
    sha256: (data) =>
      data.length < PLATFORM_SHA256_BYTES_MIN
        ? portableSha256(data)
        : plain(crypto.hash('sha256', data, 'buffer')),
    sha512: (data) => plain(crypto.hash('sha512', data, 'buffer')),
    hmacSha256: (key, data) =>
      data.length < PLATFORM_SHA256_BYTES_MIN
        ? portableHmacSha256(key, data)
        : plain(crypto.createHmac('sha256', key).update(data).digest()),
  }
}

/** A view without Buffer's own methods: its `slice` aliases where that of Uint8Array copies. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}

function platformHashProvider(): HashProvider {
  const crypto = nodeCrypto()
  return crypto?.hash === undefined ? portableHashProvider : createNodeHashProvider(crypto)
}

let current = platformHashProvider()

/** The provider in use; `node:crypto` where it exists, else portable, until `setHashProvider` is called. */
export function hashProvider(): HashProvider {
  return current
}

/** Replaces the provider for the whole process (each worker thread has its own). */
export function setHashProvider(provider: HashProvider): void {
  current = provider
}
