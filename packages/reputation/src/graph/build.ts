/**
 * A graph from evidence. Parallel edges add up; edges of a node to itself and weights of 0 are dropped, their nodes stay. The
 * result depends on the set of edges alone: any order of the input gives the same graph, bit for bit (TRU-012).
 *
 * Ten million edges between a million nodes: about 500 MB at the height (table 160, order 80, layer 120, its transpose 120), of
 * which the graph keeps 12 bytes per edge and layer.
 */
import { consentedLayer } from './consent.ts'
import { ACCEPTED, DISTRUST, type EdgeTable, tableOf } from './edge-table.ts'
import { layerOf } from './layer.ts'
import type { Edge, TrustGraph } from './trust-graph.ts'

/** The table is read, not kept. */
export function graphOf(table: EdgeTable): TrustGraph {
  const { nodes, places } = table.ids.sorted()
  const support = layerOf(table, places, DISTRUST, 0)
  const distrust = layerOf(table, places, DISTRUST, DISTRUST)
  const accepted = layerOf(table, places, DISTRUST | ACCEPTED, ACCEPTED)
  const remainders = {
    ...(support.remainders === undefined ? {} : { support: support.remainders }),
    ...(distrust.remainders === undefined ? {} : { distrust: distrust.remainders }),
    ...(accepted.remainders === undefined ? {} : { accepted: accepted.remainders }),
  }
  const hasAccepted = accepted.csr.columns.length > 0
  return {
    nodes,
    support: support.csr,
    consented: consentedLayer(support.csr, hasAccepted ? accepted.csr : undefined),
    distrust: distrust.csr,
    ...(support.times === undefined ? {} : { times: support.times }),
    ...(hasAccepted ? { accepted: accepted.csr } : {}),
    ...(Object.keys(remainders).length === 0 ? {} : { remainders }),
  }
}

/**
 * A graph from edges in memory. Nodes that have no edge can be named in `isolated`.
 * Errors: ID_TOO_LONG, GRAPH_TOO_LARGE, EDGE_INVALID.
 */
export function buildGraph(edges: Iterable<Edge>, isolated: Iterable<string> = []): TrustGraph {
  return graphOf(tableOf(edges, isolated))
}
