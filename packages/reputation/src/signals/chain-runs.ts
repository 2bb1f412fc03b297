/**
 * Chains by structure (TRU-030, note 2): a link has exactly one endorser and endorses exactly one other; where times exist,
 * its incoming edge is not younger than its outgoing one, because value that is laundered arrives before it leaves.
 */
import { type Csr, transpose } from '../graph/csr.ts'
import type { TrustGraph } from '../graph/trust-graph.ts'

/** Links in a row from which a run is suspect. */
export const CHAIN_RUN_MIN = 4

/** For every node the number of links in its maximal run (a ring of links counts all of them); 0 for a node that is no link. */
export function chainRuns(graph: TrustGraph, incoming: Csr = transpose(graph.support)): Uint32Array {
  const { support, times } = graph
  const { size } = support
  const link = new Uint8Array(size)
  for (let i = 0; i < size; i++) {
    const out = support.offsets[i] as number
    if ((support.offsets[i + 1] as number) - out !== 1) continue
    const into = incoming.offsets[i] as number
    if ((incoming.offsets[i + 1] as number) - into !== 1) continue
    link[i] = 1
    if (times === undefined) continue
    const arrived = times.first[entryOf(support, incoming.columns[into] as number, i)] as number
    if (arrived > (times.first[out] as number)) link[i] = 0
  }
  const successor = (i: number): number => support.columns[support.offsets[i] as number] as number
  const predecessor = (i: number): number => incoming.columns[incoming.offsets[i] as number] as number
  const runs = new Uint32Array(size)
  const mark = (start: number): void => {
    let length = 0
    for (let i = start; ; i = successor(i)) {
      length++
      const next = successor(i)
      if (link[next] === 0 || next === start) break
    }
    for (let i = start, left = length; left > 0; i = successor(i), left--) runs[i] = length
  }
  for (let i = 0; i < size; i++) if (link[i] === 1 && link[predecessor(i)] === 0) mark(i)
  // What is left are rings of links: they have no first.
  for (let i = 0; i < size; i++) if (link[i] === 1 && runs[i] === 0) mark(i)
  return runs
}

/** Binary search: columns ascend within a row. */
function entryOf({ offsets, columns }: Csr, row: number, column: number): number {
  let low = offsets[row] as number
  let above = offsets[row + 1] as number
  while (above - low > 1) {
    const middle = (low + above) >>> 1
    if ((columns[middle] as number) <= column) low = middle
    else above = middle
  }
  return low
}
