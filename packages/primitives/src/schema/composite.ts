/** Composites: lists, records with numbered fields, tagged unions, and schemas whose value is refined. */
import { MAJOR_ARRAY, MAJOR_MAP, MAJOR_UNSIGNED } from '../cbor/writer.ts'
import { boundExceeded, mismatch, SchemaError } from './error.ts'
import type { Json, Schema } from './schema.ts'

/** A list of at most `lengthMax` items. */
export function list<T>(
  item: Schema<T>,
  lengthMax: number,
  options: { lengthMin?: number; name?: string } = {},
): Schema<T[]> {
  const { lengthMin = 0, name = `list of ${item.name}` } = options
  const checkLength = (length: number, path: string): void => {
    if (length > lengthMax) throw boundExceeded(path, `${length} items, at most ${lengthMax} allowed`)
    if (length < lengthMin) throw mismatch(path, `at least ${lengthMin} items`)
  }
  return {
    name,
    encodeTo: (writer, value) => {
      if (!Array.isArray(value)) throw mismatch(name, 'a list')
      checkLength(value.length, name)
      writer.head(MAJOR_ARRAY, value.length)
      for (const element of value) item.encodeTo(writer, element)
    },
    decodeFrom: (reader) => {
      const length = reader.head(MAJOR_ARRAY)
      checkLength(length, name)
      const value: T[] = []
      for (let i = 0; i < length; i++) value.push(item.decodeFrom(reader))
      return value
    },
    toJson: (value) => value.map((element) => item.toJson(element)),
    fromJson: (json, path) => {
      if (!Array.isArray(json)) throw mismatch(path, 'a list')
      checkLength(json.length, path)
      return json.map((element, index) => item.fromJson(element, `${path}[${index}]`))
    },
    jsonSchema: () => ({ type: 'array', items: item.jsonSchema(), minItems: lengthMin, maxItems: lengthMax }),
  }
}

/** Marks a field that may be absent. */
export interface Optional<T> {
  readonly optional: Schema<T>
}
export function optional<T>(schema: Schema<T>): Optional<T> {
  return { optional: schema }
}

/** Field number (ascending, never reused) and what it holds. */
type Field = readonly [key: number, schema: Schema<never> | Optional<never>]
// biome-ignore lint/suspicious/noExplicitAny: the only place where a field's type is erased; it is recovered below
type Fields = Record<string, readonly [key: number, schema: Schema<any> | Optional<any>]>
type RequiredNames<F extends Fields> = {
  [N in keyof F]: F[N][1] extends Optional<unknown> ? never : N
}[keyof F]
type OptionalNames<F extends Fields> = {
  [N in keyof F]: F[N][1] extends Optional<unknown> ? N : never
}[keyof F]
type ValueOf<S> = S extends Schema<infer T> ? T : S extends Optional<infer T> ? T : never
export type RecordOf<F extends Fields> = { [N in RequiredNames<F>]: ValueOf<F[N][1]> } & {
  [N in OptionalNames<F>]?: ValueOf<F[N][1]> | undefined
} extends infer R
  ? { [N in keyof R]: R[N] }
  : never

/**
 * A record: a CBOR map from field numbers to values, in ascending order. Numbers are the wire's names and are
 * never reused; property names are for readers and for JSON.
 */
export function record<const F extends Fields>(name: string, fields: F): Schema<RecordOf<F>> {
  interface Member {
    readonly property: string
    readonly key: number
    readonly schema: Schema<unknown>
    readonly required: boolean
  }
  const members: Member[] = (Object.entries(fields) as [string, Field][])
    .map(([property, [key, schema]]) =>
      'optional' in schema
        ? { property, key, schema: schema.optional as Schema<unknown>, required: false }
        : { property, key, schema: schema as Schema<unknown>, required: true },
    )
    .sort((a, b) => a.key - b.key)
  for (let i = 1; i < members.length; i++)
    if (members[i]?.key === members[i - 1]?.key)
      throw new SchemaError('SCHEMA_TYPE_MISMATCH', `${name}: field number ${members[i]?.key} used twice`)
  const properties = new Set(members.map((member) => member.property))
  type Value = Record<string, unknown>
  const inContext = (error: unknown, property: string): unknown =>
    error instanceof SchemaError
      ? new SchemaError(
          error.code as never,
          `${name}.${property}: ${error.message}`,
          error.details as Record<string, unknown>,
        )
      : error

  const schema: Schema<Value> = {
    name,
    encodeTo: (writer, value) => {
      if (typeof value !== 'object' || value === null) throw mismatch(name, 'a record')
      let present = 0
      for (const member of members) if (value[member.property] !== undefined) present++
      for (const property in value)
        if (!properties.has(property))
          throw new SchemaError('SCHEMA_UNKNOWN_FIELD', `${name}: unknown field "${property}"`)
      writer.head(MAJOR_MAP, present)
      for (const member of members) {
        const element = value[member.property]
        if (element === undefined) {
          if (member.required)
            throw new SchemaError('SCHEMA_MISSING_FIELD', `${name}: field "${member.property}" is missing`)
          continue
        }
        writer.head(MAJOR_UNSIGNED, member.key)
        try {
          member.schema.encodeTo(writer, element)
        } catch (error) {
          throw inContext(error, member.property)
        }
      }
    },
    decodeFrom: (reader) => {
      const count = reader.head(MAJOR_MAP)
      if (count > members.length)
        throw new SchemaError(
          'SCHEMA_UNKNOWN_FIELD',
          `${name}: ${count} fields, the schema has ${members.length}`,
        )
      const value: Value = {}
      let next = 0
      for (let i = 0; i < count; i++) {
        const key = reader.head(MAJOR_UNSIGNED)
        let member = members[next]
        while (member !== undefined && member.key < key) {
          if (member.required)
            throw new SchemaError('SCHEMA_MISSING_FIELD', `${name}: field "${member.property}" is missing`)
          member = members[++next]
        }
        if (member === undefined || member.key !== key)
          throw new SchemaError(
            'SCHEMA_UNKNOWN_FIELD',
            `${name}: field ${key} is unknown, repeated or out of order`,
          )
        next++
        try {
          value[member.property] = member.schema.decodeFrom(reader)
        } catch (error) {
          throw inContext(error, member.property)
        }
      }
      for (; next < members.length; next++) {
        const member = members[next]
        if (member?.required)
          throw new SchemaError('SCHEMA_MISSING_FIELD', `${name}: field "${member.property}" is missing`)
      }
      return value
    },
    toJson: (value) => {
      const json: { [property: string]: Json } = {}
      for (const member of members) {
        const element = value[member.property]
        if (element !== undefined) json[member.property] = member.schema.toJson(element)
      }
      return json
    },
    fromJson: (json, path) => {
      if (typeof json !== 'object' || json === null || Array.isArray(json)) throw mismatch(path, 'an object')
      for (const property of Object.keys(json))
        if (!properties.has(property))
          throw new SchemaError(
            'SCHEMA_UNKNOWN_FIELD',
            `${path}: unknown member "${property.slice(0, 64)}"`,
            { path },
          )
      const value: Value = {}
      for (const member of members) {
        const element = Object.hasOwn(json, member.property) ? (json as Value)[member.property] : undefined
        if (element !== undefined)
          value[member.property] = member.schema.fromJson(element, `${path}.${member.property}`)
        else if (member.required)
          throw new SchemaError('SCHEMA_MISSING_FIELD', `${path}: member "${member.property}" is missing`, {
            path,
          })
      }
      return value
    },
    jsonSchema: () => ({
      title: name,
      type: 'object',
      properties: Object.fromEntries(members.map((member) => [member.property, member.schema.jsonSchema()])),
      required: members.filter((member) => member.required).map((member) => member.property),
      additionalProperties: false,
    }),
  }
  return schema as unknown as Schema<RecordOf<F>>
}

/** What `union` describes: `{ kind: 'transfer', body: … } | …`. */
export type UnionOf<V extends Variants> = {
  [K in keyof V & string]: { kind: K; body: ValueOf<V[K][1]> }
}[keyof V & string]
// biome-ignore lint/suspicious/noExplicitAny: as in Fields
type Variants = Record<string, readonly [tag: number, schema: Schema<any>]>

/** A tagged union: CBOR `[tag, body]`, JSON `{kind, body}`. Tags are never reused. */
export function union<const V extends Variants>(name: string, variants: V): Schema<UnionOf<V>> {
  const byKind = new Map<string, { tag: number; schema: Schema<unknown> }>()
  const byTag = new Map<number, { kind: string; schema: Schema<unknown> }>()
  for (const [kind, [tag, schema]] of Object.entries(variants)) {
    if (byTag.has(tag)) throw new SchemaError('SCHEMA_TYPE_MISMATCH', `${name}: tag ${tag} used twice`)
    byKind.set(kind, { tag, schema })
    byTag.set(tag, { kind, schema })
  }
  type Value = { kind: string; body: unknown }
  const variantOf = (kind: unknown, path: string): { tag: number; schema: Schema<unknown> } => {
    const variant = typeof kind === 'string' ? byKind.get(kind) : undefined
    if (variant === undefined) throw mismatch(`${path}.kind`, `one of ${[...byKind.keys()].join(', ')}`)
    return variant
  }
  const schema: Schema<Value> = {
    name,
    encodeTo: (writer, value) => {
      const variant = variantOf(value?.kind, name)
      writer.head(MAJOR_ARRAY, 2)
      writer.head(MAJOR_UNSIGNED, variant.tag)
      variant.schema.encodeTo(writer, value.body)
    },
    decodeFrom: (reader) => {
      if (reader.head(MAJOR_ARRAY) !== 2) throw mismatch(name, 'a pair of tag and body')
      const tag = reader.head(MAJOR_UNSIGNED)
      const variant = byTag.get(tag)
      if (variant === undefined) throw mismatch(name, `a known tag, not ${tag}`)
      return { kind: variant.kind, body: variant.schema.decodeFrom(reader) }
    },
    toJson: (value) => ({ kind: value.kind, body: variantOf(value.kind, name).schema.toJson(value.body) }),
    fromJson: (json, path) => {
      if (typeof json !== 'object' || json === null || Array.isArray(json))
        throw mismatch(path, 'an object with kind and body')
      const { kind, body, ...rest } = json as Record<string, unknown>
      const unknown = Object.keys(rest)[0]
      if (unknown !== undefined)
        throw new SchemaError('SCHEMA_UNKNOWN_FIELD', `${path}: unknown member "${unknown.slice(0, 64)}"`)
      return { kind: kind as string, body: variantOf(kind, path).schema.fromJson(body, `${path}.body`) }
    },
    jsonSchema: () => ({
      title: name,
      oneOf: [...byKind].map(([kind, variant]) => ({
        type: 'object',
        properties: { kind: { const: kind }, body: variant.schema.jsonSchema() },
        required: ['kind', 'body'],
        additionalProperties: false,
      })),
    }),
  }
  return schema as unknown as Schema<UnionOf<V>>
}

/**
 * Narrows a schema: `check` throws (a SymbolonError) unless the value holds, on encoding and on decoding alike, and may
 * brand the type. `json` replaces the JSON form, for values with a textual spelling of their own.
 */
export function refine<T, R extends T>(
  name: string,
  base: Schema<T>,
  check: (value: T) => R,
  json?: { to: (value: R) => string; from: (text: string) => R; pattern: string; description: string },
): Schema<R> {
  return {
    name,
    encodeTo: (writer, value) => base.encodeTo(writer, check(value)),
    decodeFrom: (reader) => check(base.decodeFrom(reader)),
    toJson: (value) => (json === undefined ? base.toJson(value) : json.to(value)),
    fromJson: (value, path) => {
      if (json === undefined) return check(base.fromJson(value, path))
      if (typeof value !== 'string' || value.length > 512) throw mismatch(path, json.description)
      return check(json.from(value))
    },
    jsonSchema: () =>
      json === undefined
        ? base.jsonSchema()
        : { type: 'string', pattern: json.pattern, description: json.description },
  }
}
