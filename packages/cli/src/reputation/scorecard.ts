/** `symbolon reputation scorecard`: the eighteen gates of release, measured. */
import { basename } from 'node:path'
import { evaluateLabels, graphOf, readEdges } from '@symbolon/reputation'
import { type GateRow, type ScorecardOptions as ScorecardInput, scorecard } from '@symbolon/simulator'
import type { Context } from '../context.ts'
import { plainJson } from '../output/output.ts'
import { usage } from '../parse.ts'
import { readEvidence } from './evidence-file.ts'
import { labelsOf, readGroups, readLabelMap } from './label-file.ts'
import { parseWhole, shown } from './numbers.ts'
import { scorerNamed } from './scorer.ts'

export interface ScorecardOptions {
  readonly scorer: string
  readonly model?: string
  readonly seed: string
  readonly network?: string
  readonly edges?: string
  readonly labels?: string
  readonly groups?: string
  readonly smoke?: boolean
}

/** Seeds with which gate S1 is measured: what an operator could have labelled by hand. */
const REAL_DATA_SEEDS = 0.2

export async function measureGates({ output }: Context, options: ScorecardOptions): Promise<void> {
  const seed = parseWhole(options.seed, '--seed', 0, 2 ** 32 - 1)
  const realData = await measuredOnLabels(options, seed)
  const network = options.network === undefined ? undefined : await networkOf(options.network)
  output.note('measuring …')
  const card = scorecard({
    scorer: scorerNamed(options.scorer, options.model),
    seed,
    smoke: options.smoke === true,
    ...(network === undefined ? {} : { recordedNetwork: network }),
    ...(realData === undefined ? {} : { realData }),
  })
  const { sums, releasable } = card
  output.result(
    plainJson(card),
    () =>
      `${scorecardTable(card.rows)}\n\n${sums.pass} pass, ${sums.fail} fail, ${sums.pending} pending of ${sums.total}: ${releasable ? 'releasable' : 'not releasable'}`,
  )
}

/** Read as every file of edges is, whatever its header, separator or packing. Errors: FILE_UNREADABLE, those of readEdges. */
async function networkOf(path: string): Promise<{ name: string; csv: string }> {
  const { value: table } = await readEvidence(path, (bytes) => readEdges(bytes))
  const { ids, sources, targets, size } = table
  const name = (node: number | undefined): string => encodeURIComponent(ids.idOf(node as number))
  const lines: string[] = []
  for (let edge = 0; edge < size; edge++) lines.push(`${name(sources[edge])},${name(targets[edge])}`)
  return { name: basename(path), csv: lines.join('\n') }
}

/** Label-aware scores on labelled data of the user, whole groups held out. Errors: USAGE, those of the readers and of evaluateLabels. */
async function measuredOnLabels(
  { edges, labels, groups }: ScorecardOptions,
  seed: number,
): Promise<ScorecardInput['realData']> {
  if (edges === undefined && labels === undefined) return undefined
  if (edges === undefined || labels === undefined) throw usage('--edges and --labels go together')
  const { value: table } = await readEvidence(edges, (bytes) => readEdges(bytes))
  const named = await readLabelMap(labels)
  for (const id of named.keys()) table.node(id)
  const graph = graphOf(table)
  const known = labelsOf(graph, named)
  const grouped = groups === undefined ? undefined : await readGroups(graph, groups)
  const falsePositiveRate = 0.01
  const { rows } = evaluateLabels(graph, known, grouped, {
    fractions: [REAL_DATA_SEEDS],
    protocols: [grouped === undefined ? 'node' : 'group'],
    draws: 3,
    falsePositiveRate,
    seed,
  })
  const own = rows.find(({ method, population }) => method === 'labelAware' && population === 'connected')
  return {
    detected: own?.detection.value ?? 0,
    falsePositives: falsePositiveRate,
    source: `${basename(edges)}: ${100 * REAL_DATA_SEEDS} % of the labels as seeds, nodes that have an edge${grouped === undefined ? '' : ', whole groups held out'}, 3 draws`,
  }
}

function scorecardTable(rows: readonly GateRow[]): string {
  return rows
    .flatMap(({ gate, title, threshold, measured, verdict, note }) => [
      `${gate}  ${verdict.toUpperCase().padEnd(7)}  ${title}: ${shown(measured)} (${threshold})`,
      `             ${note}`,
    ])
    .join('\n')
}
