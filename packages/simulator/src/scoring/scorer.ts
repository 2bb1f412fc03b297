/** What is attacked: anything that turns a graph and its anchors into verdicts about agents. */
import type { TrustGraph } from '@symbolon/reputation'

export interface Verdicts {
  /** P(sybil), 0 … 1, by node. */
  readonly probability: Float64Array
  /** Log-odds before calibration, if the scorer has them: finer than a probability that is calibrated in steps. */
  readonly margin?: Float64Array
  /** 1 if the scorer would send the node to review. Never inferred from the score (TRU-086). */
  readonly flagged: Uint8Array
  /** 0 … 1000 by node, before the cap of its identity. */
  readonly rmt: Float64Array
  /** Personalised PageRank by node, sum 1: citation quality reads it (TRU-089); 0 where trust from no anchor arrives. */
  readonly citation: Float64Array
}

export interface Scorer {
  readonly name: string
  score(graph: TrustGraph, anchors: ReadonlyMap<number, number>): Verdicts
}
