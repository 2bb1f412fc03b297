/**
 * Anchors for a graph that nobody has vouched for: agents whom many others want in return, spread out.
 *
 * The most consented weight first, and none beside one that was chosen, so that communities get anchors of their own
 * (TRU-018). No name and no label is looked at. Whoever can make many others accept his edges can become one: anchors that
 * somebody verified are better, and a score from automatic ones says so.
 */
import type { TrustGraph } from '../graph/trust-graph.ts'
import { rowSums } from './gather.ts'

const LEAST = 3
const MOST = 50
/** One anchor for so many nodes. */
const NODES_EACH = 200

/** Node → weight 1. Where nobody wants anybody in return, those that receive most. Fewer than LEAST only in tiny graphs. */
export function automaticAnchors(
  graph: TrustGraph,
  count: number = Math.max(LEAST, Math.min(MOST, Math.ceil(graph.nodes.size / NODES_EACH))),
): Map<number, number> {
  const { consented, support } = graph
  const isMutual = consented.columns.length > 0
  const strength = isMutual ? rowSums(consented) : received(graph)
  const order = [...strength.keys()]
    .filter((node) => (strength[node] as number) > 0)
    .sort((a, b) => (strength[b] as number) - (strength[a] as number) || a - b)
  const chosen = new Map<number, number>()
  const beside = new Set<number>()
  const layer = isMutual ? consented : support
  for (const node of order) {
    if (chosen.size >= count) break
    if (beside.has(node)) continue
    chosen.set(node, 1)
    for (let k = layer.offsets[node] as number; k < (layer.offsets[node + 1] as number); k++)
      beside.add(layer.columns[k] as number)
  }
  // A graph as dense as a clique has nobody who stands apart.
  for (const node of order) {
    if (chosen.size >= count) break
    chosen.set(node, 1)
  }
  return chosen
}

function received({ support, nodes }: TrustGraph): Float64Array {
  const sums = new Float64Array(nodes.size)
  for (let k = 0; k < support.columns.length; k++) {
    const node = support.columns[k] as number
    sums[node] = (sums[node] as number) + (support.weights[k] as number)
  }
  return sums
}
