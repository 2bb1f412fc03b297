/** Labelled graphs as the rows that a model learns from and is judged on. Ranking is the costly part and is done once. */

import { features } from '../features/features.ts'
import type { FeatureMatrix } from '../features/matrix.ts'
import type { TrustGraph } from '../graph/index.ts'
import type { Random } from '../random.ts'
import { rankAll } from '../rank/rank-all.ts'
import type { RawScores } from '../rank/scores.ts'
import { type LabelledGraph, SYBIL, UNLABELLED } from './labelled-graph.ts'

/**
 * `quantile`: scale-free features, mapped by the frozen quantiles of the pool. `paper`: per-graph min-max of all 22 features, as
 * printed, for comparison: it lets any stranger move everybody's values (TRU-045).
 */
export type Normalisation = 'quantile' | 'paper'

export interface PreparedGraph {
  readonly name: string
  readonly attack: string | undefined
  readonly topology: string | undefined
  readonly time: number | undefined
  readonly nodes: number
  readonly scaleFree: FeatureMatrix
  readonly paper: FeatureMatrix
  readonly raw: RawScores
  /** Nodes that count: labelled, and no anchors (theirs is given, not found out). */
  readonly rows: Uint32Array
  readonly labels: Int8Array
}

/** Weights per node from a map by node or by identifier. */
export function anchorWeights(
  graph: TrustGraph,
  anchors: Float64Array | ReadonlyMap<string, number> | ReadonlyMap<number, number>,
): Float64Array | ReadonlyMap<string, number> {
  if (anchors instanceof Float64Array) return anchors
  const byNode = new Float64Array(graph.nodes.size)
  for (const [key, weight] of anchors as ReadonlyMap<string | number, number>) {
    if (typeof key === 'string') return anchors as ReadonlyMap<string, number>
    byNode[key] = weight
  }
  return byNode
}

/** Errors: those of `rankAll`. */
export function prepareGraph(labelled: LabelledGraph): PreparedGraph {
  const { name, graph, anchors, labels, attack, topology, time } = labelled
  const ranked = rankAll(graph, { anchors: anchorWeights(graph, anchors) })
  const rows = Uint32Array.from(labels.keys()).filter(
    (node) => labels[node] !== UNLABELLED && !((anchors.get(node) ?? 0) > 0),
  )
  return {
    name,
    attack,
    topology,
    time,
    nodes: graph.nodes.size,
    scaleFree: features(graph, ranked),
    paper: features(graph, ranked, { form: 'paper' }),
    raw: ranked.scores,
    rows,
    labels,
  }
}

/** Rows of several graphs under one another. */
export interface Rows {
  readonly matrix: FeatureMatrix
  readonly labels: Float64Array
  /** Number of the graph that each row is from, in the order given. */
  readonly graphs: Uint32Array
}

export const matrixOf = (graph: PreparedGraph, normalisation: Normalisation): FeatureMatrix =>
  normalisation === 'paper' ? graph.paper : graph.scaleFree

/** At most `limit` rows of each graph, drawn by `random`: a large graph repeats itself and must not drown the others. */
export function sampleRows(
  pool: readonly PreparedGraph[],
  limit: number,
  random: Random,
): readonly Uint32Array[] {
  return pool.map(({ rows }) =>
    rows.length <= limit ? rows : Uint32Array.from(random.shuffle([...rows]).slice(0, limit)).sort(),
  )
}

export function stackRows(
  pool: readonly PreparedGraph[],
  normalisation: Normalisation,
  names: readonly string[],
  chosen: readonly Uint32Array[] = pool.map(({ rows }) => rows),
): Rows {
  const total = chosen.reduce((sum, rows) => sum + rows.length, 0)
  const labels = new Float64Array(total)
  const graphs = new Uint32Array(total)
  const columns = names.map(() => new Float64Array(total))
  let place = 0
  for (const [number, graph] of pool.entries()) {
    const matrix = matrixOf(graph, normalisation)
    const from = names.map((name) => matrix.columns[matrix.names.indexOf(name)] as Float64Array)
    for (const node of chosen[number] as Uint32Array) {
      for (const [feature, column] of from.entries())
        (columns[feature] as Float64Array)[place] = column[node] as number
      labels[place] = graph.labels[node] === SYBIL ? 1 : 0
      graphs[place++] = number
    }
  }
  return { matrix: { names, rows: total, columns }, labels, graphs }
}
