/** `symbolon reputation predict`: how well ratings of a signed network are predicted, against the published methods. */
import { evaluateSigned, readSigned, type SignedReport } from '@symbolon/reputation'
import type { Context } from '../context.ts'
import { type JsonValue, plainJson } from '../output/output.ts'
import { renderTable } from '../output/table.ts'
import { usage } from '../parse.ts'
import { readEvidence } from './evidence-file.ts'
import { sayHeader } from './graph-input.ts'
import { parseNumber, parseWhole, shown } from './numbers.ts'
import { requireFolderOf, writeResult } from './result-file.ts'

export interface PredictOptions {
  readonly signed: string
  readonly folds: string
  readonly timeSplit?: string | true
  readonly refreshes: string
  readonly seed: string
  readonly scale?: string
  readonly out?: string
}

export async function predict(context: Context, options: PredictOptions): Promise<void> {
  const { output } = context
  if (options.out !== undefined) requireFolderOf(options.out)
  const { timeSplit } = options
  const share =
    timeSplit === undefined || timeSplit === true
      ? timeSplit === true
      : parseNumber(timeSplit, '--time-split', 0.01, 0.99)
  const refreshes = parseWhole(options.refreshes, '--refreshes', 1, 10_000)
  if (refreshes > 1 && share === false)
    throw usage('--refreshes: folds have no time to refresh at; add --time-split')
  const folds = parseWhole(options.folds, '--folds', 2, 100)
  const seed = parseWhole(options.seed, '--seed', 0, 2 ** 32 - 1)
  const scale =
    options.scale === undefined
      ? undefined
      : parseNumber(options.scale, '--scale', Number.MIN_VALUE, Number.MAX_VALUE)
  const { value: edges, digest } = await readEvidence(options.signed, (bytes) =>
    readSigned(bytes, sayHeader(output)),
  )
  output.note(`${edges.length} ratings; ${share === false ? `${folds} folds` : 'split by time'} …`)
  if (edges.length > 0 && edges.every(({ rating }) => rating === edges[0]?.rating))
    output.note('every rating is the same, which nobody fails to predict; is there a column called rating?')
  const report = evaluateSigned(edges, {
    folds,
    timeSplit: share,
    refreshes,
    seed,
    predictions: options.out !== undefined,
    onPart: (done, of) => output.progress(`part ${done} of ${of}`),
    ...(scale === undefined ? {} : { scale }),
  })
  output.progress('')
  if (options.out !== undefined)
    writeResult(
      options.out,
      ['from', 'to', 'rating', 'predicted', 'trust', 'part'],
      (report.predictions ?? []).map(({ from, to, rating, predicted, trust, part }) => [
        from,
        to,
        rating,
        predicted,
        trust,
        part,
      ]),
    )
  output.result(asJson(report, digest), () => asText(report))
}

const METHODS = [
  { name: 'method' },
  ...['RMSE', '±', 'PCC', '±', 'AUC', '±'].map((name) => ({ name, align: 'right' as const })),
]

function asText(report: SignedReport): string {
  const { tested, pairs, nodes, methods, comparisons, importance, notes, scale, signs, cut } = report
  const table = renderTable(
    METHODS,
    methods.map(({ name, rmse, pcc, auc }) => [
      name,
      ...[rmse, pcc, auc].flatMap(({ mean, deviation }) => [shown(mean), shown(deviation)]),
    ]),
  )
  const differences = comparisons.map(
    ({ with: other, rmse, pcc, auc }) =>
      `ours − ${other}: ${(
        [
          ['RMSE', rmse],
          ['PCC', pcc],
          ['AUC', auc],
        ] as const
      )
        .map(([name, { value, low, high }]) => `${name} ${shown(value)} [${shown(low)}, ${shown(high)}]`)
        .join('   ')}`,
  )
  return [
    `${nodes} nodes, ${pairs} rated pairs (${signs.positive} positive, ${signs.negative} negative); ${tested.pairs} tested, of which ${tested.coldSource} by a rater and ${tested.coldTarget} of a node without known ratings`,
    ...(cut === undefined ? [] : [`known: the ${cut.known} pairs rated before ${cut.time}`]),
    '',
    table,
    '',
    `RMSE is in units of the largest rating (${scale}); ± is the deviation between parts.`,
    'Differences with 95 % intervals, by bootstrap over raters:',
    ...differences,
    '',
    `asked most: ${importance
      .slice(0, 8)
      .map(({ name, share }) => `${name} ${(100 * share).toFixed(0)} %`)
      .join(', ')}`,
    ...notes.map((note) => `note: ${note}`),
  ].join('\n')
}

function asJson(report: SignedReport, digest: string): JsonValue {
  const { predictions: _, methods, comparisons, ...rest } = report
  const plain = {
    ...rest,
    input: digest,
    methods: methods.map(({ name, rmse, pcc, auc }) => ({ name, rmse, pcc, auc })),
    comparisons,
  }
  return plainJson(plain)
}
