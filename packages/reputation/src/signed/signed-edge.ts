import type { Edge } from '../graph/trust-graph.ts'

/** One rating of somebody by somebody: what a weighted signed network is made of (Kumar and others, ICDM 2016). */
export interface SignedEdge {
  readonly from: string
  readonly to: string
  /** Finite, on any scale around zero: positive for trust, negative for distrust, zero for neither. */
  readonly rating: number
  /** Any unit, one per file. */
  readonly time?: number
}

/** Edges of the trust graph as ratings: the weight, with the sign of its layer. */
export function signedEdges(edges: Iterable<Edge>): SignedEdge[] {
  return Array.from(edges, ({ from, to, weight, sign, time }) => ({
    from,
    to,
    rating: sign === -1 ? -weight : weight,
    ...(time === undefined ? {} : { time }),
  }))
}
