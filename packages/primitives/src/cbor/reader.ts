/**
 * Reads deterministic CBOR and refuses everything else: longer integer forms than needed, indefinite lengths,
 * tags, negative numbers, floats. Lengths are compared with what is left before anything is allocated.
 */
import { fromUtf8 } from '../bytes.ts'
import { SchemaError } from '../schema/error.ts'
import { MAJOR_BYTES, MAJOR_TEXT, MAJOR_UNSIGNED, SIMPLE_FALSE, SIMPLE_TRUE } from './writer.ts'

export class CborReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    // A plain view: on a Node Buffer `slice` would not copy.
    this.#bytes =
      bytes.constructor === Uint8Array
        ? bytes
        : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get remaining(): number {
    return this.#bytes.length - this.#at
  }

  get offset(): number {
    return this.#at
  }

  #take(count: number): number {
    if (count > this.#bytes.length - this.#at)
      throw new SchemaError('CBOR_TRUNCATED', `the input ends inside a value at byte ${this.#at}`)
    const at = this.#at
    this.#at += count
    return at
  }

  /** The argument of a head of the given major type, as a number; throws if it exceeds 2^53 − 1. */
  head(major: number): number {
    const initial = this.#bytes[this.#take(1)] ?? 0
    if (initial >> 5 !== major)
      throw new SchemaError(
        'CBOR_TYPE_MISMATCH',
        `expected CBOR major type ${major}, found ${initial >> 5} at byte ${this.#at - 1}`,
      )
    const info = initial & 0x1f
    if (info < 24) return info
    let value: number
    let least: number
    if (info === 24) {
      value = this.#bytes[this.#take(1)] ?? 0
      least = 24
    } else if (info === 25) {
      value = this.#view.getUint16(this.#take(2))
      least = 0x100
    } else if (info === 26) {
      value = this.#view.getUint32(this.#take(4))
      least = 0x10000
    } else if (info === 27) {
      const at = this.#take(8)
      value = this.#view.getUint32(at) * 0x100000000 + this.#view.getUint32(at + 4)
      least = 0x100000000
    } else {
      throw new SchemaError(
        'CBOR_NOT_CANONICAL',
        `indefinite length or reserved head at byte ${this.#at - 1}`,
      )
    }
    if (value < least)
      throw new SchemaError('CBOR_NOT_CANONICAL', `integer not in its shortest form before byte ${this.#at}`)
    if (value > Number.MAX_SAFE_INTEGER)
      throw new SchemaError('SCHEMA_BOUND_EXCEEDED', `integer above 2^53 - 1 before byte ${this.#at}`)
    return value
  }

  /** An unsigned integer up to 2^64 − 1. */
  unsigned(): bigint {
    if ((this.#bytes[this.#at] ?? 0) !== 27) return BigInt(this.head(MAJOR_UNSIGNED))
    const value = this.#view.getBigUint64(this.#take(9) + 1)
    if (value < 0x100000000n)
      throw new SchemaError('CBOR_NOT_CANONICAL', `integer not in its shortest form before byte ${this.#at}`)
    return value
  }

  /** A copy, so that a decoded value never aliases a network buffer. */
  byteString(lengthMax: number): Uint8Array {
    const length = this.head(MAJOR_BYTES)
    if (length > lengthMax)
      throw new SchemaError(
        'SCHEMA_BOUND_EXCEEDED',
        `byte string of ${length} bytes, at most ${lengthMax} allowed`,
      )
    const at = this.#take(length)
    return this.#bytes.slice(at, at + length)
  }

  textString(bytesMax: number): string {
    const length = this.head(MAJOR_TEXT)
    if (length > bytesMax)
      throw new SchemaError('SCHEMA_BOUND_EXCEEDED', `text of ${length} bytes, at most ${bytesMax} allowed`)
    const at = this.#take(length)
    return fromUtf8(this.#bytes.subarray(at, at + length))
  }

  boolean(): boolean {
    const byte = this.#bytes[this.#take(1)]
    if (byte === SIMPLE_TRUE) return true
    if (byte === SIMPLE_FALSE) return false
    throw new SchemaError('CBOR_TYPE_MISMATCH', `expected true or false at byte ${this.#at - 1}`)
  }
}
