/** How well probabilities about held-out rows did, with how sure that is. */
import {
  atFalsePositiveRate,
  auc,
  averagePrecision,
  brierScore,
  confusionAt,
  expectedCalibrationError,
  groupedAucInterval,
  type Interval,
  logLoss,
  proportionInterval,
  type ReliabilityRow,
  rateBoundWithoutEvent,
  reliability,
} from '../evaluation/index.ts'
import { seeded } from '../random.ts'

/** Held-out rows of several graphs. */
export interface JudgedRows {
  /** Calibrated by rows other than these. */
  readonly probability: Float64Array
  readonly labels: Float64Array
  /** Number of the graph of each row. */
  readonly graphs: Uint32Array
  /** Kind of attack by number of graph; undefined for a graph without. */
  readonly attacks: readonly (string | undefined)[]
}

export interface AttackFigures {
  readonly attack: string
  readonly graphs: number
  readonly sybils: number
  /** Share flagged at the threshold. */
  readonly detected: Interval
  /** With 95 % confidence no more than this share is missed; stated only where none was. */
  readonly missedAtMost: number | null
  /** Share of honest nodes of these graphs flagged. */
  readonly falsePositives: Interval
  /** Mean over the graphs. */
  readonly auc: number
}

export interface ProtocolFigures {
  /** `node split` flatters (TRU-055) and stands for comparison only. */
  readonly protocol: string
  readonly graphs: number
  readonly rows: number
  readonly sybils: number
  /** Over all rows; whole graphs resampled. */
  readonly auc: Interval
  /** Mean of each graph's own AUC. */
  readonly meanGraphAuc: number
  readonly averagePrecision: number
  /** Recall where 1 % and 5 % of honest rows are flagged (threshold chosen on these rows). */
  readonly recallAt1: number
  readonly recallAt5: number
  readonly brier: number
  readonly logLoss: number
  readonly calibrationError: number
  readonly threshold: number
  /** At the threshold. */
  readonly recall: Interval
  readonly precision: Interval
  readonly falsePositiveRate: Interval
  /** At the threshold, on graphs without any attack. */
  readonly cleanFalsePositiveRate: Interval
  readonly reliability: readonly ReliabilityRow[]
  readonly attacks: readonly AttackFigures[]
}

const DIGITS = 4
const RESAMPLES = 400

const round = (value: number): number => (Number.isFinite(value) ? Number(value.toFixed(DIGITS)) : value)
const rounded = ({ value, low, high }: Interval): Interval => ({
  value: round(value),
  low: round(low),
  high: round(high),
})

/** Rows of each graph: graphs lie one after another or not. */
function rowsByGraph({ graphs, attacks }: JudgedRows): number[][] {
  const rows: number[][] = attacks.map(() => [])
  for (const [row, graph] of graphs.entries()) rows[graph]?.push(row)
  return rows
}

const pick = (values: Float64Array, rows: readonly number[]): Float64Array =>
  Float64Array.from(rows, (row) => values[row] as number)

function attackFigures(judged: JudgedRows, byGraph: readonly number[][], threshold: number): AttackFigures[] {
  const kinds = [...new Set(judged.attacks.filter((attack) => attack !== undefined))].sort()
  return kinds.map((attack) => {
    const graphs = byGraph.filter((rows, graph) => judged.attacks[graph] === attack && rows.length > 0)
    const point = confusionAt(
      pick(judged.probability, graphs.flat()),
      pick(judged.labels, graphs.flat()),
      threshold,
    )
    const sybils = point.truePositives + point.falseNegatives
    const areas = graphs
      .map((rows) => auc(pick(judged.probability, rows), pick(judged.labels, rows)))
      .filter((area) => !Number.isNaN(area))
    return {
      attack,
      graphs: graphs.length,
      sybils,
      detected: rounded(proportionInterval(point.truePositives, sybils)),
      missedAtMost: sybils > 0 && point.falseNegatives === 0 ? round(rateBoundWithoutEvent(sybils)) : null,
      falsePositives: rounded(
        proportionInterval(point.falsePositives, point.falsePositives + point.trueNegatives),
      ),
      auc: round(areas.reduce((sum, area) => sum + area, 0) / areas.length),
    }
  })
}

/** Errors: EVALUATION_INVALID. */
export function figuresOf(
  protocol: string,
  judged: JudgedRows,
  threshold: number,
  seed: number,
): ProtocolFigures {
  const { probability, labels, graphs, attacks } = judged
  const byGraph = rowsByGraph(judged)
  const areas = byGraph
    .map((rows) => auc(pick(probability, rows), pick(labels, rows)))
    .filter((area) => !Number.isNaN(area))
  const point = confusionAt(probability, labels, threshold)
  const clean = byGraph.flatMap((rows, graph) => (attacks[graph] === undefined ? rows : []))
  const cleanFlags = clean.filter((row) => (probability[row] as number) >= threshold).length
  return {
    protocol,
    graphs: byGraph.filter((rows) => rows.length > 0).length,
    rows: labels.length,
    sybils: point.truePositives + point.falseNegatives,
    auc: rounded(groupedAucInterval(probability, labels, graphs, seeded(seed), RESAMPLES)),
    meanGraphAuc: round(areas.reduce((sum, area) => sum + area, 0) / areas.length),
    averagePrecision: round(averagePrecision(probability, labels)),
    recallAt1: round(atFalsePositiveRate(probability, labels, 0.01).recall),
    recallAt5: round(atFalsePositiveRate(probability, labels, 0.05).recall),
    brier: round(brierScore(probability, labels)),
    logLoss: round(logLoss(probability, labels)),
    calibrationError: round(expectedCalibrationError(probability, labels)),
    threshold,
    recall: rounded(proportionInterval(point.truePositives, point.truePositives + point.falseNegatives)),
    precision: rounded(proportionInterval(point.truePositives, point.truePositives + point.falsePositives)),
    falsePositiveRate: rounded(
      proportionInterval(point.falsePositives, point.falsePositives + point.trueNegatives),
    ),
    cleanFalsePositiveRate: rounded(proportionInterval(cleanFlags, clean.length)),
    reliability: reliability(probability, labels).map((row) => ({
      ...row,
      meanPredicted: round(row.meanPredicted),
      observed: rounded(row.observed),
    })),
    attacks: attackFigures(judged, byGraph, threshold),
  }
}
