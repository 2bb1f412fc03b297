/** Everything that is computed once per rating graph and read by several features and baselines. */
import { type Additive, additive } from './additive.ts'
import { type BiasDeserve, biasDeserve } from './bias-deserve.ts'
import { type FairnessGoodness, fairnessGoodness } from './fairness-goodness.ts'
import { flow } from './flow.ts'
import type { RatingGraph } from './rating-graph.ts'
import { type SignedHits, signedHits } from './signed-hits.ts'

export interface GraphScores {
  readonly graph: RatingGraph
  readonly fairnessGoodness: FairnessGoodness
  readonly biasDeserve: BiasDeserve
  readonly hits: SignedHits
  readonly additive: Additive
  /** Logarithm of the flow along positive ratings, and along negative ones. */
  readonly trust: Float64Array
  readonly distrust: Float64Array
}

/** O(edges · steps). */
export function graphScores(graph: RatingGraph): GraphScores {
  return {
    graph,
    fairnessGoodness: fairnessGoodness(graph),
    biasDeserve: biasDeserve(graph),
    hits: signedHits(graph),
    additive: additive(graph),
    trust: flow(graph, 1),
    distrust: flow(graph, -1),
  }
}
