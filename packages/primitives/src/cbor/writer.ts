/**
 * Writes deterministic CBOR (RFC 8949 §4.2.1): shortest integers, definite lengths. The caller (a schema) emits
 * map keys in ascending order; the writer knows only heads and bytes.
 */
const textEncoder = new TextEncoder()

export const MAJOR_UNSIGNED = 0
export const MAJOR_BYTES = 2
export const MAJOR_TEXT = 3
export const MAJOR_ARRAY = 4
export const MAJOR_MAP = 5
export const SIMPLE_FALSE = 0xf4
export const SIMPLE_TRUE = 0xf5

const BYTES_INITIAL = 512

export class CborWriter {
  #bytes = new Uint8Array(BYTES_INITIAL)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  /** Makes room and returns where. It may replace the buffer, so call it before `#bytes` is read, never inside an index. */
  #reserve(count: number): number {
    const needed = this.#length + count
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
      grown.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = grown
      this.#view = new DataView(grown.buffer)
    }
    const at = this.#length
    this.#length = needed
    return at
  }

  /** A major type with its argument, 0 … 2^53 − 1, in the shortest form. */
  head(major: number, argument: number): void {
    const type = major << 5
    if (argument < 24) {
      const at = this.#reserve(1)
      this.#bytes[at] = type | argument
    } else if (argument < 0x100) {
      const at = this.#reserve(2)
      this.#bytes[at] = type | 24
      this.#bytes[at + 1] = argument
    } else if (argument < 0x10000) {
      const at = this.#reserve(3)
      this.#bytes[at] = type | 25
      this.#view.setUint16(at + 1, argument)
    } else if (argument < 0x100000000) {
      const at = this.#reserve(5)
      this.#bytes[at] = type | 26
      this.#view.setUint32(at + 1, argument)
    } else {
      const at = this.#reserve(9)
      this.#bytes[at] = type | 27
      this.#view.setUint32(at + 1, Math.floor(argument / 0x100000000))
      this.#view.setUint32(at + 5, argument >>> 0)
    }
  }

  /** An unsigned integer up to 2^64 − 1. */
  unsigned(value: bigint): void {
    if (value <= 9007199254740991n) {
      this.head(MAJOR_UNSIGNED, Number(value))
      return
    }
    const at = this.#reserve(9)
    this.#bytes[at] = 27
    this.#view.setBigUint64(at + 1, value)
  }

  byteString(value: Uint8Array): void {
    this.head(MAJOR_BYTES, value.length)
    const at = this.#reserve(value.length)
    this.#bytes.set(value, at)
  }

  textString(value: string): void {
    const encoded = textEncoder.encode(value)
    this.head(MAJOR_TEXT, encoded.length)
    const at = this.#reserve(encoded.length)
    this.#bytes.set(encoded, at)
  }

  boolean(value: boolean): void {
    const at = this.#reserve(1)
    this.#bytes[at] = value ? SIMPLE_TRUE : SIMPLE_FALSE
  }

  /** Copies what was written and makes the writer empty again, so that one writer serves many values. */
  finish(): Uint8Array {
    const result = this.#bytes.slice(0, this.#length)
    this.#length = 0
    return result
  }

  /** Forgets a half-written value (a schema refused part of it). */
  reset(): void {
    this.#length = 0
  }
}
