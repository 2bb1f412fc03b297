/**
 * How well known labels find the others: label-aware scores beside label propagation, label spreading and SybilRank. In
 * one draw all methods see the same seeds and are judged on the same nodes, and no method sees a label of the test.
 */
import { ReputationError } from '../errors.ts'
import {
  atFalsePositiveRate,
  auc,
  averagePrecision,
  brierScore,
  expectedCalibrationError,
  type Interval,
} from '../evaluation/index.ts'
import type { TrustGraph } from '../graph/index.ts'
import { LABEL_DRAWS_MAX, LABEL_FRACTIONS_MAX } from '../limits.ts'
import { UNLABELLED } from '../model/labelled-graph.ts'
import { type Random, seeded } from '../random.ts'
import { baselineScores, LABEL_BASELINES, type LabelBaseline } from './baselines.ts'
import { drawSeeds, type SeedProtocol } from './draw-seeds.ts'
import { foldsOf, type NodeGroups } from './groups.ts'
import { labelAwareScores } from './label-aware.ts'
import { overDraws } from './over-draws.ts'
import { countSeeds, type NodeLabels, requireAligned, type SeedCounts } from './seeds.ts'
import { type Surroundings, surroundingsOf } from './surroundings.ts'

export interface LabelEvaluationOptions {
  /** Shares of the labelled nodes that become seeds, each in (0, 1); default 0.01, 0.05, 0.2. */
  readonly fractions?: readonly number[]
  /** Default: both if there are groups, else `node`. */
  readonly protocols?: readonly SeedProtocol[]
  /** Independent draws of seeds, 1 … LABEL_DRAWS_MAX; default 5. */
  readonly draws?: number
  /** Detection is measured at no more false positives than this; default 0.01. */
  readonly falsePositiveRate?: number
  /** Default: read from the edges. */
  readonly directed?: boolean
  /** Default 1. */
  readonly seed?: number
}

export type LabelMethod = 'labelAware' | LabelBaseline

/** `connected`: test nodes that have an edge; about the others a graph says only that they have none. */
export type Population = 'connected' | 'all'

/** Figures of one method, each the mean over the draws with the 95 % interval of that mean (over-draws.ts). */
export interface LabelEvaluationRow {
  readonly protocol: SeedProtocol
  readonly fraction: number
  readonly population: Population
  readonly method: LabelMethod
  readonly auc: Interval
  /** AUC of label-aware scores minus that of this method in the same draw. */
  readonly behind: Interval
  /** Sybils found at the highest false-positive rate allowed. */
  readonly detection: Interval
  readonly averagePrecision: Interval
  /** Only of label-aware scores, the others are no probabilities. */
  readonly brier?: Interval
  readonly calibrationError?: Interval
}

/** Means over the draws. */
export interface LabelEvaluationSize {
  readonly protocol: SeedProtocol
  readonly fraction: number
  readonly seeds: SeedCounts
  readonly test: Readonly<Record<Population, SeedCounts>>
}

export interface LabelEvaluation {
  readonly draws: number
  readonly falsePositiveRate: number
  readonly directed: boolean
  /** One for each protocol and fraction. */
  readonly sizes: readonly LabelEvaluationSize[]
  readonly rows: readonly LabelEvaluationRow[]
}

const FOLDS = 5
const METHODS: readonly LabelMethod[] = ['labelAware', ...LABEL_BASELINES]
const POPULATIONS: readonly Population[] = ['connected', 'all']

function requireOptions(
  labels: NodeLabels,
  size: number,
  groups: NodeGroups | undefined,
  options: Required<Pick<LabelEvaluationOptions, 'fractions' | 'draws' | 'falsePositiveRate' | 'protocols'>>,
): void {
  const option = (message: string): never => {
    throw new ReputationError('LEARNING_OPTION_INVALID', message)
  }
  const { fractions, draws, falsePositiveRate, protocols } = options
  if (fractions.length < 1 || fractions.length > LABEL_FRACTIONS_MAX)
    option(`${fractions.length} seed shares; give 1 … LABEL_FRACTIONS_MAX (${LABEL_FRACTIONS_MAX})`)
  for (const fraction of fractions)
    if (!(fraction > 0 && fraction < 1)) option(`a seed share of ${fraction} must lie between 0 and 1`)
  if (!(Number.isInteger(draws) && draws >= 1 && draws <= LABEL_DRAWS_MAX))
    option(`${draws} draws; give a whole number from 1 to LABEL_DRAWS_MAX (${LABEL_DRAWS_MAX})`)
  if (!(falsePositiveRate >= 0 && falsePositiveRate <= 1))
    option(`a false-positive rate of ${falsePositiveRate} must lie between 0 and 1`)
  if (protocols.includes('group') && groups === undefined)
    option('seeds by group need groups: give them, or evaluate by node')
  requireAligned(size, labels, groups)
  const { honest, sybil } = countSeeds(labels)
  if (honest < 2 || sybil < 2)
    throw new ReputationError(
      'EVALUATION_INVALID',
      `${honest} honest and ${sybil} Sybil labels; at least two of each are needed, one to see and one to find`,
    )
}

type Figures = Record<
  'auc' | 'behind' | 'detection' | 'averagePrecision' | 'brier' | 'calibrationError',
  number[]
>

/** Scores of every node by every method, from the same seeds and, where something is chosen or learned, the same folds. */
function scoresOf(
  surroundings: Surroundings,
  seeds: NodeLabels,
  groups: NodeGroups | undefined,
  seed: number,
  random: Random,
): Record<LabelMethod, Float64Array> {
  const folds = foldsOf(seeds, FOLDS, random, groups)
  const baseline = (method: LabelBaseline): Float64Array =>
    baselineScores(method, surroundings, seeds, folds, FOLDS)
  return {
    labelAware: labelAwareScores(surroundings.graph, seeds, {
      surroundings,
      seed,
      ...(groups === undefined ? {} : { groups }),
    }),
    labelPropagation: baseline('labelPropagation'),
    labelSpreading: baseline('labelSpreading'),
    sybilRank: baseline('sybilRank'),
  }
}

/** The labels on which a draw is judged: of all labelled nodes that are no seeds, or of those among them with an edge. */
function testOf(
  { binary: { offsets } }: Surroundings,
  labels: NodeLabels,
  seeds: NodeLabels,
  population: Population,
): NodeLabels {
  return labels.map((label, node) =>
    seeds[node] !== UNLABELLED || (population === 'connected' && offsets[node + 1] === offsets[node])
      ? UNLABELLED
      : label,
  )
}

/** Errors, in order: LEARNING_OPTION_INVALID, EVALUATION_INVALID. */
export function evaluateLabels(
  graph: TrustGraph,
  labels: NodeLabels,
  groups?: NodeGroups,
  options: LabelEvaluationOptions = {},
): LabelEvaluation {
  const { fractions = [0.01, 0.05, 0.2], draws = 5, falsePositiveRate = 0.01, seed = 1 } = options
  const protocols = options.protocols ?? (groups === undefined ? ['node'] : ['group', 'node'])
  requireOptions(labels, graph.nodes.size, groups, { fractions, draws, falsePositiveRate, protocols })
  const surroundings = surroundingsOf(graph, options)
  const sizes: LabelEvaluationSize[] = []
  const rows: LabelEvaluationRow[] = []
  for (const protocol of protocols)
    for (const fraction of fractions) {
      const kept = protocol === 'group' ? groups : undefined
      const cells = POPULATIONS.flatMap((population) =>
        METHODS.map((method) => ({ population, method, figures: emptyFigures() })),
      )
      const seen = { honest: 0, sybil: 0 }
      const judged = { connected: { honest: 0, sybil: 0 }, all: { honest: 0, sybil: 0 } }
      for (let draw = 0; draw < draws; draw++) {
        const random = seeded(seed + draw)
        const seeds = drawSeeds(labels, fraction, random, kept)
        addTo(seen, countSeeds(seeds), draws)
        const scores = scoresOf(surroundings, seeds, kept, seed + draw, random)
        for (const population of POPULATIONS) {
          const test = testOf(surroundings, labels, seeds, population)
          addTo(judged[population], countSeeds(test), draws)
          const own = auc(scores.labelAware, test)
          for (const { method, figures } of cells.filter((cell) => cell.population === population)) {
            const area = auc(scores[method], test)
            figures.auc.push(area)
            figures.behind.push(own - area)
            figures.detection.push(atFalsePositiveRate(scores[method], test, falsePositiveRate).recall)
            figures.averagePrecision.push(averagePrecision(scores[method], test))
            if (method !== 'labelAware') continue
            figures.brier.push(brierScore(scores[method], test))
            figures.calibrationError.push(expectedCalibrationError(scores[method], test))
          }
        }
      }
      sizes.push({ protocol, fraction, seeds: seen, test: judged })
      for (const { population, method, figures } of cells)
        rows.push({
          protocol,
          fraction,
          population,
          method,
          auc: overDraws(figures.auc),
          behind: overDraws(figures.behind),
          detection: overDraws(figures.detection),
          averagePrecision: overDraws(figures.averagePrecision),
          ...(method === 'labelAware'
            ? { brier: overDraws(figures.brier), calibrationError: overDraws(figures.calibrationError) }
            : {}),
        })
    }
  return { draws, falsePositiveRate, directed: surroundings.directed, sizes, rows }
}

function emptyFigures(): Figures {
  return { auc: [], behind: [], detection: [], averagePrecision: [], brier: [], calibrationError: [] }
}

/** Adds one draw's share to a mean over the draws. */
function addTo(mean: { honest: number; sybil: number }, { honest, sybil }: SeedCounts, draws: number): void {
  mean.honest += honest / draws
  mean.sybil += sybil / draws
}
