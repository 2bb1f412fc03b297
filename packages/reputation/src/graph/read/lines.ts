/**
 * Lines of a stream of bytes, without copying those that lie within one chunk and without a string for any. A line that two
 * chunks share is put together in one buffer of LINE_BYTES_MAX.
 */
import { ReputationError } from '../../errors.ts'
import { LINE_BYTES_MAX } from '../../limits.ts'

const NEWLINE = 10
const CARRIAGE_RETURN = 13

/** Bytes `start` … `end − 1` of `buffer` are the line, without its end; valid during the call. `line` counts from 1. */
export type LineVisitor = (buffer: Uint8Array, start: number, end: number, line: number) => void

export type ByteStream = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** Errors: LINE_TOO_LONG, and those of `visit`. A byte order mark at the beginning is skipped. */
export async function forEachLine(bytes: ByteStream, visit: LineVisitor): Promise<void> {
  let carried = new Uint8Array(0)
  let carriedLength = 0
  let line = 0
  const emit = (buffer: Uint8Array, start: number, end: number): void => {
    line++
    if (end - start > LINE_BYTES_MAX) refuse(line)
    const first = line === 1 && startsWithMark(buffer, start, end) ? start + 3 : start
    visit(buffer, first, end > first && buffer[end - 1] === CARRIAGE_RETURN ? end - 1 : end, line)
  }
  const carry = (chunk: Uint8Array, start: number, end: number): void => {
    if (carriedLength + end - start > LINE_BYTES_MAX) refuse(line + 1)
    if (carried.length === 0) carried = new Uint8Array(LINE_BYTES_MAX)
    carried.set(chunk.subarray(start, end), carriedLength)
    carriedLength += end - start
  }
  for await (const chunk of bytes) {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start)
      if (end < 0) break
      if (carriedLength > 0) {
        carry(chunk, start, end)
        emit(carried, 0, carriedLength)
        carriedLength = 0
      } else emit(chunk, start, end)
      start = end + 1
    }
    if (start < chunk.length) carry(chunk, start, chunk.length)
  }
  if (carriedLength > 0) emit(carried, 0, carriedLength)
}

function refuse(line: number): never {
  throw new ReputationError(
    'LINE_TOO_LONG',
    `line ${line} has more than LINE_BYTES_MAX (${LINE_BYTES_MAX}) bytes: expected one record per line`,
  )
}

function startsWithMark(buffer: Uint8Array, start: number, end: number): boolean {
  return (
    end - start >= 3 && buffer[start] === 0xef && buffer[start + 1] === 0xbb && buffer[start + 2] === 0xbf
  )
}
