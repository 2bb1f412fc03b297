/**
 * What each part contributes (TRU-056): every algorithm alone, every algorithm left out together with the signals made from it, with
 * and without signals, by graph split or time split. Absolute figures depend on the data; the table says what carries them.
 */
import { atFalsePositiveRate, auc } from '../evaluation/index.ts'
import { STRUCTURE } from '../features/names.ts'
import { seeded } from '../random.ts'
import { RAW_SCORES } from '../rank/scores.ts'
import { SIGNALS } from '../signals/names.ts'
import { CLASSIFIER_BOOSTING, type ClassifierOptions, defaultFeatures } from './classifier.ts'
import { graphSplit, graphsByTime, LATER_SHARE, timeSplit } from './cross-fit.ts'
import type { JudgedRows } from './figures.ts'
import { type PreparedGraph, sampleRows, stackRows } from './prepared-graph.ts'

export interface AblationRow {
  readonly name: string
  /** `alone`: the score itself, low is suspect, nothing trained. */
  readonly kind: 'alone' | 'trained'
  readonly protocol: 'graph split' | 'time split'
  readonly auc: number
  readonly meanGraphAuc: number
  readonly recallAt1: number
  /** Mean AUC of the graphs with each kind of attack. */
  readonly attacks: Readonly<Record<string, number>>
}

export interface AblationOptions {
  readonly protocol?: AblationRow['protocol']
  readonly trees?: number
  readonly folds?: number
  /** Rows of one graph that train and are judged. */
  readonly rowsPerGraph?: number
  readonly seed?: number
  readonly onProgress?: (message: string) => void
}

/** Each algorithm with the signals that cannot be computed without it. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  PageRank: ['pageRank', 'eigenTrustDivergence', 'rankGap'],
  EigenTrust: ['eigenTrust', 'eigenTrustDivergence', 'rankGap'],
  'personalised PageRank': ['personalisedPageRank', 'anchorDistance', 'chainLaundering'],
  HITS: ['authority', 'hub', 'hubAnomaly', 'eclipseComposite'],
  SybilRank: ['sybilRank', 'sybilRankDeficit', 'chainLaundering'],
  'Fiedler vector': ['spectral', 'spectralBridge', 'eclipseComposite'],
  'absorbing walks': ['absorbing', 'absorbingDistance', 'eclipseComposite', 'chainLaundering'],
}

const round = (value: number): number => Number(value.toFixed(4))

function rowOf(
  name: string,
  kind: AblationRow['kind'],
  protocol: AblationRow['protocol'],
  { probability: scores, labels, graphs, attacks }: JudgedRows,
): AblationRow {
  const areas = attacks.map((_, graph) => {
    const inside = (values: Float64Array): Float64Array => values.filter((__, row) => graphs[row] === graph)
    return auc(inside(scores), inside(labels))
  })
  const meanOf = (numbers: readonly number[]): number => {
    const known = numbers.filter((value) => !Number.isNaN(value))
    return round(known.reduce((sum, value) => sum + value, 0) / known.length)
  }
  const kinds = [...new Set(attacks.filter((attack) => attack !== undefined))].sort()
  return {
    name,
    kind,
    protocol,
    auc: round(auc(scores, labels)),
    meanGraphAuc: meanOf(areas),
    recallAt1: round(atFalsePositiveRate(scores, labels, 0.01).recall),
    attacks: Object.fromEntries(
      kinds.map((attack) => [attack, meanOf(areas.filter((_, graph) => attacks[graph] === attack))]),
    ),
  }
}

function alone(pool: readonly PreparedGraph[], protocol: AblationRow['protocol'], name: string): AblationRow {
  const { matrix, labels, graphs } = stackRows(pool, 'quantile', [name])
  const column = matrix.columns[0] as Float64Array
  // A Fiedler value that is not published (TRU-019) is neither side of the cut.
  const scores = column.map((value) => (Number.isNaN(value) ? 0 : -value))
  return rowOf(name, 'alone', protocol, {
    probability: scores,
    labels,
    graphs,
    attacks: pool.map(({ attack }) => attack),
  })
}

/** Errors: SPLIT_IMPOSSIBLE. */
export function ablation(pool: readonly PreparedGraph[], options: AblationOptions = {}): AblationRow[] {
  const {
    protocol = 'graph split',
    trees = 80,
    folds = 3,
    rowsPerGraph = 300,
    seed = 1,
    onProgress,
  } = options
  const chosen = sampleRows(pool, rowsPerGraph, seeded(seed))
  const sampled = pool.map((graph, number) => ({ ...graph, rows: chosen[number] as Uint32Array }))
  const all = defaultFeatures('quantile')
  // Every row of a table is judged on the same graphs.
  const alike = protocol === 'time split' ? graphsByTime(sampled, LATER_SHARE).later : sampled
  const table = RAW_SCORES.map((name) => alone(alike, protocol, name))
  const without = (names: readonly string[]): string[] => all.filter((name) => !names.includes(name))
  const sets: [string, readonly string[]][] = [
    ['everything', all],
    ['the eight scores', RAW_SCORES],
    ['scores and signals, no structure', [...RAW_SCORES, ...SIGNALS]],
    ['the nine signals', SIGNALS],
    ['structure', STRUCTURE.filter((name) => all.includes(name))],
    ['everything without signals', without(SIGNALS)],
    ...Object.entries(ALGORITHMS).map(([name, names]): [string, readonly string[]] => [
      `everything without ${name}`,
      without(names),
    ]),
  ]
  for (const [name, features] of sets) {
    onProgress?.(`${protocol}: ${name}`)
    const settings: ClassifierOptions = {
      normalisation: 'quantile',
      features,
      boosting: { ...CLASSIFIER_BOOSTING, trees },
      rowsPerGraph,
      seed,
    }
    const split = protocol === 'graph split' ? graphSplit : timeSplit
    table.push(rowOf(name, 'trained', protocol, split(sampled, settings, folds, 'logistic')))
  }
  return table
}
