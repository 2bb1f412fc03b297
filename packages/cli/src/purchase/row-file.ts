/**
 * Where bought rows go: one line each, on disk before they are paid for. The file itself says how far a purchase has come, so that an
 * interrupted one goes on at the first row that is missing.
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { type FileHandle, open as openHandle } from 'node:fs/promises'
import type { UnitSink } from '@symbolon/sdk'
import { CliError } from '../errors.ts'

const NEWLINE = 0x0a
const CHUNK_BYTES = 65_536

export class RowFile implements UnitSink {
  readonly path: string
  readonly #handle: FileHandle
  /** Complete lines in the file. */
  rows: bigint

  private constructor(path: string, handle: FileHandle, rows: bigint) {
    this.path = path
    this.#handle = handle
    this.rows = rows
  }

  /** A new file. Errors: FILE_EXISTS, FILE_UNREADABLE. */
  static async create(path: string): Promise<RowFile> {
    if (existsSync(path))
      throw new CliError(
        'FILE_EXISTS',
        `${path} holds the rows of an interrupted purchase; go on with it by "symbolon buy --resume", or move it away`,
      )
    try {
      return new RowFile(path, await openHandle(path, 'ax'), 0n)
    } catch (cause) {
      throw new CliError('FILE_UNREADABLE', `${path} cannot be written; check the folder`, { cause })
    }
  }

  /** The file of an interrupted purchase: a line that a crash cut in two is removed. An absent file has no rows. */
  static async reopen(path: string): Promise<RowFile> {
    const rows = existsSync(path) ? repair(path) : 0n
    return new RowFile(path, await openHandle(path, 'a'), rows)
  }

  /** On disk when it resolves: only then are the rows paid. Rows that the file has already are passed over. */
  async write(units: readonly Uint8Array[], first: bigint): Promise<void> {
    const known = this.rows > first ? Number(this.rows - first) : 0
    const fresh = units.slice(known)
    if (fresh.length === 0) return
    const line = Uint8Array.of(NEWLINE)
    await this.#handle.appendFile(Buffer.concat(fresh.flatMap((unit) => [unit, line])))
    await this.#handle.datasync()
    this.rows += BigInt(fresh.length)
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

/** Cuts off what follows the last line end; returns the number of lines. PERF: reads the file once. */
function repair(path: string): bigint {
  const file = openSync(path, 'r+')
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    let rows = 0n
    let complete = 0
    let position = 0
    for (;;) {
      const length = readSync(file, chunk, 0, CHUNK_BYTES, position)
      if (length === 0) break
      for (let i = 0; i < length; i++)
        if (chunk[i] === NEWLINE) {
          rows += 1n
          complete = position + i + 1
        }
      position += length
    }
    if (complete < position) {
      ftruncateSync(file, complete)
      fdatasyncSync(file)
    }
    return rows
  } finally {
    closeSync(file)
  }
}

/**
 * Makes `path` of the finished rows in `part`: for CSV with the names of the columns as its first line. A crash leaves the rows where
 * they were.
 */
export function finishRows(part: string, path: string, columns: readonly string[] | undefined): void {
  if (existsSync(path))
    throw new CliError(
      'FILE_EXISTS',
      `${path} exists; the rows are in ${part}, move them where you want them`,
    )
  if (columns === undefined) {
    renameSync(part, path)
    return
  }
  const temporary = `${path}.${process.pid}.new`
  const from = openSync(part, 'r')
  const to = openSync(temporary, 'wx')
  try {
    writeSync(to, `${columns.map(csvField).join(',')}\n`)
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    for (;;) {
      const length = readSync(from, chunk, 0, CHUNK_BYTES, null)
      if (length === 0) break
      for (let written = 0; written < length; ) written += writeSync(to, chunk, written, length - written)
    }
    fsyncSync(to)
  } finally {
    closeSync(from)
    closeSync(to)
  }
  renameSync(temporary, path)
  unlinkSync(part)
}

/** RFC 4180: quoted where a reader could take it apart. */
function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
