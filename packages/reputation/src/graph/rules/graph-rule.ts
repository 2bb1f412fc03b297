/** Rules on the merged edges of a graph. Each looks at the graph as it was given; what they take away multiplies. */
import { ReputationError } from '../../errors.ts'
import { consentedLayer } from '../consent.ts'
import type { Csr } from '../csr.ts'
import { entryAt } from '../entry.ts'
import type { TrustGraph } from '../trust-graph.ts'
import { type Finding, RuleLog } from './rule-log.ts'

export interface RuleContext {
  /** Weight of anchors by identifier or by node; 0 is none. No node, unless told. */
  readonly anchors?: ReadonlyMap<string, number> | Float64Array
  /** Anchored scores by node, such as personalised PageRank of the epoch before. */
  readonly scores?: Float64Array
  /** A score below it is low; a quarter of the median of `scores` unless told. */
  readonly floor?: number
  /** The anchor by which an agent is verified. */
  readonly verifiedBy?: ReadonlyMap<string, string>
}

/** What every rule gets. */
export interface RuleInput {
  readonly graph: TrustGraph
  readonly context: RuleContext
  /** 1 for anchors. */
  readonly isAnchor: Uint8Array
  /** Multiplies the weight of an entry of `support`; factor in [0, 1]. */
  readonly multiply: (entry: number, factor: number, finding: number) => void
  readonly find: (finding: Finding) => number
}

export type GraphRule = (input: RuleInput) => void

/**
 * The graph after the rules, and what each did. Consent follows from the reduced weights; distrust stays. Apply rules anew after
 * an update of the graph that was given: the result is not one to be updated.
 * Errors: RULE_INVALID.
 */
export function applyEdgeRules(
  graph: TrustGraph,
  rules: readonly GraphRule[],
  context: RuleContext = {},
): { graph: TrustGraph; applied: RuleLog } {
  const { support, nodes } = graph
  if (context.scores !== undefined && context.scores.length !== nodes.size)
    throw new ReputationError('RULE_INVALID', `${context.scores.length} scores for ${nodes.size} nodes`)
  const weights = support.weights.slice()
  const log = new RuleLog((entry) => [nodes.idOf(rowOf(support, entry)), nodes.idOf(support.columns[entry]!)])
  const input: RuleInput = {
    graph,
    context,
    isAnchor: anchorMask(graph, context),
    find: (finding) => log.find(finding),
    multiply: (entry, factor, finding) => {
      const before = weights[entry]!
      weights[entry] = before * factor
      log.record(entry, finding, before, weights[entry]!)
    },
  }
  for (const rule of rules) rule(input)
  const reduced = withoutZeros({ ...support, weights })
  const accepted =
    graph.accepted === undefined ? undefined : withoutZeros(scaledLike(graph.accepted, support, weights))
  const { remainders: _, accepted: __, times, ...rest } = graph
  return {
    graph: {
      ...rest,
      support: reduced,
      consented: consentedLayer(reduced, accepted),
      ...(accepted === undefined ? {} : { accepted }),
      ...(times === undefined
        ? {}
        : { times: { first: kept(times.first, weights), last: kept(times.last, weights) } }),
    },
    applied: log,
  }
}

function anchorMask({ nodes }: TrustGraph, { anchors }: RuleContext): Uint8Array {
  const mask = new Uint8Array(nodes.size)
  if (anchors instanceof Float64Array) {
    if (anchors.length !== nodes.size)
      throw new ReputationError('RULE_INVALID', `${anchors.length} anchor weights for ${nodes.size} nodes`)
    for (const [node, weight] of anchors.entries()) mask[node] = weight > 0 ? 1 : 0
  } else
    for (const [id, weight] of anchors ?? []) {
      const node = nodes.indexOf(id)
      if (node !== undefined && weight > 0) mask[node] = 1
    }
  return mask
}

/** The row that an entry lies in. */
export function rowOf({ offsets, size }: Csr, entry: number): number {
  let low = 0
  let high = size
  while (low < high) {
    const middle = (low + high) >>> 1
    if (offsets[middle + 1]! <= entry) low = middle + 1
    else high = middle
  }
  return low
}

/** What was accepted shrinks as the edge did that it is a part of. */
function scaledLike(accepted: Csr, support: Csr, weights: Float64Array): Csr {
  const scaled = accepted.weights.slice()
  for (let i = 0; i < accepted.size; i++)
    for (let k = accepted.offsets[i]!; k < accepted.offsets[i + 1]!; k++) {
      const entry = entryAt(support, i, accepted.columns[k]!)
      const before = support.weights[entry]!
      if (weights[entry] !== before)
        scaled[k] = Math.min(scaled[k]! * (weights[entry]! / before), weights[entry]!)
    }
  return { ...accepted, weights: scaled }
}

function kept(column: Float64Array, weights: Float64Array): Float64Array {
  return weights.includes(0) ? column.filter((_, entry) => weights[entry]! > 0) : column
}

function withoutZeros(csr: Csr): Csr {
  if (!csr.weights.includes(0)) return csr
  const offsets = new Uint32Array(csr.size + 1)
  let entries = 0
  for (let i = 0; i < csr.size; i++) {
    for (let k = csr.offsets[i]!; k < csr.offsets[i + 1]!; k++) if (csr.weights[k]! > 0) entries++
    offsets[i + 1] = entries
  }
  return {
    size: csr.size,
    offsets,
    columns: csr.columns.filter((_, k) => csr.weights[k]! > 0),
    weights: csr.weights.filter((weight) => weight > 0),
  }
}

/** Scores below this are low. Errors: RULE_INVALID without scores. */
export function floorOf({ scores, floor }: RuleContext): number {
  if (floor !== undefined) return floor
  if (scores === undefined)
    throw new ReputationError(
      'RULE_INVALID',
      'the star rule needs scores: pass anchored scores, such as personalised PageRank, in the context',
    )
  const sorted = scores.slice().sort()
  const middle = sorted.length >>> 1
  const median =
    sorted.length % 2 === 1 ? sorted[middle]! : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
  return LOW_SHARE * median
}

/** "Low" in the catalogue's defaults: below a quarter of the median. */
const LOW_SHARE = 0.25
