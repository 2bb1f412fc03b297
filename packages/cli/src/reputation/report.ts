/** `symbolon reputation report`: scores, pictures and attack outcomes in one HTML file that works offline. */
import {
  aucInterval,
  expectedCalibrationError,
  RAW_SCORES,
  type ReportAttack,
  type ReportData,
  reliability,
  reportPage,
  UNLABELLED,
} from '@symbolon/reputation'
import { EXPOSURE_POLICY, type SimulationRow, scorecard, simulate } from '@symbolon/simulator'
import type { Context } from '../context.ts'
import { judgedLabels } from './judged.ts'
import { labelsOf, readLabelMap } from './label-file.ts'
import { shown } from './numbers.ts'
import { requireFolderOf, writeText } from './result-file.ts'
import { type ScoringOptions, scoreInput } from './score.ts'
import { scorerNamed } from './scorer.ts'

export interface ReportOptions extends ScoringOptions {
  readonly out: string
  readonly labels?: string
  readonly title?: string
  readonly attacks?: boolean
  readonly smoke?: boolean
}

export async function report(context: Context, options: ReportOptions): Promise<void> {
  const { output } = context
  requireFolderOf(options.out)
  const { input, scores } = await scoreInput(context, options)
  const { graph, anchors } = input
  const labels =
    options.labels === undefined ? undefined : labelsOf(graph, await readLabelMap(options.labels))
  const { convergence } = scores.ranked
  const data: ReportData = {
    title: options.title ?? `Trust in ${input.file}`,
    source: {
      file: input.file,
      nodes: graph.nodes.size,
      edges: graph.support.columns.length,
      digest: input.digest,
    },
    parameters: {
      model: scores.model.name,
      'hash of the model': scores.modelHash,
      'base rate': shown(scores.baseRate, 3),
      anchors: `${anchors.size}${input.isAutomatic ? ', chosen by the graph itself' : ', named'}`,
      'edges damped by rules': input.ruled.length,
    },
    algorithms: RAW_SCORES.map((name) => ({ name, ...convergence[name] })),
    nodes: {
      reputation: scores.rmt,
      probability: scores.probability,
      flagged: scores.flagged,
      scores: scores.raw,
      signals: scores.signals.columns,
      anchors,
      ...(labels === undefined ? {} : { labels }),
    },
    graph,
    threshold: scores.threshold,
    unit: 'USDC',
    importance: scores.model.importance.map(({ features, aucLost }) => ({
      feature: features.join(', '),
      importance: aucLost,
    })),
    importanceMeasure: 'AUC lost on held-out graphs when the columns are shuffled',
    ...(labels === undefined ? {} : quality(judgedLabels(input, labels), scores.probability)),
    ...(options.attacks === true ? attacked(context, options.smoke === true) : {}),
  }
  const page = reportPage(data)
  writeText(options.out, page)
  output.result(
    { report: options.out, bytes: Buffer.byteLength(page), nodes: graph.nodes.size },
    `${options.out}: ${graph.nodes.size} nodes; open it in a browser`,
  )
}

function quality(
  labels: Int8Array,
  probability: Float64Array,
): Pick<ReportData, 'evaluation' | 'calibration'> {
  if (!labels.some((label) => label !== UNLABELLED)) return {}
  const area = aucInterval(probability, labels)
  return {
    evaluation: [
      {
        method: 'probability',
        protocol: 'labels of the user',
        auc: area.value,
        interval: [area.low, area.high],
      },
    ],
    calibration: {
      bins: reliability(probability, labels)
        .filter(({ count }) => count > 0)
        .map(({ meanPredicted, observed, count }) => ({
          predicted: meanPredicted,
          observed: observed.value,
          count,
        })),
      ece: expectedCalibrationError(probability, labels),
    },
  }
}

function attacked({ output }: Context, smoke: boolean): Pick<ReportData, 'attacks' | 'scorecard'> {
  output.note('attacking …')
  const scorer = scorerNamed('model')
  const simulation = simulate({ scorer, smoke, policies: [EXPOSURE_POLICY] })
  output.note('measuring the scorecard …')
  const card = scorecard({ scorer, smoke, simulation })
  return {
    attacks: simulation.map(attackRow),
    scorecard: card.rows.map(({ gate, title, threshold, measured, verdict, note }) => ({
      gate,
      name: title,
      threshold,
      measured: measured ?? '–',
      verdict,
      note,
    })),
  }
}

function attackRow(row: SimulationRow): ReportAttack {
  return {
    attack: row.attack,
    detection: row.detected,
    falsePositives: row.falsePositives,
    costPerPoint: row.costPerPoint ?? Number.NaN,
    gainPerPoint: row.gainPerPoint ?? Number.NaN,
    roi: row.roiWorst,
    verdict: row.holds ? 'pass' : 'fail',
  }
}
