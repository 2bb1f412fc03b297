/** Bytes of a string whose characters are all below 256; callers have checked that they are. */
export function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/** The string of `bytes[start, end)`, one character per byte. Short runs only: it builds the string piecewise. */
export function asciiString(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = ''
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!)
  return text
}

/** True if every character is visible ASCII (0x21-0x7e) other than the quote and the backslash. */
export function isPlainText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x21 || code > 0x7e || code === 0x22 || code === 0x5c) return false
  }
  return true
}
