/** Results as files: CSV, or NDJSON if the name ends so. Written whole or not at all, row by row, whatever their number. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { CliError } from '../errors.ts'
import { replaceFile } from '../home/files.ts'
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

function unwritable(path: string, cause: unknown): unknown {
  if ((cause as { code?: string }).code === undefined) return cause
  return new CliError('FILE_UNREADABLE', `${path} cannot be written; check the folder`, { cause })
}

/** To be asked before minutes of work for a file that could not be written. Errors: FILE_UNREADABLE. */
export function requireFolderOf(path: string): void {
  const folder = dirname(path)
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new CliError(
      'FILE_UNREADABLE',
      `${path} cannot be written: there is no folder ${folder}; make it first`,
    )
}

/** A page or a model, replaced as a whole. Errors: FILE_UNREADABLE. */
export function writeText(path: string, text: string): void {
  try {
    replaceFile(path, text)
  } catch (cause) {
    throw unwritable(path, cause)
  }
}

/** A folder, made if it is not there. Errors: FILE_UNREADABLE. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch (cause) {
    throw new CliError('FILE_UNREADABLE', `${path} is no folder and none can be made there; choose another`, {
      cause,
    })
  }
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
    throw unwritable(path, cause)
  }
  return count
}
