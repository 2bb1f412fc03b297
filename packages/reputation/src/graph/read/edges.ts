/** Files of edges. */
import { EdgeTable } from '../edge-table.ts'
import { adjacencyReader } from './adjacency.ts'
import { csvReader, type HeaderSeen } from './csv.ts'
import { type ByteStream, forEachLine, type LineVisitor } from './lines.ts'
import { ndjsonReader } from './ndjson.ts'
import { isComment } from './separated.ts'

/** `csv` is any separator, with a header or without; `adjacency` has lines `node:neighbour,neighbour,…`. */
export type EdgeFormat = 'csv' | 'ndjson' | 'adjacency'

const READERS: Readonly<
  Record<EdgeFormat, (table: EdgeTable, onHeader?: (seen: HeaderSeen) => void) => LineVisitor>
> = {
  csv: csvReader,
  ndjson: ndjsonReader,
  adjacency: adjacencyReader,
}

/**
 * Reads edges into a table, a new one unless given. Without a format, lines that begin with `{` are NDJSON and others CSV. The
 * header of a CSV file, if it has one, is told to `onHeader`.
 * Errors, all naming the line: LINE_TOO_LONG, LINE_INVALID, ID_TOO_LONG, GRAPH_TOO_LARGE, EDGE_INVALID. A table that was given
 * then holds the lines before.
 */
export async function readEdges(
  bytes: ByteStream,
  format?: EdgeFormat,
  table: EdgeTable = new EdgeTable(),
  onHeader?: (seen: HeaderSeen) => void,
): Promise<EdgeTable> {
  let reader = format === undefined ? undefined : READERS[format](table, onHeader)
  await forEachLine(bytes, (buffer, start, end, line) => {
    if (reader === undefined) {
      if (isComment(buffer, start, end)) return
      reader = READERS[buffer[start] === 0x7b ? 'ndjson' : 'csv'](table, onHeader)
    }
    reader(buffer, start, end, line)
  })
  return table
}
