/**
 * Edges from lines with separators. With a header, in any order: from, to, weight, sign, time, value, kind, accepted, or the names
 * of public data sets (source, target, rating, timestamp …). Without: from, to[, weight[, time]], as SNAP (`src,dst,rating,time`) and
 * KONECT (`src dst weight time`, comments with %) write them.
 */
import type { ReputationError } from '../../errors.ts'
import type { EdgeTable } from '../edge-table.ts'
import {
  COLUMNS_BY_POSITION,
  type Column,
  clearFields,
  columnNamed,
  type EdgeFields,
  endNamed,
  KINDS_EXPECTED,
  kindMark,
  pushFields,
} from './columns.ts'
import { lineInvalid } from './line-error.ts'
import type { LineVisitor } from './lines.ts'
import { parseNumber } from './number.ts'
import { detectSeparator, emptyFields, isComment, splitFields } from './separated.ts'

const DECODER = new TextDecoder()

const TRUE_WORDS = ['1', 'true', 'yes']
const FALSE_WORDS = ['0', 'false', 'no', '']

/** What a header says: the columns that are read, and the names of those that are passed over. */
export interface HeaderSeen {
  readonly passedOver: readonly string[]
  readonly read: readonly Column[]
}

/** Errors of the visitor: LINE_INVALID, ID_TOO_LONG, GRAPH_TOO_LARGE, EDGE_INVALID. */
export function csvReader(table: EdgeTable, onHeader?: (seen: HeaderSeen) => void): LineVisitor {
  const fields = emptyFields()
  const edge = {} as EdgeFields
  clearFields(edge)
  let separator: number | undefined
  let roles: (Column | undefined)[] | undefined
  /** The first line of a file without a header. */
  let positional: number | undefined
  return (buffer, start, end, line) => {
    if (isComment(buffer, start, end)) return
    separator ??= detectSeparator(buffer, start, end)
    splitFields(fields, separator, buffer, start, end, line)
    const refuse = (expected: string): ReputationError => lineInvalid(line, expected, buffer, start, end)
    const text = (place: number): string =>
      DECODER.decode(fields.bytes.subarray(fields.starts[place], fields.ends[place]))
    if (roles === undefined) {
      const header = headerOf(fields.count, text, refuse)
      if (header !== undefined) {
        roles = header
        onHeader?.({
          passedOver: header.flatMap((role, place) => (role === undefined ? [text(place)] : [])),
          read: header.filter((role) => role !== undefined),
        })
        return
      }
      if (fields.count < 2 || fields.count > COLUMNS_BY_POSITION.length)
        throw refuse('a header, or two to four columns: from, to[, weight[, time]]')
      roles = COLUMNS_BY_POSITION.slice(0, fields.count)
      positional = line
    }
    const first = positional === line ? ', or a header that names from and to' : ''
    if (fields.count !== roles.length) throw refuse(`${roles.length} columns as on the lines before`)
    clearFields(edge)
    for (let place = 0; place < roles.length; place++) {
      const role = roles[place]
      const from = fields.starts[place]!
      const to = fields.ends[place]!
      switch (role) {
        case 'from':
        case 'to':
          if (from === to) throw refuse(`an identifier in column ${place + 1} (${role})`)
          break
        case 'weight':
        case 'sign':
        case 'time':
        case 'value':
          if (from === to) continue
          edge[role] = parseNumber(fields.bytes, from, to)
          if (Number.isNaN(edge[role])) throw refuse(`a number in column ${place + 1} (${role})${first}`)
          if (role === 'sign' && Math.abs(edge.sign) !== 1)
            throw refuse(`1 or -1 in column ${place + 1} (sign)`)
          break
        case 'kind': {
          if (from === to) continue
          const mark = kindMark(text(place))
          if (mark === undefined) throw refuse(`one of ${KINDS_EXPECTED} in column ${place + 1}`)
          edge.kind = mark
          break
        }
        case 'accepted': {
          const word = text(place).toLowerCase()
          edge.accepted = TRUE_WORDS.includes(word)
          if (!edge.accepted && !FALSE_WORDS.includes(word))
            throw refuse(`true or false in column ${place + 1} (accepted)`)
        }
      }
    }
    // Identifiers last: a refused line must not leave nodes behind.
    for (let place = 0; place < roles.length; place++) {
      const role = roles[place]
      if (role === 'from')
        edge.source = table.ids.intern(fields.bytes, fields.starts[place]!, fields.ends[place]!)
      else if (role === 'to')
        edge.target = table.ids.intern(fields.bytes, fields.starts[place]!, fields.ends[place]!)
    }
    pushFields(table, edge)
  }
}

/** A first line is a header if one of its fields is called like an end of an edge. It must then name both, and nothing twice. */
function headerOf(
  count: number,
  text: (place: number) => string,
  refuse: (expected: string) => ReputationError,
): (Column | undefined)[] | undefined {
  const names = Array.from({ length: count }, (_, place) => text(place))
  const roles = names.map(columnNamed)
  if (!roles.includes('from') && !roles.includes('to'))
    for (const [place, name] of names.entries()) roles[place] ??= endNamed(name)
  if (!roles.includes('from') && !roles.includes('to')) return undefined
  if (!roles.includes('from') || !roles.includes('to')) throw refuse('a header with from and to')
  const known = roles.filter((role) => role !== undefined)
  if (new Set(known).size < known.length) throw refuse('a header that names each column once')
  return roles
}
