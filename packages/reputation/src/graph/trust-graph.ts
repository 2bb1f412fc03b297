/**
 * The trust graph (TRU-005, TRU-006): a directed weighted multigraph of agents and anchors, folded into three layers.
 *
 *   support     E   i → j: i cites, attests or pays j and thereby vouches for j; anybody can add such edges
 *   consented   M   symmetric: what both sides want, min(w_ij, w_ji), or the weight that the target accepted
 *   distrust        i → j: negative ratings, as positive magnitudes; never mixed into support
 *
 * Whoever controls an agent controls all edges that leave it, so undirected algorithms run on the consented layer alone.
 */
import type { Csr } from './csr.ts'

export type EdgeKind = 'settlement' | 'citation' | 'attestation' | 'rating' | 'dispute' | 'proof'

/** One piece of evidence, as it is read. */
export interface Edge {
  readonly from: string
  readonly to: string
  /** ≥ 0, finite; negative ratings are given by `sign`. */
  readonly weight: number
  readonly sign?: 1 | -1
  /** Seconds since 1970, or checkpoints: any unit, one per graph. */
  readonly time?: number
  /** What changed hands, in the unit of the source. */
  readonly value?: number
  readonly kind?: EdgeKind
  /** True if the target has accepted this edge (TRU-082). */
  readonly accepted?: boolean
}

/** Nodes are numbered 0 … size − 1 by ascending bytes of their identifiers. */
export interface NodeIndex {
  readonly size: number
  idOf(node: number): string
  /** Undefined for an identifier that the graph does not hold. */
  indexOf(id: string): number | undefined
}

/** Aligned with the entries of one layer. NaN where no evidence of an entry had a time. */
export interface EdgeTimes {
  readonly first: Float64Array
  readonly last: Float64Array
}

export interface TrustGraph {
  readonly nodes: NodeIndex
  readonly support: Csr
  readonly consented: Csr
  readonly distrust: Csr
  /** Of the entries of `support`; absent if none had a time. */
  readonly times?: EdgeTimes
  /** The part of `support` that its targets accepted; absent if there is none. */
  readonly accepted?: Csr
  /** What rounding has left out of merged weights, for updates; absent where every sum is a double. */
  readonly remainders?: {
    readonly support?: Remainders
    readonly distrust?: Remainders
    readonly accepted?: Remainders
  }
}

/** By entry: the terms that, with its weight, make the exact sum of its evidence. */
export type Remainders = ReadonlyMap<number, readonly number[]>
