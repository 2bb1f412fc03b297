/** Reading and writing the files of a home: bounded, and whole or not at all. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'
import { CliError } from '../errors.ts'
import { SMALL_FILE_BYTES_MAX } from '../limits.ts'

/** Errors: FILE_UNREADABLE, FILE_TOO_LARGE naming the bound. */
export function readBounded(path: string, bytesMax: number = SMALL_FILE_BYTES_MAX): Uint8Array {
  try {
    const { size } = statSync(path)
    if (size > bytesMax)
      throw new CliError('FILE_TOO_LARGE', `${path} has ${size} bytes; at most ${bytesMax} are read`)
    return readFileSync(path)
  } catch (cause) {
    if (cause instanceof CliError) throw cause
    const { code } = cause as { code?: string }
    throw new CliError('FILE_UNREADABLE', `${path} cannot be read (${code ?? 'unknown'}); check the path`, {
      cause,
    })
  }
}

export function readText(path: string, bytesMax?: number): string {
  return Buffer.from(readBounded(path, bytesMax)).toString('utf8')
}

/** JSON as it stands. Errors: those of `readBounded`; CONFIG_MALFORMED. */
export function readJsonFile(path: string): unknown {
  try {
    return JSON.parse(readText(path))
  } catch (cause) {
    if (cause instanceof CliError) throw cause
    throw new CliError('CONFIG_MALFORMED', `${path} is not JSON; repair it or restore a copy`, { cause })
  }
}

/** A new file, on disk when this returns. Errors: FILE_EXISTS. */
export function writeNew(path: string, content: string | Uint8Array, mode = 0o644): void {
  let file: number
  try {
    file = openSync(path, 'wx', mode)
  } catch (cause) {
    if ((cause as { code?: string }).code === 'EEXIST')
      throw new CliError('FILE_EXISTS', `${path} exists; move it away, or choose another name`, { cause })
    throw new CliError('FILE_UNREADABLE', `${path} cannot be written; check the folder`, { cause })
  }
  writeAll(file, content)
}

/** Replaces a file, or makes it: a crash leaves the old one or the new one. */
export function replaceFile(path: string, content: string | Uint8Array, mode = 0o644): void {
  const temporary = `${path}.${process.pid}.new`
  writeAll(openSync(temporary, 'w', mode), content)
  renameSync(temporary, path)
}

function writeAll(file: number, content: string | Uint8Array): void {
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
