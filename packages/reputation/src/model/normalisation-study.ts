/**
 * The two normalisations side by side (TRU-045): what one stranger does to everybody else, and whether one threshold means the
 * same in every graph.
 */
import { atFalsePositiveRate, confusionAt } from '../evaluation/index.ts'
import { applyEdges } from '../graph/index.ts'
import type { JudgedRows } from './figures.ts'
import { HONEST, type LabelledGraph, UNLABELLED } from './labelled-graph.ts'
import type { Model } from './model.ts'
import { scoreGraph } from './score-graph.ts'

export interface StrangerEffect {
  /** Labelled nodes that were there before. */
  readonly nodes: number
  /** Of |P after − P before|. */
  readonly meanShift: number
  readonly maxShift: number
  /** Verdicts that changed, and those of honest nodes that became flagged. */
  readonly verdictsChanged: number
  readonly honestNewlyFlagged: number
}

/** Its identifier sorts first, so that every other node's number moves by one. */
const STRANGER = '\u0000stranger'

/**
 * One new identity cites every agent once, which costs one identity and is accepted by nobody. Errors: those of `scoreGraph`.
 */
export function strangerEffect({ graph, anchors, labels }: LabelledGraph, model: Model): StrangerEffect {
  const before = scoreGraph(graph, { anchors, model })
  const ids = Array.from({ length: graph.nodes.size }, (_, node) => graph.nodes.idOf(node))
  const after = applyEdges(
    graph,
    ids.map((to) => ({ from: STRANGER, to, weight: 1 })),
  )
  const moved = new Map([...anchors].map(([node, weight]) => [ids[node] as string, weight]))
  const shaken = scoreGraph(after, { anchors: moved, model })
  let [nodes, sum, maxShift, verdictsChanged, honestNewlyFlagged] = [0, 0, 0, 0, 0]
  for (const [node, label] of labels.entries()) {
    if (label === UNLABELLED) continue
    const now = after.nodes.indexOf(ids[node] as string) as number
    const shift = Math.abs((shaken.probability[now] as number) - (before.probability[node] as number))
    nodes++
    sum += shift
    maxShift = Math.max(maxShift, shift)
    if (shaken.flagged[now] === before.flagged[node]) continue
    verdictsChanged++
    if (label === HONEST && shaken.flagged[now] === 1) honestNewlyFlagged++
  }
  return { nodes, meanShift: sum / nodes, maxShift, verdictsChanged, honestNewlyFlagged }
}

export interface ThresholdStability {
  /** Flags 1 % of the honest rows of all graphs together. */
  readonly threshold: number
  /** False-positive rate of single graphs at that threshold. */
  readonly median: number
  readonly percentile90: number
  readonly max: number
  /** Share of graphs where it flags more than 5 % of the honest. */
  readonly graphsAbove5Percent: number
}

/** Whether a threshold that holds on average holds in each graph. Errors: EVALUATION_INVALID. */
export function thresholdStability({ probability, labels, graphs, attacks }: JudgedRows): ThresholdStability {
  const { threshold } = atFalsePositiveRate(probability, labels, 0.01)
  const rates = attacks
    .map((_, graph) => {
      const inside = (values: Float64Array): Float64Array => values.filter((__, row) => graphs[row] === graph)
      return confusionAt(inside(probability), inside(labels), threshold).falsePositiveRate
    })
    .filter((rate) => !Number.isNaN(rate))
    .sort((a, b) => a - b)
  const at = (share: number): number =>
    rates[Math.min(rates.length - 1, Math.floor(share * rates.length))] ?? Number.NaN
  return {
    threshold,
    median: at(0.5),
    percentile90: at(0.9),
    max: rates[rates.length - 1] ?? Number.NaN,
    graphsAbove5Percent: rates.filter((rate) => rate > 0.05).length / rates.length,
  }
}
