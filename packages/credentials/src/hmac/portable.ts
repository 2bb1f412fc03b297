import { compressSha256, SHA256_INITIAL_STATE } from '@symbolon/primitives'

/**
 * SHA-256 and HMAC-SHA256 (RFC 2104) in plain JavaScript: what a browser runs, and the reference for the Node path.
 *
 * Cost: about 0.2 µs per 64-byte block on the machine of the benchmark, so 0.8 µs for an HMAC over a short message
 * (key block and message, inner and outer).
 */
const schedule = new Int32Array(64)
const inner = new Int32Array(8)
const outer = new Int32Array(8)
const keyWords = new Int32Array(16)

/** Absorbs `data` and the padding; `prefixBlocks` blocks went before it. Leaves the digest in `state`. */
function finish(state: Int32Array, data: Uint8Array, prefixBlocks: number): void {
  const length = data.length
  let offset = 0
  for (; offset + 64 <= length; offset += 64) {
    loadWords(data, offset, 16)
    compressSha256(state, schedule)
  }
  const rest = length - offset
  const words = rest >>> 2
  loadWords(data, offset, words)
  let last = 0x80 << (24 - (rest & 3) * 8)
  for (let i = 0; i < (rest & 3); i++) last |= data[offset + words * 4 + i]! << (24 - i * 8)
  schedule[words] = last
  let next = words + 1
  // The 64-bit length needs the last two words; without room for them the padding takes a block of its own.
  if (next > 14) {
    while (next < 16) schedule[next++] = 0
    compressSha256(state, schedule)
    next = 0
  }
  while (next < 14) schedule[next++] = 0
  const bits = (length + prefixBlocks * 64) * 8
  schedule[14] = Math.floor(bits / 0x1_0000_0000)
  schedule[15] = bits | 0
  compressSha256(state, schedule)
}

function loadWords(data: Uint8Array, offset: number, count: number): void {
  for (let i = 0, at = offset; i < count; i++, at += 4)
    schedule[i] = (data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!
}

function store(state: Int32Array, out: Uint8Array): void {
  for (let i = 0, at = 0; i < 8; i++, at += 4) {
    const word = state[i]!
    out[at] = word >>> 24
    out[at + 1] = word >>> 16
    out[at + 2] = word >>> 8
    out[at + 3] = word
  }
}

/** Writes SHA-256(data) to the first 32 bytes of `out`. */
export function sha256Portable(data: Uint8Array, out: Uint8Array): void {
  inner.set(SHA256_INITIAL_STATE)
  finish(inner, data, 0)
  store(inner, out)
}

/** Writes HMAC-SHA256(key, message) to `out`, which may be `key` itself. `key` is 32 bytes. */
export function hmacPortable(key: Uint8Array, message: Uint8Array, out: Uint8Array): void {
  for (let i = 0, at = 0; i < 8; i++, at += 4)
    keyWords[i] = (key[at]! << 24) | (key[at + 1]! << 16) | (key[at + 2]! << 8) | key[at + 3]!
  inner.set(SHA256_INITIAL_STATE)
  for (let i = 0; i < 16; i++) schedule[i] = keyWords[i]! ^ 0x36363636
  compressSha256(inner, schedule)
  finish(inner, message, 1)

  outer.set(SHA256_INITIAL_STATE)
  for (let i = 0; i < 16; i++) schedule[i] = keyWords[i]! ^ 0x5c5c5c5c
  compressSha256(outer, schedule)
  // The outer message is exactly one digest: 8 words, the end mark, and a length of (64 + 32) * 8 bits.
  schedule.set(inner, 0)
  schedule[8] = 0x80000000 | 0
  schedule.fill(0, 9, 15)
  schedule[15] = 768
  compressSha256(outer, schedule)
  store(outer, out)
}
