import { SymbolonError } from '../errors.ts'

/**
 * Why a value or its encoding was refused. In order of precedence, as a decoder meets them:
 * - SCHEMA_BOUND_EXCEEDED: larger than the named bound (also the whole input over `bytesMax`)
 * - CBOR_TRUNCATED, CBOR_TYPE_MISMATCH, CBOR_NOT_CANONICAL: the bytes are not the one encoding of any value
 * - SCHEMA_UNKNOWN_FIELD, SCHEMA_MISSING_FIELD, SCHEMA_TYPE_MISMATCH: the value is not of the schema
 * - CBOR_TRAILING_BYTES: bytes after the value
 */
export type SchemaErrorCode =
  | 'SCHEMA_BOUND_EXCEEDED'
  | 'CBOR_TRUNCATED'
  | 'CBOR_TYPE_MISMATCH'
  | 'CBOR_NOT_CANONICAL'
  | 'SCHEMA_UNKNOWN_FIELD'
  | 'SCHEMA_MISSING_FIELD'
  | 'SCHEMA_TYPE_MISMATCH'
  | 'CBOR_TRAILING_BYTES'

export class SchemaError extends SymbolonError {
  constructor(code: SchemaErrorCode, message: string, details?: Record<string, unknown>) {
    super(code, message, details === undefined ? {} : { details })
  }
}

/** Names the place in a value, such as `transaction.payload.amount`. */
export function mismatch(path: string, expected: string): SchemaError {
  return new SchemaError('SCHEMA_TYPE_MISMATCH', `${path}: expected ${expected}`, { path })
}

export function boundExceeded(path: string, bound: string): SchemaError {
  return new SchemaError('SCHEMA_BOUND_EXCEEDED', `${path}: ${bound}`, { path })
}
