/**
 * Why a node has its verdict (TRU-052), for appeals: which features moved it and by how much, which edges carried it, and what
 * would change it. Edges and changes are not guessed from the model: the graph is scored again with the change made.
 */

import { contributions } from '../boosting/index.ts'
import { shiftBaseRate } from '../calibration/base-rate.ts'
import { calibrated } from '../calibration/index.ts'
import { rawFeatures } from '../features/features.ts'
import type { Feature } from '../features/names.ts'
import { applyEdges, type Csr, type TrustGraph, transpose } from '../graph/index.ts'
import { shownText } from '../report/shown-text.ts'
import { FEATURE_GROUPS } from './feature-groups.ts'
import { type NodeScores, type ScoreOptions, scoreGraph } from './score-graph.ts'
import { withoutPairs } from './without-pairs.ts'
import { featureWords } from './words.ts'

export interface FeatureReason {
  /** Columns that state one fact, with their values in this graph and the share of its nodes that lie below. */
  readonly features: readonly { readonly name: string; readonly value: number; readonly above: number }[]
  /** Log-odds of being a Sybil that this fact adds (before calibration); all of them and the base add up to the margin. */
  readonly contribution: number
  readonly words: string
}

export interface EdgeReason {
  readonly neighbour: string
  /** This node cites the neighbour, is cited by it, and both agree. */
  readonly outgoing: number
  readonly incoming: number
  readonly mutual: number
  /** Share of the trust arriving from anchors (personalised PageRank) that comes over this edge. */
  readonly trustShare: number
  /** Probability if the two had never met; absent if the graph is too large to score again. */
  readonly probabilityWithout?: number
}

export interface Change {
  readonly words: string
  readonly probability: number
  readonly flagged: boolean
}

export interface Explanation {
  readonly id: string
  readonly probability: number
  readonly flagged: boolean
  readonly rmt: number
  readonly rank: number
  readonly nodes: number
  readonly unsupported: boolean
  /** `eclipse_victim` is a warning to the agent's partners and never a mark against it (TRU-029). */
  readonly eclipse?: string
  readonly modelHash: string
  /** Probability of a node about which nothing is known. */
  readonly baseProbability: number
  readonly baseMargin: number
  readonly margin: number
  readonly reasons: readonly FeatureReason[]
  readonly edges: readonly EdgeReason[]
  readonly changes: readonly Change[]
  /** The whole in sentences. */
  readonly text: string
}

export interface ExplainOptions {
  /** Edges that are named and scored without; 5 unless told. */
  readonly edges?: number
  /** Larger graphs are not scored again: 20,000 nodes unless told. */
  readonly rescoreNodesMax?: number
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const number = (value: number): string =>
  Number.isNaN(value) ? 'not known here' : String(Number(value.toPrecision(4)))

/** Share of the present values of a column that lie below. */
function shareBelow(column: Float64Array, value: number): number {
  let below = 0
  let present = 0
  for (const other of column) {
    if (Number.isNaN(other)) continue
    present++
    if (other < value) below++
  }
  return present === 0 ? Number.NaN : below / present
}

function reasonsOf(
  scores: NodeScores,
  raw: Readonly<Record<string, Float64Array>>,
  node: number,
): { reasons: FeatureReason[]; base: number } {
  const { base, values } = contributions(scores.model.trees, scores.input, node)
  const { features } = scores.model
  const grouped = FEATURE_GROUPS.map((group) => group.filter((name) => features.includes(name)))
  const alone = features.filter((name) => !grouped.flat().includes(name)).map((name) => [name])
  const reasons = [...grouped, ...alone].flatMap((group) => {
    const contribution = group.reduce((sum, name) => sum + (values[features.indexOf(name)] as number), 0)
    if (group.length === 0) return []
    const stated = group.map((name) => {
      const column = raw[name] ?? new Float64Array(0)
      const value = column[node] ?? Number.NaN
      return { name, value, above: shareBelow(column, value) }
    })
    const facts = stated
      .map(
        ({ name, value, above }) =>
          `${featureWords(name)}: ${number(value)}, more than ${Number.isNaN(above) ? '–' : percent(above)} of the agents here`,
      )
      .join('; ')
    const effect = contribution > 0 ? 'raises' : contribution < 0 ? 'lowers' : 'does not change'
    const words = `${effect} suspicion${contribution === 0 ? '' : ` (odds × ${Math.exp(contribution).toFixed(2)})`}: ${facts}`
    return [{ features: stated, contribution, words }]
  })
  reasons.sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
  return { reasons, base }
}

function entriesOf({ offsets, columns, weights }: Csr, row: number): Map<number, number> {
  const entries = new Map<number, number>()
  for (let k = offsets[row] as number; k < (offsets[row + 1] as number); k++)
    entries.set(columns[k] as number, weights[k] as number)
  return entries
}

/** Neighbours by the trust that reaches the node through them, most first. */
function edgesOf(graph: TrustGraph, scores: NodeScores, node: number): (EdgeReason & { place: number })[] {
  const { support, consented, nodes } = graph
  const outgoing = entriesOf(support, node)
  const incoming = entriesOf(transpose(support), node)
  const mutual = entriesOf(consented, node)
  const trust = scores.raw.personalisedPageRank
  const flows = new Map<number, number>()
  let total = 0
  for (const [from, weight] of incoming) {
    let given = 0
    for (const other of entriesOf(support, from).values()) given += other
    const flow = ((trust[from] as number) * weight) / given
    flows.set(from, flow)
    total += flow
  }
  return [...new Set([...incoming.keys(), ...outgoing.keys(), ...mutual.keys()])]
    .sort((a, b) => (flows.get(b) ?? 0) - (flows.get(a) ?? 0) || a - b)
    .map((place) => ({
      place,
      neighbour: nodes.idOf(place),
      outgoing: outgoing.get(place) ?? 0,
      incoming: incoming.get(place) ?? 0,
      mutual: mutual.get(place) ?? 0,
      trustShare: total > 0 ? (flows.get(place) ?? 0) / total : 0,
    }))
}

/** Median weight of the support layer: what one ordinary edge weighs here. */
function ordinaryWeight({ support: { weights } }: TrustGraph): number {
  return weights.length === 0 ? 1 : (weights.slice().sort()[weights.length >> 1] as number)
}

/** Nodes of highest trust that are no neighbours, anchors first. */
function trustedStrangers(
  scores: NodeScores,
  node: number,
  known: ReadonlySet<number>,
  count: number,
): number[] {
  const trust = scores.raw.personalisedPageRank
  return [...trust.keys()]
    .filter((other) => other !== node && !known.has(other))
    .sort((a, b) => (trust[b] as number) - (trust[a] as number) || a - b)
    .slice(0, count)
}

/**
 * `scores` must be those of `graph` under `options`. Scores the graph again up to `edges` + 4 times.
 * Errors: those of `scoreGraph`.
 */
export function explainNode(
  graph: TrustGraph,
  scores: NodeScores,
  node: number,
  options: ScoreOptions & ExplainOptions,
): Explanation {
  const { edges: edgesMax = 5, rescoreNodesMax = 20_000 } = options
  const raw: Readonly<Record<Feature, Float64Array>> = rawFeatures(graph, scores.ranked, scores.signals)
  const { reasons, base } = reasonsOf(scores, raw, node)
  const neighbours = edgesOf(graph, scores, node)
  const rescore = graph.nodes.size <= rescoreNodesMax
  const probabilityIn = (changed: TrustGraph): number =>
    scoreGraph(changed, options).probability[node] as number
  const edges = neighbours.slice(0, edgesMax).map(({ place, ...edge }) => {
    if (!rescore) return edge
    return { ...edge, probabilityWithout: probabilityIn(withoutPairs(graph, node, new Set([place]))) }
  })
  const changes: Change[] = []
  const attempt = (words: string, changed: TrustGraph): void => {
    const probability = probabilityIn(changed)
    changes.push({ words, probability, flagged: probability >= scores.threshold })
  }
  if (rescore) {
    const known = new Set(neighbours.map(({ place }) => place))
    const id = graph.nodes.idOf(node)
    const weight = ordinaryWeight(graph)
    for (const count of [1, 3]) {
      const trusted = trustedStrangers(scores, node, known, count)
      if (trusted.length < count) continue
      attempt(
        `an accepted edge of ordinary weight with ${count === 1 ? 'the most trusted agent' : `the ${count} most trusted agents`} that it does not know`,
        applyEdges(
          graph,
          trusted.map((other) => ({ from: graph.nodes.idOf(other), to: id, weight, accepted: true })),
        ),
      )
    }
    const suspects = new Set(
      neighbours.filter(({ place }) => scores.flagged[place] === 1).map(({ place }) => place),
    )
    if (suspects.size > 0)
      attempt(`no edges with its ${suspects.size} flagged neighbours`, withoutPairs(graph, node, suspects))
    const unanswered = new Set(neighbours.filter(({ mutual }) => mutual === 0).map(({ place }) => place))
    if (unanswered.size > 0)
      attempt(
        `no edges that one side alone wants (${unanswered.size})`,
        withoutPairs(graph, node, unanswered),
      )
    changes.sort((a, b) => a.probability - b.probability)
  }
  const eclipse = scores.signals.eclipse.get(node)
  const facts = {
    ...(eclipse === undefined ? {} : { eclipse }),
    id: graph.nodes.idOf(node),
    probability: scores.probability[node] as number,
    flagged: scores.flagged[node] === 1,
    rmt: scores.rmt[node] as number,
    rank: scores.rank[node] as number,
    nodes: graph.nodes.size,
    unsupported: scores.unsupported[node] === 1,
    modelHash: scores.modelHash,
    baseProbability: shiftBaseRate(
      calibrated(scores.model.calibration, base),
      scores.model.baseRate,
      scores.baseRate,
    ),
    baseMargin: base,
    margin: scores.margin[node] as number,
    reasons,
    edges,
    changes,
  }
  return { ...facts, text: inWords(facts, scores.threshold) }
}

const REASONS_SAID = 6

function inWords(of: Omit<Explanation, 'text'>, threshold: number): string {
  const lines = [
    `${shownText(of.id)}: P(Sybil) ${percent(of.probability)}, rmt ${of.rmt}, rank ${of.rank} of ${of.nodes}; ${
      of.flagged ? 'flagged for review' : 'not flagged'
    } (threshold ${percent(threshold)}).`,
    ...(of.unsupported
      ? [
          'No consented path leads from it to an anchor. Newcomers start like this; it limits and does not accuse.',
        ]
      : []),
    ...(of.eclipse === 'eclipse_victim'
      ? [
          'It had support from anchors before and is being cut off: protect it, ask its anchors to attest again.',
        ]
      : []),
    `An agent about which nothing is known has ${percent(of.baseProbability)}. What moved this one:`,
    ...of.reasons.slice(0, REASONS_SAID).map(({ words }) => `  - ${words}`),
    of.edges.length === 0 ? 'It has no edges.' : 'Edges that carry most of its trust:',
    ...of.edges.map(
      ({ neighbour, trustShare, mutual, probabilityWithout }) =>
        `  - ${shownText(neighbour)}: ${percent(trustShare)} of what arrives from anchors${mutual > 0 ? ', mutual' : ', not mutual'}${
          probabilityWithout === undefined ? '' : `; without it P(Sybil) ${percent(probabilityWithout)}`
        }`,
    ),
    ...(of.changes.length === 0 ? [] : ['What would change it:']),
    ...of.changes.map(
      ({ words, probability, flagged }) =>
        `  - ${words}: ${percent(probability)}, ${flagged ? 'flagged' : 'not flagged'}`,
    ),
  ]
  return lines.join('\n')
}
