/**
 * One schema, four readings: deterministic CBOR (what is signed, hashed and stored), strict JSON (what crosses
 * HTTP), JSON Schema (what the reference documents and OpenAPI show) and a TypeScript type. Because all four
 * come from the same object, the documents cannot drift from what the code accepts.
 *
 * Every schema is bounded: it knows the largest value it accepts, there are no recursive schemas, and a decoder
 * refuses unknown fields, missing fields, other types and any encoding that is not the canonical one.
 */
import { CborReader } from '../cbor/reader.ts'
import { CborWriter } from '../cbor/writer.ts'
import { boundExceeded, SchemaError } from './error.ts'

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

export interface Schema<T> {
  /** Shown in errors and as the title in JSON Schema. */
  readonly name: string
  encodeTo(writer: CborWriter, value: T): void
  decodeFrom(reader: CborReader): T
  toJson(value: T): Json
  /** @param path where the value stands, for error messages */
  fromJson(json: unknown, path: string): T
  jsonSchema(): Record<string, Json>
}

/** The TypeScript type that a schema describes. */
export type Infer<S> = S extends Schema<infer T> ? T : never

/** Default bound on a whole encoded value: 1 MiB. */
export const ENCODED_BYTES_MAX = 1_048_576

const sharedWriter = new CborWriter()
let sharedWriterBusy = false

/** The one canonical encoding. Throws SchemaError if `value` is outside the schema. */
export function encode<T>(schema: Schema<T>, value: T): Uint8Array {
  // Encoding is synchronous, but a schema may encode a nested value separately: then it gets its own writer.
  const writer = sharedWriterBusy ? new CborWriter() : sharedWriter
  const owner = !sharedWriterBusy
  sharedWriterBusy = true
  try {
    schema.encodeTo(writer, value)
    return writer.finish()
  } catch (error) {
    writer.reset()
    throw error
  } finally {
    if (owner) sharedWriterBusy = false
  }
}

/** Decodes exactly one value; see SchemaError for what is refused. */
export function decode<T>(schema: Schema<T>, bytes: Uint8Array, bytesMax: number = ENCODED_BYTES_MAX): T {
  if (bytes.length > bytesMax)
    throw boundExceeded(schema.name, `${bytes.length} bytes, at most ${bytesMax} allowed`)
  const reader = new CborReader(bytes)
  const value = schema.decodeFrom(reader)
  if (reader.remaining !== 0)
    throw new SchemaError('CBOR_TRAILING_BYTES', `${schema.name}: ${reader.remaining} bytes after the value`)
  return value
}

export function toJson<T>(schema: Schema<T>, value: T): Json {
  return schema.toJson(value)
}

/** Validates parsed JSON strictly: unknown members are refused like every other mismatch. */
export function fromJson<T>(schema: Schema<T>, json: unknown): T {
  return schema.fromJson(json, schema.name)
}
