/**
 * A graph with what is known about its nodes: what the generator produces, what the model trains on, what an evaluation
 * reads. One labelled graph is one group: it never straddles training and test (TRU-055).
 */
import type { TrustGraph } from '../graph/index.ts'

/** Entries of `LabelledGraph.labels`. */
export const SYBIL = 1
export const HONEST = 0
/** Nobody knows: neither trained on nor counted in an evaluation. */
export const UNLABELLED = -1

export interface LabelledGraph {
  /** Unique in its pool; names the group in splits, figures and the model card. */
  readonly name: string
  readonly graph: TrustGraph
  /** Node → weight > 0. Chosen without looking at labels, or before the attack. */
  readonly anchors: ReadonlyMap<number, number>
  /** One entry per node: SYBIL, HONEST or UNLABELLED. */
  readonly labels: Int8Array
  /** When it was observed, for the time split: training takes what is earlier. Any unit, one per pool. */
  readonly time?: number
  /** What the attacker did, for figures per attack: `ring`, `star`, … Absent on a graph without attack. */
  readonly attack?: string
  /** How the honest part was drawn: `barabasi-albert`, … */
  readonly topology?: string
}
