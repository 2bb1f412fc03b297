/** Cutting a data file into the rows that are sold: each row is a view of the file's bytes, nothing is copied. */
import { MarketError } from '../errors.ts'
import { ROW_BYTES_MAX, ROWS_MAX } from '../limits.ts'

const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x22

export interface FileRows {
  /** The first record of a CSV file, which names the columns; absent for NDJSON. */
  readonly header?: Uint8Array
  readonly rows: readonly Uint8Array[]
}

/**
 * Rows without their line endings (LF or CRLF); empty lines are no rows. In CSV a line break inside double quotes
 * belongs to the field (RFC 4180 §2.6).
 * PERF: one pass over the bytes.
 * Errors: GOODS_ROW_TOO_LARGE, GOODS_ROWS_EXCEEDED, GOODS_CSV_MALFORMED (a quote is never closed).
 */
export function fileRows(file: Uint8Array, format: 'csv' | 'ndjson'): FileRows {
  const records: Uint8Array[] = []
  const recordsMax = format === 'csv' ? ROWS_MAX + 1 : ROWS_MAX
  let start = 0
  let quoted = false
  const take = (end: number): void => {
    const stop = end > start && file[end - 1] === CR ? end - 1 : end
    if (stop > start) {
      if (stop - start > ROW_BYTES_MAX)
        throw new MarketError(
          'GOODS_ROW_TOO_LARGE',
          `row ${records.length} has ${stop - start} bytes, at most ${ROW_BYTES_MAX} allowed`,
        )
      if (records.length === recordsMax)
        throw new MarketError(
          'GOODS_ROWS_EXCEEDED',
          `more than ${ROWS_MAX} rows; split the file and sell the parts`,
        )
      records.push(file.subarray(start, stop))
    }
    start = end + 1
  }
  for (let at = 0; at < file.length; at++) {
    const byte = file[at]
    if (byte === QUOTE && format === 'csv') quoted = !quoted
    else if (byte === LF && !quoted) take(at)
  }
  if (quoted)
    throw new MarketError(
      'GOODS_CSV_MALFORMED',
      'a double quote is never closed; quotes inside a field are written twice',
    )
  take(file.length)
  if (format === 'ndjson') return { rows: records }
  const [header, ...rows] = records
  return header === undefined ? { rows } : { header, rows }
}

/**
 * Fields of one CSV record (RFC 4180: quotes around a field, doubled inside).
 * Errors: GOODS_CSV_MALFORMED, UTF8_MALFORMED.
 */
export function csvFields(text: string): string[] {
  const fields: string[] = []
  let at = 0
  for (;;) {
    let field = ''
    if (text[at] === '"') {
      const match = /"((?:[^"]|"")*)"/y
      match.lastIndex = at
      const quoted = match.exec(text)
      if (quoted === null) throw new MarketError('GOODS_CSV_MALFORMED', 'a quoted field is never closed')
      field = (quoted[1] ?? '').replaceAll('""', '"')
      at = match.lastIndex
    } else {
      const comma = text.indexOf(',', at)
      const end = comma === -1 ? text.length : comma
      field = text.slice(at, end)
      at = end
    }
    fields.push(field)
    if (at === text.length) return fields
    if (text[at] !== ',')
      throw new MarketError('GOODS_CSV_MALFORMED', 'text follows a closing quote; write a comma')
    at++
  }
}
