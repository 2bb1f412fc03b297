/**
 * Edges as JSON objects, one per line, with the keys from, to, weight, sign, time, value, kind, accepted or their synonyms; other
 * keys are passed over. One short-lived object per line (JSON.parse): some 3 times slower than CSV, no memory that stays.
 */
import type { EdgeTable } from '../edge-table.ts'
import {
  COLUMNS,
  type Column,
  clearFields,
  columnNamed,
  type EdgeFields,
  KINDS_EXPECTED,
  kindMark,
  pushFields,
} from './columns.ts'
import { lineInvalid } from './line-error.ts'
import type { LineVisitor } from './lines.ts'
import { isComment } from './separated.ts'

const DECODER = new TextDecoder('utf-8', { fatal: true })
const ENCODER = new TextEncoder()

/** Errors of the visitor: LINE_INVALID, ID_TOO_LONG, GRAPH_TOO_LARGE, EDGE_INVALID. */
export function ndjsonReader(table: EdgeTable): LineVisitor {
  const edge = {} as EdgeFields
  const seen = new Map<Column, unknown>()
  return (buffer, start, end, line) => {
    if (isComment(buffer, start, end)) return
    const refuse = (expected: string): Error => lineInvalid(line, expected, buffer, start, end)
    let parsed: unknown
    try {
      parsed = JSON.parse(DECODER.decode(buffer.subarray(start, end)))
    } catch {
      throw refuse('one JSON object')
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
      throw refuse('one JSON object')
    seen.clear()
    for (const [key, value] of Object.entries(parsed)) {
      const column = columnNamed(key)
      if (column === undefined || value === null) continue
      if (seen.has(column)) throw refuse(`${column} once`)
      seen.set(column, value)
    }
    clearFields(edge)
    const ends: Uint8Array[] = []
    for (const column of COLUMNS) {
      const value = seen.get(column)
      switch (column) {
        case 'from':
        case 'to': {
          const id = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
          if (typeof id !== 'string' || id === '') throw refuse(`an identifier under "${column}"`)
          ends.push(ENCODER.encode(id))
          break
        }
        case 'kind': {
          if (value === undefined) continue
          const mark = typeof value === 'string' ? kindMark(value) : undefined
          if (mark === undefined) throw refuse(`one of ${KINDS_EXPECTED} under "kind"`)
          edge.kind = mark
          break
        }
        case 'accepted':
          if (value !== undefined && typeof value !== 'boolean')
            throw refuse('true or false under "accepted"')
          edge.accepted = value === true
          break
        default:
          if (value === undefined) continue
          if (typeof value !== 'number') throw refuse(`a number under "${column}"`)
          if (column === 'sign' && Math.abs(value) !== 1) throw refuse('1 or -1 under "sign"')
          edge[column] = value
      }
    }
    edge.source = table.ids.intern(ends[0]!, 0, ends[0]!.length)
    edge.target = table.ids.intern(ends[1]!, 0, ends[1]!.length)
    pushFields(table, edge)
  }
}
