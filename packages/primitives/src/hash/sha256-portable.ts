import { compress, digest64, INITIAL_STATE } from './sha256-compression.ts'

/**
 * SHA-256 over bytes in plain TypeScript: any length, in at most two parts, without allocating but for the result.
 *
 * The scratch buffers are shared by all calls. That is sound because every function runs to its end before
 * another can start; nothing here awaits.
 */

const words = new Int32Array(64)
const state = new Int32Array(8)
/** Block of bytes that is not yet full; only used where the message does not lie on block boundaries. */
const pending = new Uint8Array(64)

function loadBlock(bytes: Uint8Array, offset: number): void {
  for (let i = 0, at = offset; i < 16; i++, at += 4)
    words[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
}

function storeState(output: Uint8Array, offset: number): void {
  for (let i = 0, at = offset; i < 8; i++, at += 4) {
    const word = state[i]!
    output[at] = word >>> 24
    output[at + 1] = word >>> 16
    output[at + 2] = word >>> 8
    output[at + 3] = word
  }
}

/** Feeds `bytes` after `filled` bytes already in `pending`; returns how many are pending afterwards. */
function absorb(bytes: Uint8Array, filled: number): number {
  let at = 0
  let used = filled
  if (used > 0) {
    const taken = Math.min(64 - used, bytes.length)
    for (; at < taken; at++) pending[used++] = bytes[at]!
    if (used < 64) return used
    loadBlock(pending, 0)
    compress(state, words)
    used = 0
  }
  for (; at + 64 <= bytes.length; at += 64) {
    loadBlock(bytes, at)
    compress(state, words)
  }
  for (; at < bytes.length; at++) pending[used++] = bytes[at]!
  return used
}

/** Padding and length (FIPS 180-4 §5.1.1) after `total` bytes of which `filled` are pending. */
function finish(filled: number, total: number, output: Uint8Array, offset: number): void {
  pending[filled] = 0x80
  let used = filled + 1
  if (used > 56) {
    pending.fill(0, used)
    loadBlock(pending, 0)
    compress(state, words)
    used = 0
  }
  pending.fill(0, used, 56)
  loadBlock(pending, 0)
  // The length is in bits and 64 bits wide; two 32-bit halves, since `total * 8` may pass 2^32.
  words[14] = Math.floor(total / 0x20000000)
  words[15] = (total * 8) | 0
  compress(state, words)
  storeState(output, offset)
}

/** SHA-256 of `first || second`, written at `output[offset .. offset + 31]`. `output` may overlap the input. */
export function portableSha256Into(
  first: Uint8Array,
  second: Uint8Array,
  output: Uint8Array,
  offset = 0,
): void {
  state.set(INITIAL_STATE)
  finish(absorb(second, absorb(first, 0)), first.length + second.length, output, offset)
}

const EMPTY = new Uint8Array(0)

/**
 * Pads the message whose last bytes `bytes[at ..]` follow `used` bytes (0 or 1) that already stand in `words[0]`, and stores the
 * digest. The tail goes straight into words: half of all messages here are shorter than two blocks, and moving their
 * bytes through `pending` would cost as much as a third of the compression.
 */
function finishWords(
  bytes: Uint8Array,
  at: number,
  used: number,
  total: number,
  output: Uint8Array,
  offset: number,
): void {
  let from = at
  let word = 0
  /** The word in which the message ends, as far as it is filled, and how many bits of it are free. */
  let last = 0
  let free = 32
  if (used === 1) {
    last = words[0]!
    free = 24
    for (; free > 0 && from < bytes.length; from++) {
      free -= 8
      last |= bytes[from]! << free
    }
    if (free === 0) {
      words[word++] = last
      last = 0
      free = 32
    }
  }
  for (; from + 4 <= bytes.length; from += 4)
    words[word++] =
      (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!
  for (; from < bytes.length; from++) {
    free -= 8
    last |= bytes[from]! << free
  }
  words[word++] = last | (0x80 << (free - 8))
  while (word < 14) words[word++] = 0
  if (word > 14) {
    if (word === 15) words[15] = 0
    compress(state, words)
    words.fill(0, 0, 14)
  }
  words[14] = Math.floor(total / 0x20000000)
  words[15] = (total * 8) | 0
  compress(state, words)
  storeState(output, offset)
}

/** SHA-256 of `data`, written at `output[offset .. offset + 31]`: for values that are hashed by the thousand. */
export function portableSha256At(data: Uint8Array, output: Uint8Array, offset: number): void {
  state.set(INITIAL_STATE)
  let at = 0
  for (; at + 64 <= data.length; at += 64) {
    loadBlock(data, at)
    compress(state, words)
  }
  finishWords(data, at, 0, data.length, output, offset)
}

/** SHA-256 of the byte `prefix` and then `data`, written at `output[offset .. offset + 31]`: the leaf of a Merkle log. */
export function portablePrefixedSha256At(
  prefix: number,
  data: Uint8Array,
  output: Uint8Array,
  offset: number,
): void {
  state.set(INITIAL_STATE)
  const { length } = data
  let at = 0
  let used = 1
  if (length >= 63) {
    // The prefix shifts every block by one byte against the data.
    words[0] = (prefix << 24) | (data[0]! << 16) | (data[1]! << 8) | data[2]!
    for (let i = 1, from = 3; i < 16; i++, from += 4)
      words[i] = (data[from]! << 24) | (data[from + 1]! << 16) | (data[from + 2]! << 8) | data[from + 3]!
    compress(state, words)
    for (at = 63; at + 64 <= length; at += 64) {
      loadBlock(data, at)
      compress(state, words)
    }
    used = 0
  } else words[0] = prefix << 24
  finishWords(data, at, used, length + 1, output, offset)
}

export function portableSha256(data: Uint8Array): Uint8Array {
  const output = new Uint8Array(32)
  if (data.length === 64) portableSha256Pairs(data, output)
  else portableSha256At(data, output, 0)
  return output
}

/** SHA-256 of each 64-byte block of `input` into the 32-byte entries of `output`. Lengths are the caller's duty. */
export function portableSha256Pairs(input: Uint8Array, output: Uint8Array): void {
  for (let from = 0, to = 0; from < input.length; from += 64, to += 32) {
    loadBlock(input, from)
    digest64(state, words)
    storeState(output, to)
  }
}

/** `steps` times x := SHA-256(x || tag), the value kept in words between the steps. */
export function portableHashChainWalk(
  preimage: Uint8Array,
  tag: Uint8Array,
  steps: number,
  output: Uint8Array,
): void {
  for (let i = 0, at = 0; i < 8; i++, at += 4)
    state[i] =
      (preimage[at]! << 24) | (preimage[at + 1]! << 16) | (preimage[at + 2]! << 8) | preimage[at + 3]!
  for (let i = 8, at = 0; i < 16; i++, at += 4)
    words[i] = (tag[at]! << 24) | (tag[at + 1]! << 16) | (tag[at + 2]! << 8) | tag[at + 3]!
  // Only entries 16..63 of `words` are scratch, so the tag survives every compression.
  for (let step = 0; step < steps; step++) {
    words.set(state)
    digest64(state, words)
  }
  storeState(output, 0)
}

/** RFC 2104 over SHA-256. Two passes of two parts each: no concatenation, no intermediate objects. */
export function portableHmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  const pad = new Uint8Array(64)
  if (key.length > 64) portableSha256Into(key, EMPTY, pad)
  else pad.set(key)
  for (let i = 0; i < 64; i++) pad[i]! ^= 0x36
  const output = new Uint8Array(32)
  portableSha256Into(pad, data, output)
  for (let i = 0; i < 64; i++) pad[i]! ^= 0x36 ^ 0x5c
  portableSha256Into(pad, output, output)
  return output
}
