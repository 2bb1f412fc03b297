/**
 * Anchors: the agents from which trust starts. Their weights are relative; the teleport vector is the same divided by the
 * sum. Without anchors no score resists Sybils: k identities without a link outwards get k/n of all trust (TPR-129).
 */
import { ReputationError } from '../errors.ts'
import type { TrustGraph } from '../graph/trust-graph.ts'

/** A weight per node, or by identifier; zero and absent mean "no anchor". */
export type Anchors = Float64Array | ReadonlyMap<string, number>

/** Weight of a seed in the teleport vector by level of verification, in basis points (TRU-016, TRU-079). */
export const SEED_WEIGHTS_BP = {
  /** The 500 bp of an unverified agent are its personal starting score; here they count nothing, or four fakes equal one
   * verified seed. */
  UNVERIFIED: 0,
  ANCHOR_ATTESTED: 1500,
  BASIC: 2000,
  ENHANCED: 3000,
  PREMIUM: 4000,
} as const
export type SeedLevel = keyof typeof SEED_WEIGHTS_BP

/** Anchors from levels of verification; the unverified carry no weight. */
export function anchorsByLevel(levels: Iterable<readonly [string, SeedLevel]>): ReadonlyMap<string, number> {
  return new Map([...levels].map(([id, level]) => [id, SEED_WEIGHTS_BP[level]]))
}

function byNode(graph: TrustGraph, anchors: Anchors): Float64Array {
  const { size } = graph.nodes
  if (anchors instanceof Float64Array) {
    if (anchors.length !== size)
      throw new ReputationError(
        'ANCHORS_INVALID',
        `${anchors.length} anchor weights for ${size} nodes: give one per node, or a map by identifier`,
      )
    return anchors
  }
  const weights = new Float64Array(size)
  for (const [id, weight] of anchors) {
    const node = graph.nodes.indexOf(id)
    if (node === undefined)
      throw new ReputationError(
        'ANCHOR_UNKNOWN',
        `anchor ${id} is not in the graph: correct the identifier, or name it as an isolated node`,
      )
    weights[node] = weight
  }
  return weights
}

/** The teleport vector: weights of the anchors, sum 1. Errors: GRAPH_EMPTY, ANCHORS_INVALID, ANCHOR_UNKNOWN, ANCHORS_MISSING. */
export function anchorPrior(graph: TrustGraph, anchors: Anchors): Float64Array {
  if (graph.nodes.size === 0)
    throw new ReputationError(
      'GRAPH_EMPTY',
      'a graph without nodes has no scores: give at least one edge or node',
    )
  const weights = byNode(graph, anchors)
  let sum = 0
  for (const [node, weight] of weights.entries()) {
    if (!(weight >= 0) || !Number.isFinite(weight))
      throw new ReputationError(
        'ANCHORS_INVALID',
        `anchor ${graph.nodes.idOf(node)}: weight ${weight} must be finite and not negative`,
      )
    sum += weight
  }
  if (!(sum > 0) || !Number.isFinite(sum))
    throw new ReputationError(
      'ANCHORS_MISSING',
      'no anchor has a positive weight: name at least one verified agent, or use pageRank, which needs none and resists no Sybil',
    )
  return weights.map((weight) => weight / sum)
}

/** The prior of comparison modes: every node alike. Errors: GRAPH_EMPTY. */
export function uniformPrior(graph: TrustGraph): Float64Array {
  const { size } = graph.nodes
  if (size === 0)
    throw new ReputationError(
      'GRAPH_EMPTY',
      'a graph without nodes has no scores: give at least one edge or node',
    )
  return new Float64Array(size).fill(1 / size)
}
