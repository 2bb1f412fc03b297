/**
 * Files of signed networks: everything that edges are read from (SNAP, KONECT, CSV with a header, NDJSON; see ../graph/read), and the
 * records of SNAP's requests for adminship (`SRC:` `TGT:` `VOT:` … `DAT:`, separated by empty lines).
 */
import { EdgeTable } from '../graph/edge-table.ts'
import { csvReader, type HeaderSeen } from '../graph/read/csv.ts'
import { type ByteStream, forEachLine, type LineVisitor } from '../graph/read/lines.ts'
import { ndjsonReader } from '../graph/read/ndjson.ts'
import { isComment } from '../graph/read/separated.ts'
import { adminshipReader } from './adminship.ts'
import type { SignedEdge } from './signed-edge.ts'
import { signedEdges } from './signed-edge.ts'

const DECODER = new TextDecoder()
const BRACE = 0x7b

/** Errors, naming the line: LINE_TOO_LONG, LINE_INVALID, ID_TOO_LONG, GRAPH_TOO_LARGE, EDGE_INVALID. */
export async function readSigned(
  bytes: ByteStream,
  onHeader?: (seen: HeaderSeen) => void,
): Promise<SignedEdge[]> {
  const table = new EdgeTable()
  const adminship = adminshipReader()
  let visit: LineVisitor | undefined
  await forEachLine(bytes, (buffer, start, end, line) => {
    if (visit === undefined) {
      if (isComment(buffer, start, end)) return
      const records = DECODER.decode(buffer.subarray(start, Math.min(end, start + 4))) === 'SRC:'
      visit = records
        ? adminship.visit
        : buffer[start] === BRACE
          ? ndjsonReader(table)
          : csvReader(table, onHeader)
    }
    visit(buffer, start, end, line)
  })
  return visit === adminship.visit ? adminship.edges() : signedEdges(table)
}
