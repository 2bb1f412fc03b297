/**
 * From the input of the epoch before and the evidence since to the input of the next: the only way in which evidence
 * enters a score (TPR-127, AIN-104).
 *
 *   settlement i → j   satisfied(i, j) += fees;  both finished a task with a counterparty
 *   dispute    i → j   unsatisfied(i, j) += the whole cap, j failed and lost;  satisfied(j, i) += fees (TPR-127)
 *   rating     i → j   satisfied or unsatisfied(i, j) += fees · |2·rating − 1|;  one response time of j
 *
 * A pair adds at most `pairCap` of each per epoch, and at most one task, weighed by its fees against the cap, and one response time,
 * however often it trades: what a ring
 * gains per epoch is bounded by its pairs, and each unit of it was burned as a fee.
 */
import { type Address, compareBytes, hashKey } from '@symbolon/primitives'
import { PPM } from '../fixed/scale.ts'
import { EPOCH_EDGES_MAX, EPOCH_NODES_MAX, EVIDENCE_MAX } from '../limits.ts'
import { decayAt } from './decay.ts'
import type { Evidence } from './evidence.ts'
import type { EpochEdge, EpochInput, EpochNode } from './input.ts'
import type { ScoringParameters } from './parameters.ts'

export interface FoldOptions {
  /** The epoch that ends. */
  readonly epoch: number
  /** Input of an earlier epoch; absent for the first. */
  readonly before: EpochInput | undefined
  readonly evidence: Iterable<Evidence>
  readonly parameters: ScoringParameters
  /** Anchors that are scored also without any evidence. */
  readonly anchors?: readonly Address[]
  /** Bounds of a frame with small blocks; EPOCH_NODES_MAX and EPOCH_EDGES_MAX otherwise. */
  readonly nodesMax?: number
  readonly edgesMax?: number
}

/** An input whose bonds and priors are still those of before, or zero: the ledger knows them. */
export type FoldedInput = EpochInput

type NodeFigures = { -readonly [K in keyof EpochNode]: EpochNode[K] }

interface PairEvidence {
  readonly from: number
  readonly to: number
  satisfied: number
  unsatisfied: number
  settled: number
  /** Sum and number of the response times that `from` attested of `to`. */
  latency: number
  latencies: number
}

/** Ordered pairs of places as map keys: places stay below 2²⁴, because an epoch has that many pieces of evidence at most. */
const pairKey = (from: number, to: number): number => from * 2 ** 24 + to

const capped = (amount: number, cap: number): number => (amount < cap ? amount : cap)
const saturated = (amount: number): number => capped(amount, EVIDENCE_MAX)

export function foldEpoch(options: FoldOptions): FoldedInput {
  const { epoch, before, evidence, parameters, anchors = [] } = options
  const { nodesMax = EPOCH_NODES_MAX, edgesMax = EPOCH_EDGES_MAX } = options
  const cap = Number(parameters.pairCap)
  const recordLeft = decayAt(epoch, parameters.recordHalfLife)
  const supportLeft = decayAt(epoch, parameters.supportHalfLife)

  const nodes: NodeFigures[] = (before?.nodes ?? []).map((node) => ({ ...node }))
  const places = new Map(nodes.map(({ address }, place) => [hashKey(address), place]))
  const placeOf = (address: Address): number => {
    const key = hashKey(address)
    const known = places.get(key)
    if (known !== undefined) return known
    places.set(key, nodes.length)
    nodes.push(blank(address, epoch))
    return nodes.length - 1
  }
  for (const anchor of anchors) placeOf(anchor)

  const pairs = new Map<number, PairEvidence>()
  const pair = (from: number, to: number): PairEvidence => {
    const key = pairKey(from, to)
    let found = pairs.get(key)
    if (found === undefined) {
      found = { from, to, satisfied: 0, unsatisfied: 0, settled: 0, latency: 0, latencies: 0 }
      pairs.set(key, found)
    }
    return found
  }
  /** The figures of a node brought to this epoch, to be added to. */
  const now = (place: number): NodeFigures => {
    const node = nodes[place] as NodeFigures
    if (node.touched !== epoch) {
      for (const name of ['settled', 'failed', 'tasks', 'lost', 'latencyWeight'] as const)
        node[name] = recordLeft(node[name], node.touched)
      node.touched = epoch
    }
    return node
  }
  for (const { kind, from: buyer, to: seller, weight, rating, latency } of evidence) {
    const from = placeOf(buyer)
    const to = placeOf(seller)
    if (from === to) continue
    const forth = pair(from, to)
    if (kind === 'settlement') {
      forth.satisfied += weight
      forth.settled += weight
    } else if (kind === 'dispute') {
      forth.unsatisfied = cap
      pair(to, from).satisfied += weight
      const loser = now(to)
      loser.failed = saturated(loser.failed + cap)
      loser.lost = saturated(loser.lost + PPM)
      loser.tasks = saturated(loser.tasks + PPM)
    } else {
      const away = Math.floor((weight * Math.abs(2 * rating - PPM)) / PPM)
      if (2 * rating >= PPM) forth.satisfied += away
      else forth.unsatisfied += away
      if (latency > 0) {
        forth.latency += latency - 1
        forth.latencies++
      }
    }
  }

  const isLive = ({ satisfied, unsatisfied, touched }: EpochEdge): boolean =>
    supportLeft(satisfied, touched) > 0 || supportLeft(unsatisfied, touched) > 0
  const live: EpochEdge[] = []
  const known = new Set<number>()
  for (const edge of before?.edges ?? []) {
    const key = pairKey(edge.from, edge.to)
    const found = pairs.get(key)
    if (found !== undefined) known.add(key)
    const after =
      found === undefined
        ? edge
        : added(
            found,
            supportLeft(edge.satisfied, edge.touched),
            supportLeft(edge.unsatisfied, edge.touched),
            cap,
            epoch,
          )
    if (isLive(after)) live.push(after)
  }
  /** By agent: one mean of each buyer that attested. */
  const latencies = new Map<number, { readonly sum: number; readonly count: number }>()
  for (const [key, found] of pairs) {
    const { from, to } = found
    if (!known.has(key)) {
      const edge = added(found, 0, 0, cap, epoch)
      if (isLive(edge)) live.push(edge)
    }
    if (found.latencies > 0) {
      const { sum, count } = latencies.get(to) ?? { sum: 0, count: 0 }
      latencies.set(to, { sum: sum + Math.floor(found.latency / found.latencies), count: count + 1 })
    }
    // Both directions of a pair are one counterparty; what burned no fee is none. A cap of 0 lets nothing count.
    const back = pairs.get(pairKey(to, from))?.settled ?? 0
    if (cap > 0 && found.settled > 0 && (from < to || back === 0))
      for (const place of [from, to]) {
        const node = now(place)
        const weight = capped(found.settled + back, cap)
        node.settled = saturated(node.settled + weight)
        // AIN-090: w = min(1, fees/reference), so that experience costs what it weighs.
        node.tasks = saturated(node.tasks + Math.floor((weight * PPM) / cap))
      }
  }
  for (const [place, { sum, count }] of latencies) addLatencies(now(place), sum, count)
  return select({
    epoch,
    nodes,
    live,
    anchors: new Set(anchors.map(hashKey)),
    nodesMax,
    edgesMax,
    recordLeft,
    supportLeft,
  })
}

/** The relation with what the epoch adds to what is left of it. */
function added(
  { from, to, ...found }: PairEvidence,
  satisfied: number,
  unsatisfied: number,
  cap: number,
  epoch: number,
): EpochEdge {
  return {
    from,
    to,
    satisfied: saturated(satisfied + capped(found.satisfied, cap)),
    unsatisfied: saturated(unsatisfied + capped(found.unsatisfied, cap)),
    touched: epoch,
  }
}

function blank(address: Address, epoch: number): NodeFigures {
  return {
    address,
    settled: 0,
    failed: 0,
    tasks: 0,
    lost: 0,
    latency: 0,
    latencyWeight: 0,
    touched: epoch,
    bond: 0n,
    prior: 0n,
  }
}

/** A weighted mean: each buyer and epoch counts one, and what was known before counts what is left of it, at most 1,000. */
function addLatencies(node: NodeFigures, sum: number, count: number): void {
  const known = capped(node.latencyWeight, 1_000 * PPM)
  const weighed = BigInt(node.latency) * BigInt(known) + BigInt(sum) * BigInt(PPM)
  node.latency = Number(weighed / BigInt(known + count * PPM))
  node.latencyWeight = saturated(node.latencyWeight + count * PPM)
}

interface Selection {
  readonly epoch: number
  readonly nodes: readonly NodeFigures[]
  readonly live: readonly EpochEdge[]
  readonly anchors: ReadonlySet<string>
  readonly nodesMax: number
  readonly edgesMax: number
  readonly recordLeft: (amount: number, touched: number) => number
  readonly supportLeft: (amount: number, touched: number) => number
}

/** Drops who has neither relation nor record left, then what is over a bound (anchors stay), and sorts what remains. */
function select({
  epoch,
  nodes,
  live,
  anchors,
  nodesMax,
  edgesMax,
  recordLeft,
  supportLeft,
}: Selection): EpochInput {
  const related = new Uint8Array(nodes.length)
  for (const { from, to } of live) {
    related[from] = 1
    related[to] = 1
  }
  const weightOf = ({ settled, failed, touched }: EpochNode): number => recordLeft(settled + failed, touched)
  const isAnchor = (node: EpochNode): boolean => anchors.has(hashKey(node.address))
  const kept = nodes
    .map((node, place) => ({ node, place, weight: weightOf(node), anchor: isAnchor(node) }))
    .filter(
      ({ node, place, anchor }) => anchor || related[place] === 1 || recordLeft(node.tasks, node.touched) > 0,
    )
    .sort(
      (a, b) =>
        Number(b.anchor) - Number(a.anchor) ||
        b.weight - a.weight ||
        compareBytes(a.node.address, b.node.address),
    )
    .slice(0, nodesMax)
    .sort((a, b) => compareBytes(a.node.address, b.node.address))
  const renamed = new Int32Array(nodes.length).fill(-1)
  for (const [at, { place }] of kept.entries()) renamed[place] = at
  let edges: EpochEdge[] = []
  for (const { satisfied, unsatisfied, touched, ...edge } of live) {
    const from = renamed[edge.from] as number
    const to = renamed[edge.to] as number
    if (from >= 0 && to >= 0) edges.push({ from, to, satisfied, unsatisfied, touched })
  }
  const inOrder = (a: EpochEdge, b: EpochEdge): number => a.from - b.from || a.to - b.to
  if (edges.length > edgesMax)
    edges = edges
      .map((edge) => ({
        edge,
        weight: supportLeft(edge.satisfied, edge.touched) + supportLeft(edge.unsatisfied, edge.touched),
      }))
      .sort((a, b) => b.weight - a.weight || inOrder(a.edge, b.edge))
      .slice(0, edgesMax)
      .map(({ edge }) => edge)
  return { epoch, nodes: kept.map(({ node }) => node), edges: edges.sort(inOrder) }
}
