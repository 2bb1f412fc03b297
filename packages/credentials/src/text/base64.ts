/**
 * Strict base64 (RFC 4648 §4 and §5). Credentials meet both alphabets, with and without padding, in the wild; all
 * are read, but a value has one meaning: mixed alphabets, wrong padding, and non-zero spare bits are refused.
 */
const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const INVALID = 255
const VALUE = new Uint8Array(128).fill(INVALID)
for (let i = 0; i < 64; i++) {
  VALUE[STANDARD.charCodeAt(i)] = i
  VALUE[URL_SAFE.charCodeAt(i)] = i
}

/** Bytes of `text`, or undefined if it is not base64 in either alphabet. */
export function decodeBase64(text: string): Uint8Array | undefined {
  let length = text.length
  let padding = 0
  while (padding < 2 && length > 0 && text.charCodeAt(length - 1) === 0x3d) {
    length--
    padding++
  }
  const spare = length % 4
  if (spare === 1 || (padding > 0 && (length + padding) % 4 !== 0)) return undefined
  const out = new Uint8Array((length * 3) >>> 2)
  let bits = 0
  let bitCount = 0
  let at = 0
  let alphabets = 0
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    const value = code < 128 ? VALUE[code]! : INVALID
    if (value === INVALID) return undefined
    if (value >= 62) alphabets |= code === 0x2b || code === 0x2f ? 1 : 2
    bits = (bits << 6) | value
    bitCount += 6
    if (bitCount >= 8) {
      bitCount -= 8
      out[at++] = bits >>> bitCount
      bits &= (1 << bitCount) - 1
    }
  }
  // Bits left over must be zero, or two texts would mean the same bytes.
  return bits !== 0 || alphabets === 3 ? undefined : out
}

function encode(bytes: Uint8Array, alphabet: string, padded: boolean): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const rest = bytes.length - i
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text += alphabet[group >>> 18]! + alphabet[(group >>> 12) & 63]!
    text += rest > 1 ? alphabet[(group >>> 6) & 63]! : padded ? '=' : ''
    text += rest > 2 ? alphabet[group & 63]! : padded ? '=' : ''
  }
  return text
}

/** Standard alphabet with padding: what the L402 headers carry. */
export function encodeBase64(bytes: Uint8Array): string {
  return encode(bytes, STANDARD, true)
}

/** URL-safe alphabet without padding: what fits into an auth-param or a path. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encode(bytes, URL_SAFE, false)
}
