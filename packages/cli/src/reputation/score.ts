/** `symbolon reputation score`: every node of a graph, one row each. */

import {
  type NodeScores,
  RAW_SCORES,
  type RawScore,
  type ScoreOptions,
  SIGNALS,
  scoreGraph,
  shownText,
} from '@symbolon/reputation'
import type { Context } from '../context.ts'
import { renderTable } from '../output/table.ts'
import { oneOf } from '../parse.ts'
import { type GraphInput, type GraphOptions, readGraph } from './graph-input.ts'
import { readModel } from './model-file.ts'
import { finite, parseNumber, parseWhole, shown } from './numbers.ts'
import { type Cell, requireFolderOf, writeResult } from './result-file.ts'

export interface ScoringOptions extends GraphOptions {
  readonly model?: string
  readonly damping?: string
  readonly baseRate?: string
  readonly threshold?: string
}

export interface ScoreCommand extends ScoringOptions {
  readonly algorithm?: string
  readonly out?: string
  readonly limit: string
}

/** Errors: those of readGraph, readModel and scoreGraph. */
export async function scoreInput(
  context: Context,
  options: ScoringOptions,
): Promise<{ input: GraphInput; scores: NodeScores; scoring: ScoreOptions }> {
  const damping = parseNumber(options.damping ?? '0.85', '--damping', 0, 0.999)
  const share = (text: string | undefined, what: string): number | undefined =>
    text === undefined ? undefined : parseNumber(text, what, 1e-9, 1 - 1e-9)
  const baseRate = share(options.baseRate, '--base-rate')
  const threshold = share(options.threshold, '--threshold')
  const model = readModel(options.model)
  const input = await readGraph(context, options)
  const scoring: ScoreOptions = {
    anchors: input.anchors,
    model,
    rank: { damping },
    ...(baseRate === undefined ? {} : { baseRate }),
    ...(threshold === undefined ? {} : { threshold }),
  }
  return { input, scores: scoreGraph(input.graph, scoring), scoring }
}

const COLUMNS = [
  'rank',
  'id',
  'reputation',
  'probability',
  'flagged',
  'unsupported',
  'anchor',
  ...RAW_SCORES,
  ...SIGNALS,
] as const

function rowOf({ graph, anchors }: GraphInput, scores: NodeScores, node: number, rank: number): Cell[] {
  return [
    rank,
    graph.nodes.idOf(node),
    scores.rmt[node],
    scores.probability[node],
    scores.flagged[node],
    scores.unsupported[node],
    anchors.has(node) ? 1 : 0,
    ...RAW_SCORES.map((name) => scores.raw[name][node]),
    ...SIGNALS.map((name) => scores.signals.columns[name][node]),
  ]
}

export async function score(context: Context, options: ScoreCommand): Promise<void> {
  const by =
    options.algorithm === undefined
      ? undefined
      : oneOf<RawScore>(options.algorithm, RAW_SCORES, '--algorithm')
  if (options.out !== undefined) requireFolderOf(options.out)
  const limit = parseWhole(options.limit, '--limit', 0, 1_000_000)
  const { input, scores } = await scoreInput(context, options)
  const { graph, anchors, ruled } = input
  const order = orderOf(scores, by)
  const ranks = by === undefined ? scores.rank : placesOf(order, scores.raw[by])
  if (options.out !== undefined)
    writeResult(
      options.out,
      COLUMNS,
      (function* () {
        for (const node of order) yield rowOf(input, scores, node, ranks[node] as number)
      })(),
    )
  const flagged = scores.flagged.reduce((sum, flag) => sum + flag, 0)
  const unsupported = scores.unsupported.reduce((sum, flag) => sum + flag, 0)
  const shownNodes =
    order.length <= 2 * limit ? [...order] : [...order.slice(0, limit), ...order.slice(order.length - limit)]
  const { convergence } = scores.ranked
  const json = {
    input: { file: input.file, digest: input.digest },
    nodes: graph.nodes.size,
    edges: graph.support.columns.length,
    consented: graph.consented.columns.length / 2,
    anchors: { count: anchors.size, chosen: input.isAutomatic },
    rules: ruled.length,
    model: {
      name: scores.model.name,
      hash: scores.modelHash,
      threshold: scores.threshold,
      baseRate: scores.baseRate,
    },
    flagged,
    unsupported,
    convergence: Object.fromEntries(
      RAW_SCORES.map((name) => [
        name,
        { ...convergence[name], residual: finite(convergence[name].residual) },
      ]),
    ),
    rows: shownNodes.map((node) =>
      Object.fromEntries(
        rowOf(input, scores, node, ranks[node] as number).map((value, i) => [
          COLUMNS[i] as string,
          typeof value === 'number' ? finite(value) : value,
        ]),
      ),
    ),
  }
  context.output.result(json, () =>
    [
      table(input, scores, shownNodes, ranks, by, limit),
      '',
      `${flagged} of ${graph.nodes.size} flagged (P ≥ ${shown(scores.threshold, 3)}), ${unsupported} without consented support; ${anchors.size} anchors${input.isAutomatic ? ', chosen' : ''}${ruled.length === 0 ? '' : `; ${ruled.length} edges damped by the rules`}`,
      ...RAW_SCORES.filter((name) => !convergence[name].converged).map(
        (name) =>
          `${name} did not converge: ${convergence[name].steps} steps, residual ${convergence[name].residual}`,
      ),
      'A flag starts a review; it proves nothing. Structure shows a sparse cut: it misses attackers with many accepted edges, and suspects honest groups far from anchors.',
      ...(options.out === undefined ? [] : [`all rows: ${options.out}`]),
    ].join('\n'),
  )
}

function orderOf({ rank, raw }: NodeScores, by: RawScore | undefined): Uint32Array {
  const order = Uint32Array.from(rank.keys())
  if (by === undefined) return order.sort((a, b) => (rank[a] as number) - (rank[b] as number) || a - b)
  const values = raw[by]
  return order.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b)
}

/** 1 is the highest; equal values share the better place. */
function placesOf(order: Uint32Array, values: Float64Array): Uint32Array {
  const places = new Uint32Array(order.length)
  for (const [place, node] of order.entries()) {
    const before = order[place - 1]
    places[node] =
      before !== undefined && values[before] === values[node] ? (places[before] as number) : place + 1
  }
  return places
}

function table(
  { graph, anchors }: GraphInput,
  scores: NodeScores,
  nodes: readonly number[],
  ranks: Uint32Array,
  by: RawScore | undefined,
  limit: number,
): string {
  const rows = nodes.map((node) => [
    String(ranks[node]),
    `${shownText(graph.nodes.idOf(node), 48)}${anchors.has(node) ? ' ⚓' : ''}`,
    String(scores.rmt[node]),
    shown(scores.probability[node], 3),
    scores.flagged[node] === 1 ? 'flagged' : '',
    ...(by === undefined ? [] : [(scores.raw[by][node] as number).toPrecision(4)]),
  ])
  if (nodes.length < graph.nodes.size && limit > 0) rows.splice(limit, 0, ['…'])
  return renderTable(
    [
      { name: 'rank', align: 'right' },
      { name: 'id' },
      { name: 'reputation', align: 'right' },
      { name: 'P(Sybil)', align: 'right' },
      { name: '' },
      ...(by === undefined ? [] : [{ name: by, align: 'right' as const }]),
    ],
    rows,
  )
}
