/** Scalars: bounded integers, booleans, text, byte strings, enumerations. */
import { AMOUNT_MAX, type Amount } from '../amount.ts'
import { fromHex, toHex } from '../bytes.ts'
import { MAJOR_UNSIGNED } from '../cbor/writer.ts'
import { boundExceeded, mismatch } from './error.ts'
import type { Schema } from './schema.ts'

/** An unsigned integer that fits a JavaScript number: 0 … max ≤ 2^53 − 1. */
export function uint(max: number = Number.MAX_SAFE_INTEGER, name = 'integer'): Schema<number> {
  const check = (value: unknown, path: string): number => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
      throw mismatch(path, 'an unsigned integer')
    if (value > max) throw boundExceeded(path, `${value} is above the maximum of ${max}`)
    return value
  }
  return {
    name,
    encodeTo: (writer, value) => writer.head(MAJOR_UNSIGNED, check(value, name)),
    decodeFrom: (reader) => check(reader.head(MAJOR_UNSIGNED), name),
    toJson: (value) => value,
    fromJson: check,
    jsonSchema: () => ({ type: 'integer', minimum: 0, maximum: max }),
  }
}

/** An unsigned 64-bit integer as `bigint`; a decimal string in JSON, because JSON numbers lose precision. */
export function u64(name = 'integer', max: bigint = AMOUNT_MAX): Schema<bigint> {
  const check = (value: unknown, path: string): bigint => {
    if (typeof value !== 'bigint' || value < 0n) throw mismatch(path, 'an unsigned 64-bit bigint')
    if (value > max) throw boundExceeded(path, `${value} is above the maximum of ${max}`)
    return value
  }
  return {
    name,
    encodeTo: (writer, value) => writer.unsigned(check(value, name)),
    decodeFrom: (reader) => check(reader.unsigned(), name),
    toJson: (value) => value.toString(),
    fromJson: (json, path) => {
      if (typeof json !== 'string' || !/^(0|[1-9]\d{0,19})$/.test(json))
        throw mismatch(path, 'a decimal string')
      return check(BigInt(json), path)
    },
    jsonSchema: () => ({
      type: 'string',
      pattern: '^(0|[1-9][0-9]{0,19})$',
      description: `unsigned integer up to ${max}`,
    }),
  }
}

/** Base units of the native asset. */
export const amount: Schema<Amount> = u64('amount')

export const boolean: Schema<boolean> = {
  name: 'boolean',
  encodeTo: (writer, value) => {
    if (typeof value !== 'boolean') throw mismatch('boolean', 'true or false')
    writer.boolean(value)
  },
  decodeFrom: (reader) => reader.boolean(),
  toJson: (value) => value,
  fromJson: (json, path) => {
    if (typeof json !== 'boolean') throw mismatch(path, 'true or false')
    return json
  },
  jsonSchema: () => ({ type: 'boolean' }),
}

/** Text of at most `bytesMax` UTF-8 bytes, well-formed, optionally matching `pattern`. */
export function text(
  bytesMax: number,
  options: { name?: string; pattern?: RegExp; bytesMin?: number } = {},
): Schema<string> {
  const { name = 'text', pattern, bytesMin = 0 } = options
  const check = (value: unknown, path: string): string => {
    if (typeof value !== 'string' || !value.isWellFormed()) throw mismatch(path, 'well-formed text')
    // A UTF-16 unit is 1 to 3 UTF-8 bytes: only the strings in between need to be measured.
    const bytes =
      value.length * 3 <= bytesMax && value.length >= bytesMin ? 0 : new TextEncoder().encode(value).length
    if (bytes > bytesMax) throw boundExceeded(path, `${bytes} bytes of text, at most ${bytesMax} allowed`)
    if (value.length * 3 < bytesMin || (bytes > 0 && bytes < bytesMin))
      throw mismatch(path, `at least ${bytesMin} bytes of text`)
    if (pattern !== undefined && !pattern.test(value)) throw mismatch(path, `text matching ${pattern.source}`)
    return value
  }
  return {
    name,
    encodeTo: (writer, value) => writer.textString(check(value, name)),
    decodeFrom: (reader) => check(reader.textString(bytesMax), name),
    toJson: (value) => value,
    fromJson: check,
    jsonSchema: () => ({
      type: 'string',
      maxLength: bytesMax,
      ...(pattern === undefined ? {} : { pattern: pattern.source }),
    }),
  }
}

/** A byte string of `lengthMin` … `lengthMax` bytes; lower-case hexadecimal in JSON. */
export function bytes(lengthMin: number, lengthMax: number, name = 'bytes'): Schema<Uint8Array> {
  const check = (value: Uint8Array, path: string): Uint8Array => {
    if (!(value instanceof Uint8Array)) throw mismatch(path, 'a byte string')
    if (value.length > lengthMax)
      throw boundExceeded(path, `${value.length} bytes, at most ${lengthMax} allowed`)
    if (value.length < lengthMin) throw mismatch(path, `at least ${lengthMin} bytes`)
    return value
  }
  return {
    name,
    encodeTo: (writer, value) => writer.byteString(check(value, name)),
    decodeFrom: (reader) => check(reader.byteString(lengthMax), name),
    toJson: (value) => toHex(value),
    fromJson: (json, path) => {
      if (
        typeof json !== 'string' ||
        json.length > 2 * lengthMax ||
        json.length % 2 !== 0 ||
        !/^[0-9a-f]*$/.test(json)
      )
        throw mismatch(path, `lower-case hexadecimal of ${lengthMin} to ${lengthMax} bytes`)
      return check(fromHex(json), path)
    },
    jsonSchema: () => ({ type: 'string', pattern: `^([0-9a-f]{2}){${lengthMin},${lengthMax}}$` }),
  }
}

/** A byte string of exactly `length` bytes. */
export function fixedBytes(length: number, name = 'bytes'): Schema<Uint8Array> {
  return bytes(length, length, name)
}

/** One of a few words; its position in the list (so append only) in CBOR, the word in JSON. */
export function enumeration<const W extends string>(words: readonly W[], name = 'enumeration'): Schema<W> {
  const positions = new Map<string, number>(words.map((word, position) => [word, position]))
  const position = (value: unknown, path: string): number => {
    const found = typeof value === 'string' ? positions.get(value) : undefined
    if (found === undefined) throw mismatch(path, `one of ${words.join(', ')}`)
    return found
  }
  return {
    name,
    encodeTo: (writer, value) => writer.head(MAJOR_UNSIGNED, position(value, name)),
    decodeFrom: (reader) => {
      const word = words[reader.head(MAJOR_UNSIGNED)]
      if (word === undefined) throw mismatch(name, `one of ${words.join(', ')}`)
      return word
    },
    toJson: (value) => value,
    fromJson: (json, path) => words[position(json, path)] as W,
    jsonSchema: () => ({ enum: [...words] }),
  }
}
