/**
 * Later evidence. A graph with edges added is, bit for bit, the graph built from all edges at once: exact sums do not mind when
 * their terms arrive. Only the new edges are sorted; rows that they do not touch are copied as they are (12 bytes per entry and
 * layer, some 50 ms per ten million entries, several times that if new nodes renumber the others).
 */
import { graphOf } from './build.ts'
import { consentOf } from './consent.ts'
import type { Csr } from './csr.ts'
import { tableOf } from './edge-table.ts'
import { entryAt, weightAt } from './entry.ts'
import type { Layer } from './layer.ts'
import { addLayers, placed } from './merge.ts'
import { mergeIndexes, SortedIds } from './node-index.ts'
import type { Edge, Remainders, TrustGraph } from './trust-graph.ts'

/** Errors: ID_TOO_LONG, GRAPH_TOO_LARGE, EDGE_INVALID. The graph given stays as it is. */
export function applyEdges(
  graph: TrustGraph,
  edges: Iterable<Edge>,
  isolated: Iterable<string> = [],
): TrustGraph {
  return addGraphs(graph, graphOf(tableOf(edges, isolated)))
}

/** The graph of the evidence of both. The second should be the smaller one. */
export function addGraphs(graph: TrustGraph, added: TrustGraph): TrustGraph {
  const { nodes, placesOfA, placesOfB } = mergeIndexes(SortedIds.of(graph.nodes), SortedIds.of(added.nodes))
  const joined = (a: Layer, b: Layer): Layer =>
    addLayers(placed(a, placesOfA, nodes.size), placed(b, placesOfB, nodes.size))
  const support = joined(
    layer(graph.support, graph.remainders?.support, graph.times),
    layer(added.support, added.remainders?.support, added.times),
  )
  const distrust = joined(
    layer(graph.distrust, graph.remainders?.distrust),
    layer(added.distrust, added.remainders?.distrust),
  )
  const accepted =
    graph.accepted === undefined && added.accepted === undefined
      ? undefined
      : joined(
          layer(graph.accepted ?? emptyOf(graph), graph.remainders?.accepted),
          layer(added.accepted ?? emptyOf(added), added.remainders?.accepted),
        )
  const touched = placed({ csr: added.support }, placesOfB, nodes.size).csr
  const before = placed({ csr: graph.consented }, placesOfA, nodes.size).csr
  const remainders = {
    ...(support.remainders === undefined ? {} : { support: support.remainders }),
    ...(distrust.remainders === undefined ? {} : { distrust: distrust.remainders }),
    ...(accepted?.remainders === undefined ? {} : { accepted: accepted.remainders }),
  }
  return {
    nodes,
    support: support.csr,
    consented: consentAfter(before, touched, support.csr, accepted?.csr),
    distrust: distrust.csr,
    ...(support.times === undefined ? {} : { times: support.times }),
    ...(accepted === undefined ? {} : { accepted: accepted.csr }),
    ...(Object.keys(remainders).length === 0 ? {} : { remainders }),
  }
}

function layer(csr: Csr, remainders?: Remainders, times?: TrustGraph['times']): Layer {
  return {
    csr,
    ...(remainders === undefined ? {} : { remainders }),
    ...(times === undefined ? {} : { times }),
  }
}

function emptyOf({ nodes: { size } }: TrustGraph): Csr {
  return {
    size,
    offsets: new Uint32Array(size + 1),
    columns: new Uint32Array(0),
    weights: new Float64Array(0),
  }
}

/** The consented layer after the pairs of `touched` changed. Evidence only grows, so its weights do too, and no pair leaves. */
function consentAfter(before: Csr, touched: Csr, support: Csr, accepted: Csr | undefined): Csr {
  const { size } = before
  const offsets = new Uint32Array(size + 1)
  const additions: number[][] = []
  const weights = before.weights.slice()
  const consider = (i: number, j: number): void => {
    const weight = consentOf(
      weightAt(support, i, j),
      weightAt(support, j, i),
      weightAt(accepted, i, j),
      weightAt(accepted, j, i),
    )
    if (weight > 0) additions.push([i, j, weight], [j, i, weight])
  }
  for (let i = 0; i < size; i++)
    for (let k = touched.offsets[i]!; k < touched.offsets[i + 1]!; k++) consider(i, touched.columns[k]!)
  additions.sort(([a, b], [c, d]) => a! - c! || b! - d!)
  // One row per changed pair, those that were consented before are overwritten, the others inserted.
  const inserted: number[][] = []
  let previous: number[] | undefined
  for (const addition of additions) {
    const [i, j, weight] = addition as [number, number, number]
    if (previous !== undefined && previous[0] === i && previous[1] === j) continue
    previous = addition
    const place = entryAt(before, i, j)
    if (place >= 0) weights[place] = weight
    else inserted.push(addition)
  }
  if (inserted.length === 0) return { ...before, weights }
  const columns = new Uint32Array(before.columns.length + inserted.length)
  const values = new Float64Array(columns.length)
  let at = 0
  let next = 0
  let taken = 0
  const copyTo = (end: number): void => {
    columns.set(before.columns.subarray(taken, end), at)
    values.set(weights.subarray(taken, end), at)
    at += end - taken
    taken = end
  }
  for (let i = 0; i < size; i++) {
    for (; next < inserted.length && inserted[next]![0] === i; next++) {
      const [, j, weight] = inserted[next] as [number, number, number]
      let end = taken
      if (end < before.offsets[i]!) end = before.offsets[i]!
      while (end < before.offsets[i + 1]! && before.columns[end]! < j) end++
      copyTo(end)
      columns[at] = j
      values[at++] = weight
    }
    offsets[i + 1] = before.offsets[i + 1]! + next
  }
  copyTo(before.columns.length)
  return { size, offsets, columns, weights: values }
}
