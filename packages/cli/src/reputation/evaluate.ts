/** `symbolon reputation evaluate`: how well scores tell Sybils from honest nodes, on labels that the user brings. */
import {
  applyEdges,
  atFalsePositiveRate,
  aucInterval,
  averagePrecision,
  brierScore,
  confusionAt,
  evaluateLabels,
  expectedCalibrationError,
  HONEST,
  type Interval,
  type LabelEvaluation,
  labelAwareScores,
  labelEvaluationTable,
  type NodeScores,
  proportionInterval,
  RAW_SCORES,
  reliability,
  SYBIL,
  type TrustGraph,
  UNLABELLED,
} from '@symbolon/reputation'
import type { Context } from '../context.ts'
import { plainJson } from '../output/output.ts'
import { renderTable } from '../output/table.ts'
import { usage } from '../parse.ts'
import type { GraphInput } from './graph-input.ts'
import { connectedLabels, judgedLabels } from './judged.ts'
import { labelsOf, readGroups, readLabelMap } from './label-file.ts'
import { parseNumber, parseNumbers, parseWhole, percent, shown } from './numbers.ts'
import { requireFolderOf, writeResult } from './result-file.ts'
import { type ScoringOptions, scoreInput } from './score.ts'

export interface EvaluateOptions extends ScoringOptions {
  readonly labels: string
  readonly groups?: string
  readonly seeds: string
  readonly draws: string
  readonly fpr: string
  readonly seed: string
  readonly out?: string
}

/** Errors: those of scoreInput, readNodeLabels, readGroups and evaluateLabels. */
export async function evaluate(context: Context, options: EvaluateOptions): Promise<void> {
  const { output } = context
  if (options.out !== undefined) requireFolderOf(options.out)
  const fractions = options.seeds === '0' ? [] : parseNumbers(options.seeds, '--seeds', 1e-6, 0.99)
  const draws = parseWhole(options.draws, '--draws', 1, 100)
  const falsePositiveRate = parseNumber(options.fpr, '--fpr', 0, 1)
  const seed = parseWhole(options.seed, '--seed', 0, 2 ** 32 - 1)
  const named = await readLabelMap(options.labels)
  const { input, scores } = await scoreInput(context, options)
  const known = labelsOf(input.graph, named)
  const connected = connectedLabels(input, known)
  const [sybilsTied, honestTied] = [count(connected, SYBIL), count(connected, HONEST)]
  if (sybilsTied === 0 || honestTied === 0)
    throw usage(
      `--labels: ${sybilsTied} Sybil and ${honestTied} honest nodes of the graph are labelled and have an edge; both are needed, named as the edges name them`,
    )
  const blind = blindFigures(input, scores, connected, falsePositiveRate)
  // Scores are those that `score` gives: identifiers that only the labels name join the graph after that.
  const graph = applyEdges(input.graph, [], named.keys())
  const labels = labelsOf(graph, named)
  const groups = options.groups === undefined ? undefined : await readGroups(graph, options.groups)
  const [sybils, honest] = [count(labels, SYBIL), count(labels, HONEST)]
  const alone = sybils + honest - sybilsTied - honestTied
  let aware: LabelEvaluation | undefined
  if (fractions.length > 0) {
    output.note(`label-aware scores: ${fractions.length} shares of seeds, ${draws} draws …`)
    aware = evaluateLabels(graph, labels, groups, { fractions, draws, falsePositiveRate, seed })
  }
  if (options.out !== undefined) writeAware(options.out, graph, labels, groups, seed)
  const text = (): string =>
    [
      `${sybils} Sybil and ${honest} honest nodes are labelled; ${alone} of them have no edge, and of those a graph can say nothing.`,
      '',
      `Without any label, on labelled nodes that have an edge${blind.anchorsLeftOut === 0 ? '' : `, the ${blind.anchorsLeftOut} named anchors among them left out`}:`,
      blindTable(blind, falsePositiveRate),
      '',
      ...calibrationLines(blind),
      ...(aware === undefined ? [] : ['', 'With seeds:', '', labelEvaluationTable(aware)]),
      ...(options.out === undefined ? [] : ['', `every node: ${options.out}`]),
    ].join('\n')
  const json = {
    input: { file: input.file, digest: input.digest },
    labels: { sybils, honest, withoutEdge: alone },
    falsePositiveRate,
    blind,
    ...(aware === undefined ? {} : { seeded: aware }),
  }
  output.result(plainJson(json), text)
}

const count = (labels: Int8Array, of: number): number =>
  labels.reduce((sum, label) => sum + (label === of ? 1 : 0), 0)

interface BlindRow {
  readonly method: string
  readonly auc: Interval
  readonly averagePrecision: number
  readonly detection: Interval
  readonly precision: number
}

interface BlindFigures {
  /** Labelled nodes that the user named as anchors. */
  readonly anchorsLeftOut: number
  readonly rows: readonly BlindRow[]
  readonly threshold: number
  readonly flagged: {
    readonly detection: Interval
    readonly falsePositives: Interval
    readonly precision: Interval
  }
  readonly brier: number
  readonly calibrationError: number
  readonly reliability: ReturnType<typeof reliability>
}

/** `connected`: labels of nodes that have an edge. Errors: USAGE if anchors leave nobody to judge. */
function blindFigures(
  input: GraphInput,
  { probability, raw, threshold }: NodeScores,
  connected: Int8Array,
  rate: number,
): BlindFigures {
  const judged = judgedLabels(input, connected)
  const labelled = (labels: Int8Array): number => count(labels, SYBIL) + count(labels, HONEST)
  const anchorsLeftOut = labelled(connected) - labelled(judged)
  if (count(judged, SYBIL) === 0 || count(judged, HONEST) === 0)
    throw usage(
      `--anchors: ${anchorsLeftOut} labelled nodes are anchors, which are left out, and no Sybil or no honest node is left to judge; name fewer anchors`,
    )
  const row = (method: string, scores: Float64Array): BlindRow => {
    const point = atFalsePositiveRate(scores, judged, rate)
    return {
      method,
      auc: aucInterval(scores, judged),
      averagePrecision: averagePrecision(scores, judged),
      detection: proportionInterval(point.truePositives, point.truePositives + point.falseNegatives),
      precision: point.precision,
    }
  }
  const point = confusionAt(probability, judged, threshold)
  return {
    anchorsLeftOut,
    rows: [
      row('probability', probability),
      ...RAW_SCORES.map((name) =>
        row(
          name,
          raw[name].map((value) => -value),
        ),
      ),
    ],
    threshold,
    flagged: {
      detection: proportionInterval(point.truePositives, point.truePositives + point.falseNegatives),
      falsePositives: proportionInterval(point.falsePositives, point.falsePositives + point.trueNegatives),
      precision: proportionInterval(point.truePositives, point.truePositives + point.falsePositives),
    },
    brier: brierScore(probability, judged),
    calibrationError: expectedCalibrationError(probability, judged),
    reliability: reliability(probability, judged),
  }
}

const range = ({ value, low, high }: Interval): string =>
  `${shown(value, 3)} (${shown(low, 3)} … ${shown(high, 3)})`
const share = ({ value, low, high }: Interval): string =>
  `${percent(value)} (${percent(low)} … ${percent(high)})`

function blindTable({ rows }: BlindFigures, rate: number): string {
  return renderTable(
    [
      { name: 'score' },
      { name: 'AUC (95 %)' },
      { name: 'average precision', align: 'right' },
      { name: `detected at ≤ ${percent(rate)} false +` },
      { name: 'precision there', align: 'right' },
    ],
    rows.map(({ method, auc: area, averagePrecision: average, detection, precision }) => [
      method,
      range(area),
      shown(average, 3),
      share(detection),
      percent(precision),
    ]),
  )
}

function calibrationLines({
  threshold,
  flagged,
  brier,
  calibrationError,
  reliability: rows,
}: BlindFigures): string[] {
  return [
    `Flagged at P ≥ ${shown(threshold, 3)}: detected ${share(flagged.detection)}, false positives ${share(flagged.falsePositives)}, precision ${share(flagged.precision)}.`,
    `Calibration: Brier ${shown(brier, 3)}, expected error ${shown(calibrationError, 3)}; said → seen: ${rows
      .filter(({ count }) => count > 0)
      .map(
        ({ meanPredicted, observed, count }) =>
          `${shown(meanPredicted, 2)} → ${shown(observed.value, 2)} (${count})`,
      )
      .join(', ')}.`,
  ]
}

function writeAware(
  path: string,
  graph: TrustGraph,
  labels: Int8Array,
  groups: Parameters<typeof evaluateLabels>[2],
  seed: number,
): void {
  const probability = labelAwareScores(graph, labels, { seed, ...(groups === undefined ? {} : { groups }) })
  const order = [...probability.keys()].sort(
    (a, b) => (probability[b] as number) - (probability[a] as number) || a - b,
  )
  writeResult(
    path,
    ['id', 'probability', 'label'],
    order.map((node) => [
      graph.nodes.idOf(node),
      probability[node],
      labels[node] === UNLABELLED ? '' : labels[node] === SYBIL ? 'sybil' : 'honest',
    ]),
  )
}
