/** Telling the columns of a data file from its header and a sample of its rows. */
import { fromUtf8 } from '@symbolon/primitives'
import { MarketError } from '../errors.ts'
import { csvFields } from '../goods/rows.ts'
import { COLUMNS_MAX, SAMPLE_ROWS_MAX } from '../limits.ts'
import type { Column, ColumnType, DataFormat } from './resource.ts'

/** Narrowest first; a column gets the first type that all its sampled values have. */
const PATTERNS: readonly (readonly [ColumnType, RegExp])[] = [
  ['boolean', /^(true|false)$/],
  ['integer', /^-?(0|[1-9]\d*)$/],
  ['decimal', /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/],
  ['timestamp', /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/],
]

function typeOf(values: readonly string[]): ColumnType {
  const present = values.filter((value) => value !== '')
  if (present.length === 0) return 'text'
  return PATTERNS.find(([, pattern]) => present.every((value) => pattern.test(value)))?.[0] ?? 'text'
}

function refuse(message: string): never {
  throw new MarketError('DESCRIPTOR_DRAFT_REFUSED', message)
}

/** Every row of a CSV file must have as many fields as the header, or a buyer could not read it. */
function csvColumns(header: Uint8Array | undefined, rows: readonly Uint8Array[]): Column[] {
  if (header === undefined) refuse('the CSV file is empty; its first line must name the columns')
  const names = csvFields(fromUtf8(header))
  const sample = rows.map((row) => csvFields(fromUtf8(row)))
  const uneven = sample.findIndex((fields) => fields.length !== names.length)
  if (uneven !== -1)
    refuse(`row ${uneven} has ${sample[uneven]?.length} fields, the header has ${names.length}`)
  return names.map((name, index) => ({ name, type: typeOf(sample.map((fields) => fields[index] ?? '')) }))
}

/** Columns are the members of the sampled objects, in order of first appearance. */
function ndjsonColumns(rows: readonly Uint8Array[]): Column[] {
  const values = new Map<string, unknown[]>()
  for (const [index, row] of rows.entries()) {
    let parsed: unknown
    try {
      parsed = JSON.parse(fromUtf8(row))
    } catch {
      refuse(`row ${index} is not JSON`)
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
      refuse(`row ${index} is not a JSON object`)
    for (const [name, value] of Object.entries(parsed)) {
      const seen = values.get(name)
      if (seen === undefined) values.set(name, [value])
      else seen.push(value)
    }
  }
  return [...values].map(([name, seen]) => {
    const structured = seen.some((value) => typeof value === 'object' && value !== null)
    const quotedNumber = seen.some((value) => typeof value === 'string')
    const type = structured ? 'json' : typeOf(seen.map((value) => (value === null ? '' : String(value))))
    // A number in quotes is text to whoever parses the row.
    return { name, type: quotedNumber && type !== 'timestamp' && type !== 'json' ? 'text' : type }
  })
}

/**
 * Types are those of the first SAMPLE_ROWS_MAX rows.
 * Errors: DESCRIPTOR_DRAFT_REFUSED, GOODS_CSV_MALFORMED, UTF8_MALFORMED.
 */
export function columnsOf(
  format: DataFormat,
  header: Uint8Array | undefined,
  rows: readonly Uint8Array[],
): Column[] {
  const sample = rows.slice(0, SAMPLE_ROWS_MAX)
  const columns = format === 'csv' ? csvColumns(header, sample) : ndjsonColumns(sample)
  if (columns.length === 0) refuse('the file has no columns; it needs at least one row')
  if (columns.length > COLUMNS_MAX) refuse(`${columns.length} columns, at most ${COLUMNS_MAX} (COLUMNS_MAX)`)
  if (new Set(columns.map(({ name }) => name)).size !== columns.length)
    refuse('two columns have the same name')
  return columns
}
