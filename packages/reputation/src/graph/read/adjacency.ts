/** Edges as lists of neighbours: `node:neighbour,neighbour,…`. A node without neighbours is isolated. */
import type { EdgeTable } from '../edge-table.ts'
import { lineInvalid } from './line-error.ts'
import type { LineVisitor } from './lines.ts'
import { isComment } from './separated.ts'

const COLON = 58
const COMMA = 44

/** Errors of the visitor: LINE_INVALID, ID_TOO_LONG, GRAPH_TOO_LARGE. */
export function adjacencyReader(table: EdgeTable): LineVisitor {
  return (buffer, start, end, line) => {
    if (isComment(buffer, start, end)) return
    const colon = buffer.indexOf(COLON, start)
    if (colon <= start || colon >= end)
      throw lineInvalid(line, 'node:neighbour,neighbour,…', buffer, start, end)
    const source = table.ids.intern(buffer, start, colon)
    for (let at = colon + 1; at < end; at++) {
      const from = at
      while (at < end && buffer[at] !== COMMA) at++
      if (at === from || (at === end - 1 && buffer[at] === COMMA))
        throw lineInvalid(line, 'an identifier between commas', buffer, start, end)
      table.push(source, table.ids.intern(buffer, from, at), 1)
    }
  }
}
