import type { HashEngine } from './engine.ts'

type OneShotHash = (algorithm: string, data: Uint8Array, encoding: 'binary') => string

/** Messages up to this length use prepared views; caveats and identifiers are shorter. */
const PREPARED_MESSAGE_BYTES = 512

/**
 * HMAC on Node's one-shot `crypto.hash`, called twice with the key pads.
 *
 * Measured on the machine of the benchmark for a 30-byte message: `createHmac` 8.7 µs, `crypto.hash` twice returning
 * buffers 1.6 µs, the portable path 0.85 µs, this 0.55 µs. The digest is taken as a Latin-1 string because Node makes
 * a string of 32 characters three times faster than a Buffer of 32 bytes.
 * Returns undefined where there is no such function: browsers, and Node before 20.12.
 */
export function nodeEngine(): HashEngine | undefined {
  const crypto = globalThis.process?.getBuiltinModule?.('node:crypto') as { hash?: OneShotHash } | undefined
  const hash = crypto?.hash
  if (hash === undefined) return undefined

  const outer = new Uint8Array(96)
  const pool = new Uint8Array(64 + PREPARED_MESSAGE_BYTES)
  outer.fill(0x5c, 32, 64)
  pool.fill(0x36, 32, 64)
  const viewByLength: (Uint8Array | undefined)[] = new Array(PREPARED_MESSAGE_BYTES + 1)

  function digestInto(data: Uint8Array, out: Uint8Array, offset: number): void {
    const digest = hash!('sha256', data, 'binary')
    for (let i = 0; i < 32; i++) out[offset + i] = digest.charCodeAt(i)
  }

  function innerBuffer(length: number): Uint8Array {
    if (length <= PREPARED_MESSAGE_BYTES) {
      viewByLength[length] ??= pool.subarray(0, 64 + length)
      return viewByLength[length]
    }
    return new Uint8Array(64 + length).fill(0x36, 32, 64)
  }

  return {
    name: 'node',
    sha256: (data, out) => digestInto(data, out, 0),
    hmac(key, message, out) {
      const inner = innerBuffer(message.length)
      for (let i = 0; i < 32; i++) {
        const byte = key[i]!
        inner[i] = byte ^ 0x36
        outer[i] = byte ^ 0x5c
      }
      inner.set(message, 64)
      digestInto(inner, outer, 64)
      digestInto(outer, out, 0)
    },
  }
}
