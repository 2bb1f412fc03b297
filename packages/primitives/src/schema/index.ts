export {
  list,
  type Optional,
  optional,
  type RecordOf,
  record,
  refine,
  type UnionOf,
  union,
} from './composite.ts'
export { SchemaError, type SchemaErrorCode } from './error.ts'
export { amount, boolean, bytes, enumeration, fixedBytes, text, u64, uint } from './scalar.ts'
export {
  decode,
  ENCODED_BYTES_MAX,
  encode,
  fromJson,
  type Infer,
  type Json,
  type Schema,
  toJson,
} from './schema.ts'
