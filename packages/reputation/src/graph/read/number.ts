/** Decimal numbers from bytes. */

const DECODER = new TextDecoder()
/** Powers of ten that are doubles: one division by them rounds once. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))
const DIGITS_EXACT = 15

const MINUS = 45
const PLUS = 43
const DOT = 46

/**
 * The double nearest to the decimal number that the bytes spell; NaN if they spell none. Up to 15 digits, which is nearly
 * every number of every file, are read without a string.
 */
export function parseNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  const negative = bytes[at] === MINUS
  if (negative || bytes[at] === PLUS) at++
  let mantissa = 0
  let digits = 0
  let decimals = -1
  for (; at < end; at++) {
    const byte = bytes[at]!
    if (byte >= 48 && byte <= 57) {
      mantissa = mantissa * 10 + byte - 48
      digits++
      if (decimals >= 0) decimals++
    } else if (byte === DOT && decimals < 0) decimals = 0
    else return slow(bytes, start, end)
  }
  if (digits === 0) return Number.NaN
  if (digits > DIGITS_EXACT) return slow(bytes, start, end)
  const magnitude = decimals > 0 ? mantissa / POWERS[decimals]! : mantissa
  return negative ? -magnitude : magnitude
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

function slow(bytes: Uint8Array, start: number, end: number): number {
  const text = DECODER.decode(bytes.subarray(start, end))
  return DECIMAL.test(text) ? Number(text) : Number.NaN
}
