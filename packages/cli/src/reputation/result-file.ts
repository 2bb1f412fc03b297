/** Results as files: CSV, or NDJSON if the name ends so. Written whole or not at all, row by row, whatever their number. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { CliError } from '../errors.ts'
import { RESULT_CHUNK_CHARACTERS } from '../limits.ts'

export type Cell = string | number | boolean | null | undefined

/** NaN and what is absent are empty cells in CSV and null in NDJSON. */
function csvCell(value: Cell): string {
  if (value === null || value === undefined || Number.isNaN(value)) return ''
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function jsonCell(value: Cell): Cell {
  return value === undefined || (typeof value === 'number' && !Number.isFinite(value)) ? null : value
}

/** Replaces a file that is there. Errors: FILE_UNREADABLE. */
export function writeResult(
  path: string,
  columns: readonly string[],
  rows: Iterable<readonly Cell[]>,
): number {
  const isNdjson = /\.(ndjson|jsonl)$/.test(path)
  const line = (cells: readonly Cell[]): string =>
    isNdjson
      ? JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, jsonCell(cells[i])])))
      : cells.map(csvCell).join(',')
  const temporary = `${path}.${process.pid}.new`
  let count = 0
  try {
    const file = openSync(temporary, 'w')
    try {
      let text = isNdjson ? '' : `${columns.map(csvCell).join(',')}\n`
      for (const row of rows) {
        text += `${line(row)}\n`
        count++
        if (text.length < RESULT_CHUNK_CHARACTERS) continue
        writeSync(file, text)
        text = ''
      }
      writeSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (cause) {
    rmSync(temporary, { force: true })
    if ((cause as { code?: string }).code === undefined) throw cause
    throw new CliError('FILE_UNREADABLE', `${path} cannot be written; check the folder`, { cause })
  }
  return count
}
