/** JSON Schema as the package primitives writes it, in words. */
export interface JsonSchema {
  readonly title?: string
  readonly type?: string
  readonly description?: string
  readonly pattern?: string
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly items?: JsonSchema
  readonly oneOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
}

export function typeOf(schema: JsonSchema): string {
  const { type, title, description, enum: words, pattern } = schema
  if (words !== undefined) return `one of ${words.map((word) => `\`${word}\``).join(', ')}`
  if (schema.oneOf !== undefined || type === 'object') return `\`${title ?? 'record'}\``
  if (type === 'array') {
    const { minItems = 0, maxItems } = schema
    const bounds = minItems === maxItems ? `${maxItems}` : `${minItems} to ${maxItems}`
    return `list of ${bounds}: ${typeOf(schema.items ?? {})}`
  }
  if (description !== undefined) return description
  if (type === 'integer') return `integer from ${schema.minimum} to ${schema.maximum}`
  if (type === 'boolean') return 'boolean'
  const [, least, most] = /^\^\(\[0-9a-f\]\{2\}\)\{(\d+),(\d+)\}\$$/.exec(pattern ?? '') ?? []
  if (least !== undefined) return least === most ? `${least} bytes` : `${least} to ${most} bytes`
  if (type === 'string')
    return `text of at most ${schema.maxLength} bytes${pattern === undefined ? '' : `, \`${pattern.replaceAll('|', '\\|')}\``}`
  return 'any'
}
