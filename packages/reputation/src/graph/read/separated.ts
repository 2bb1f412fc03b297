/** Fields of lines with separators: commas (RFC 4180 quotes within a line), semicolons, tabs, or runs of blanks. */
import { COLUMNS_MAX } from '../../limits.ts'
import { lineInvalid } from './line-error.ts'

const COMMA = 44
const SEMICOLON = 59
const TAB = 9
const SPACE = 32
const QUOTE = 34
/** Any run of spaces and tabs. */
const BLANKS = -1

/**
 * Of the first line that has fields: what separates the others too. What stands in quotes separates nothing, and neither does the
 * comma of `a;b;1,5`, where a whole field between semicolons is a decimal number.
 */
export function detectSeparator(bytes: Uint8Array, start: number, end: number): number {
  const line = DECODER.decode(bytes.subarray(start, end)).replace(QUOTED, '')
  if (line.includes(';') && (!line.includes(',') || DECIMAL_COMMA.test(line))) return SEMICOLON
  if (line.includes(',')) return COMMA
  return line.includes('\t') && !line.includes(' ') ? TAB : BLANKS
}

const DECODER = new TextDecoder()
const QUOTED = /"(?:[^"]|"")*"/g
const DECIMAL_COMMA = /;\s*[+-]?\d+,\d+\s*(?:;|$)/

/** Empty lines, and those that begin with # or %, say nothing. */
export function isComment(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++
  return at === end || bytes[at] === 35 || bytes[at] === 37
}

/** Where the fields of the last line lie, blanks around them left out. */
export interface Fields {
  count: number
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** The bytes that they lie in: the line's own, or a copy if quotes had to be undone. */
  bytes: Uint8Array
}

export function emptyFields(): Fields {
  return {
    count: 0,
    starts: new Int32Array(COLUMNS_MAX),
    ends: new Int32Array(COLUMNS_MAX),
    bytes: new Uint8Array(0),
  }
}

/** Errors: LINE_INVALID for more than COLUMNS_MAX fields or a quote that is not closed. */
export function splitFields(
  into: Fields,
  separator: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  line: number,
): void {
  into.count = 0
  into.bytes = bytes
  let at = start
  if (separator === BLANKS) {
    for (;;) {
      while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++
      if (at === end) return
      const from = at
      while (at < end && bytes[at] !== SPACE && bytes[at] !== TAB) at++
      put(into, from, at, bytes, start, end, line)
    }
  }
  for (;;) {
    let from = at
    while (at < end && bytes[at] !== separator) {
      if (bytes[at] === QUOTE && onlyBlanks(bytes, from, at)) {
        splitQuoted(into, separator, bytes, start, end, line)
        return
      }
      at++
    }
    let to = at
    while (from < to && (bytes[from] === SPACE || bytes[from] === TAB)) from++
    while (to > from && (bytes[to - 1] === SPACE || bytes[to - 1] === TAB)) to--
    put(into, from, to, bytes, start, end, line)
    if (at === end) return
    at++
  }
}

function onlyBlanks(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== SPACE && bytes[i] !== TAB) return false
  return true
}

function put(
  into: Fields,
  from: number,
  to: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  line: number,
): void {
  if (into.count === COLUMNS_MAX)
    throw lineInvalid(line, `at most COLUMNS_MAX (${COLUMNS_MAX}) columns`, bytes, start, end)
  into.starts[into.count] = from
  into.ends[into.count++] = to
}

/** The same with quotes: rare, therefore with a copy of the line in which they are undone. */
function splitQuoted(
  into: Fields,
  separator: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  line: number,
): void {
  const copy = new Uint8Array(end - start)
  into.count = 0
  into.bytes = copy
  let used = 0
  let at = start
  for (;;) {
    while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++
    const from = used
    if (bytes[at] === QUOTE && at < end) {
      for (at++; ; at++) {
        if (at >= end) throw lineInvalid(line, 'a closing quote', bytes, start, end)
        if (bytes[at] === QUOTE) {
          if (at + 1 >= end || bytes[at + 1] !== QUOTE) break
          at++
        }
        copy[used++] = bytes[at]!
      }
      at++
      const rest = at
      while (at < end && bytes[at] !== separator) at++
      if (!onlyBlanks(bytes, rest, at))
        throw lineInvalid(line, 'a separator after a closing quote', bytes, start, end)
      put(into, from, used, bytes, start, end, line)
    } else {
      while (at < end && bytes[at] !== separator) copy[used++] = bytes[at++]!
      let to = used
      while (to > from && (copy[to - 1] === SPACE || copy[to - 1] === TAB)) to--
      put(into, from, to, bytes, start, end, line)
    }
    if (at >= end) return
    at++
  }
}
