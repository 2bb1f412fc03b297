/** `symbolon reputation train`: a model from generated graphs or from the user's own, with its card. */
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import {
  graphOf,
  HONEST,
  type LabelledGraph,
  modelCard,
  modelHash,
  modelToJson,
  readAnchors,
  readEdges,
  SYBIL,
  trainModel,
} from '@symbolon/reputation'
import { trainingPool } from '@symbolon/simulator'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { plainJson } from '../output/output.ts'
import { oneOf, usage } from '../parse.ts'
import { readEvidence } from './evidence-file.ts'
import { labelsOf, readLabelMap } from './label-file.ts'
import { parseNumber, parseWhole, shown } from './numbers.ts'
import { requireFolderOf, writeText } from './result-file.ts'

export interface TrainOptions {
  readonly out: string
  readonly card?: string
  readonly data?: string
  readonly graphs: string
  readonly seed: string
  readonly calibration: string
  readonly normalisation: string
  readonly threshold?: string
  readonly name?: string
}

/** Two to hold out in turn, and a later one for the split by time. */
const GRAPHS_MIN = 3

export async function train({ output }: Context, options: TrainOptions): Promise<void> {
  const seed = parseWhole(options.seed, '--seed', 0, 2 ** 32 - 1)
  const graphs = parseWhole(options.graphs, '--graphs', GRAPHS_MIN, 10_000)
  const calibration = oneOf(options.calibration, ['logistic', 'isotonic'] as const, '--calibration')
  const normalisation = oneOf(options.normalisation, ['quantile', 'paper'] as const, '--normalisation')
  const threshold =
    options.threshold === undefined
      ? undefined
      : parseNumber(options.threshold, '--threshold', 1e-6, 1 - 1e-6)
  requireFolderOf(options.out)
  if (options.card !== undefined) requireFolderOf(options.card)
  if (options.data === undefined) output.note(`generating ${graphs} graphs …`)
  const pool = options.data === undefined ? trainingPool(seed, graphs) : await readPool(options.data)
  const model = trainModel(pool, {
    name: options.name ?? (options.data === undefined ? `generated, seed ${seed}` : basename(options.data)),
    source:
      options.data === undefined
        ? `symbolon reputation train --graphs ${graphs} --seed ${seed}`
        : `${pool.length} graphs of ${basename(options.data)}`,
    seed,
    calibration,
    normalisation,
    protocols: ['time split', 'node split'],
    onProgress: (message) => output.note(message),
    ...(threshold === undefined ? {} : { threshold }),
  })
  const json = modelToJson(model)
  writeText(options.out, json)
  if (options.card !== undefined) writeText(options.card, modelCard(model))
  const figures = model.figures.map(
    ({ protocol, auc, recall, falsePositiveRate, calibrationError }) =>
      `${protocol}: AUC ${shown(auc.value, 3)} (${shown(auc.low, 3)} … ${shown(auc.high, 3)}), flags ${shown(recall.value, 3)} of the Sybils and ${shown(falsePositiveRate.value, 3)} of the honest, calibration error ${shown(calibrationError, 3)}`,
  )
  output.result(
    {
      model: options.out,
      hash: modelHash(model),
      bytes: json.length,
      graphs: pool.length,
      figures: plainJson(model.figures),
    },
    [`${options.out}: ${json.length} bytes, SHA-256 ${modelHash(model)}`, ...figures].join('\n'),
  )
}

/** Errors: USAGE, FILE_UNREADABLE, those of the readers. */
async function readPool(folder: string): Promise<LabelledGraph[]> {
  let names: string[]
  try {
    names = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort()
  } catch (cause) {
    throw new CliError('FILE_UNREADABLE', `${folder} cannot be read; check the path`, { cause })
  }
  if (names.length < GRAPHS_MIN)
    throw usage(`--data: ${folder} holds ${names.length} folders; at least ${GRAPHS_MIN} graphs are needed`)
  const pool: LabelledGraph[] = []
  for (const [time, name] of names.entries()) {
    const at = (file: string): string => join(folder, name, file)
    const { value: table } = await readEvidence(at('edges.csv'), (bytes) => readEdges(bytes))
    if (table.size === 0) throw usage(`--data: ${at('edges.csv')} holds no edge`)
    const graph = graphOf(table)
    const { value: named } = await readEvidence(at('anchors.csv'), readAnchors)
    const anchors = new Map(
      [...named].flatMap(([id, weight]) => {
        const node = graph.nodes.indexOf(id)
        return node === undefined || weight === 0 ? [] : [[node, weight] as const]
      }),
    )
    if (anchors.size === 0)
      throw usage(`--data: ${at('anchors.csv')} names no anchor of its graph with a weight above 0`)
    const labels = labelsOf(graph, await readLabelMap(at('labels.csv')))
    pool.push({ name, graph, anchors, labels, time })
  }
  for (const [label, kind] of [
    [SYBIL, 'Sybil'],
    [HONEST, 'honest node'],
  ] as const)
    if (!pool.some(({ labels }) => labels.includes(label)))
      throw usage(
        `--data: no ${kind} of the graphs in ${folder} is labelled; both kinds are needed to learn from`,
      )
  return pool
}
