/** A trust graph of any size for measuring: heavy tails on both sides, half of the endorsements returned, the same for the same seed. */
import { EdgeTable, seeded } from '@symbolon/reputation'

/** Edges per node on average. */
export const MEAN_DEGREE = 10
const ANCHORS = 15

/**
 * Of `edges` edges between a tenth as many nodes. Node r is drawn as a source with a probability that falls as r^(−1/2), as a target
 * as r^(−2/3): out-degrees and in-degrees follow power laws with exponents 3 and 2.5, as in real endorsement networks. Weights 1 … 5.
 */
export function syntheticEdges(edges: number, seed = 1): { table: EdgeTable; anchors: string[] } {
  const random = seeded(seed)
  const size = Math.ceil(edges / MEAN_DEGREE)
  const table = new EdgeTable()
  const idOf = (node: number): string => `agent-${node}`
  for (let node = 0; node < size; node++) table.node(idOf(node))
  while (table.size < edges) {
    const source = Math.floor(size * random.next() ** 2)
    const target = Math.floor(size * random.next() ** 3)
    if (source === target) continue
    table.push(source, target, 1 + random.below(5))
    if (table.size < edges && random.next() < 0.5) table.push(target, source, 1 + random.below(5))
  }
  return { table, anchors: Array.from({ length: ANCHORS }, () => idOf(random.below(size))) }
}
