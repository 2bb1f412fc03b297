/**
 * The feature matrix of a ranked graph in one of two forms (TRU-043 … TRU-045).
 *
 *   scaleFree  (default) values that mean the same in graphs of any size: log1p of n times the scores that sum to 1, SybilRank
 *              times the graph's total degree, everything else as it is; 21 columns. A value that the graph does not determine
 *              (a Fiedler vector that is not unique or marks no sparse cut) is NaN, and the trees learn where such rows go.
 *   paper      the 22 columns scaled to [0, 1] per feature and graph; constant columns are 0.
 */
import { transpose } from '../graph/csr.ts'
import type { TrustGraph } from '../graph/trust-graph.ts'
import { rowSums } from '../rank/gather.ts'
import type { Ranked } from '../rank/rank-all.ts'
import { type Signals, signals } from '../signals/signals.ts'
import type { FeatureMatrix } from './matrix.ts'
import { minMax } from './min-max.ts'
import { FEATURES, type Feature, MODEL_FEATURES } from './names.ts'
import { structure } from './structure.ts'

export interface FeatureOptions {
  readonly form?: 'paper' | 'scaleFree'
  /** Where the caller has them already. */
  readonly signals?: Signals
}

export interface NodeFeatures extends FeatureMatrix {
  readonly names: readonly Feature[]
  /** Per column: true if the feature is constant in this graph, so that nothing may be concluded from it. */
  readonly degenerate: readonly boolean[]
  /** Per column: rows without a value (NaN). */
  readonly missing: readonly number[]
}

/** Scores that sum to 1 shrink as 1/n: their mean after scaling is 1 (TPR-132). */
const SHARES: readonly Feature[] = ['pageRank', 'eigenTrust', 'personalisedPageRank', 'authority', 'hub']

/** The raw values by name: what explanations quote. */
export function rawFeatures(
  graph: TrustGraph,
  ranked: Ranked,
  given?: Signals,
): Readonly<Record<Feature, Float64Array>> {
  const incoming = transpose(graph.support)
  return {
    ...ranked.scores,
    ...(given ?? signals(graph, ranked)).columns,
    ...structure(graph, incoming),
  }
}

/** Rows whose Fiedler value is neither unsupported nor usable. */
function spectralUnknown({ spectral }: Ranked): Uint8Array {
  const unknown = spectral.unsupported.map((flag) => 1 - flag)
  for (const { nodes, usable } of spectral.components) if (usable) for (const node of nodes) unknown[node] = 0
  return unknown
}

function scaleFree(
  name: Feature,
  values: Float64Array,
  graph: TrustGraph,
  volume: number,
  unknown: Uint8Array,
): Float64Array {
  const { size } = graph.nodes
  if (SHARES.includes(name)) return values.map((value) => Math.log1p(size * value))
  if (name === 'sybilRank') return values.map((value) => value * volume)
  if (name === 'spectral') return values.map((value, i) => (unknown[i] === 1 ? Number.NaN : value))
  return values
}

function isConstant(values: Float64Array): boolean {
  const first = values.find((value) => !Number.isNaN(value))
  return first === undefined || values.every((value) => Number.isNaN(value) || value === first)
}

export function features(graph: TrustGraph, ranked: Ranked, options: FeatureOptions = {}): NodeFeatures {
  const raw = rawFeatures(graph, ranked, options.signals)
  const rows = graph.nodes.size
  if (options.form === 'paper') {
    const scaled = FEATURES.map((name) => minMax(raw[name]))
    return {
      names: FEATURES,
      rows,
      columns: scaled.map(({ values }) => values),
      degenerate: scaled.map(({ degenerate }) => degenerate),
      missing: FEATURES.map(() => 0),
    }
  }
  let volume = 0
  for (const degree of rowSums(graph.consented)) volume += degree
  const unknown = spectralUnknown(ranked)
  const columns = MODEL_FEATURES.map((name) => scaleFree(name, raw[name], graph, volume, unknown))
  return {
    names: MODEL_FEATURES,
    rows,
    columns,
    degenerate: columns.map(isConstant),
    missing: columns.map((values) =>
      values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0),
    ),
  }
}
