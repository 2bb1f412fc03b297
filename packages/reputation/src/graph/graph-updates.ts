/**
 * A graph that keeps growing, and ageing. Added edges wait until somebody looks, or until they are an eighth of the graph, and are
 * then folded in at once: amortised over the edges, folding costs a constant per edge however often edges arrive.
 */
import { ReputationError } from '../errors.ts'
import { addGraphs } from './apply-edges.ts'
import { graphOf } from './build.ts'
import type { Csr } from './csr.ts'
import { EdgeTable } from './edge-table.ts'
import type { Edge, Remainders, TrustGraph } from './trust-graph.ts'

const PENDING_MIN = 1_024

export class GraphUpdates {
  #graph: TrustGraph
  #pending = new EdgeTable()

  constructor(graph: TrustGraph = graphOf(new EdgeTable())) {
    this.#graph = graph
  }

  /** Errors: ID_TOO_LONG, GRAPH_TOO_LARGE, EDGE_INVALID; a refused edge changes no edge. */
  add(edge: Edge): void {
    this.#pending.add(edge)
    if (this.#pending.size >= Math.max(PENDING_MIN, this.#graph.support.columns.length / 8)) this.graph()
  }

  /** The graph of everything added so far; it does not change when more is added. */
  graph(): TrustGraph {
    if (this.#pending.ids.size > 0) {
      this.#graph = addGraphs(this.#graph, graphOf(this.#pending))
      this.#pending = new EdgeTable()
    }
    return this.#graph
  }

  /** Multiplies the weight of everything added so far; see `decayed`. */
  decay(factor: number): void {
    this.#graph = decayed(this.graph(), factor)
  }
}

/**
 * All evidence aged by the same factor, 0 < factor ≤ 1, as between two epochs. Powers of two (half-lives) are exact: then a graph
 * that aged and grew is, bit for bit, the one built from aged edges. Any other factor rounds each merged weight once.
 * Errors: EDGE_INVALID for another factor, or one so small that a weight would vanish.
 */
export function decayed(graph: TrustGraph, factor: number): TrustGraph {
  if (!(factor > 0 && factor <= 1))
    throw new ReputationError('EDGE_INVALID', `decay by ${factor}: the factor must be above 0 and at most 1`)
  const scaled = (csr: Csr): Csr => {
    const weights = csr.weights.map((weight) => weight * factor)
    if (weights.includes(0))
      throw new ReputationError(
        'EDGE_INVALID',
        `decay by ${factor} leaves nothing of a weight: rebuild instead`,
      )
    return { ...csr, weights }
  }
  const isPowerOfTwo = Math.log2(factor) % 1 === 0
  const scaledRemainders = (of: Remainders): Remainders =>
    new Map([...of].map(([entry, terms]) => [entry, terms.map((term) => term * factor)]))
  const { support, distrust, accepted } = graph.remainders ?? {}
  const remainders = {
    ...(support === undefined ? {} : { support: scaledRemainders(support) }),
    ...(distrust === undefined ? {} : { distrust: scaledRemainders(distrust) }),
    ...(accepted === undefined ? {} : { accepted: scaledRemainders(accepted) }),
  }
  const { remainders: _, ...rest } = graph
  return {
    ...rest,
    support: scaled(graph.support),
    consented: scaled(graph.consented),
    distrust: scaled(graph.distrust),
    ...(graph.accepted === undefined ? {} : { accepted: scaled(graph.accepted) }),
    ...(isPowerOfTwo && Object.keys(remainders).length > 0 ? { remainders } : {}),
  }
}
