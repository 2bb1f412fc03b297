/**
 * What carries the classifier, and what its normalisation is worth: the ablation table (TRU-056) by graph split and time split, and
 * the comparison of frozen quantiles with per-graph min-max (TRU-045). Prints Markdown; same seed, same figures.
 *
 *   node scripts/study-model.ts [--graphs 120] [--seed 1]
 */
import { parseArgs } from 'node:util'
import {
  type AblationRow,
  ablation,
  classifierOptions,
  DEGREE_BUYS_NOTHING,
  type Directions,
  graphSplit,
  type Normalisation,
  prepareGraph,
  strangerEffect,
  TRUST_LOWERS,
  thresholdStability,
  trainPrepared,
} from '@symbolon/reputation'
import { trainingPool } from '@symbolon/simulator'

const { values } = parseArgs({
  options: { graphs: { type: 'string', default: '120' }, seed: { type: 'string', default: '1' } },
})
const seed = Number(values.seed)
const pool = trainingPool(seed, Number(values.graphs))
const prepared = pool.map((graph, place) => {
  if (place % 20 === 0) console.error(`ranking graph ${place + 1} of ${pool.length}`)
  return prepareGraph(graph)
})
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const table = (head: string[], rows: string[][]): void => {
  for (const cells of [head, head.map(() => '---'), ...rows]) console.log(`| ${cells.join(' | ')} |`)
  console.log()
}

function print(title: string, rows: AblationRow[]): void {
  const attacks = Object.keys(rows[0]?.attacks ?? {})
  console.log(`### ${title}\n`)
  table(
    ['', 'AUC', 'mean AUC per graph', 'recall at 1 % false positives', ...attacks],
    rows.map((row) => [
      row.kind === 'alone' ? `${row.name} alone` : row.name,
      row.auc.toFixed(3),
      row.meanGraphAuc.toFixed(3),
      percent(row.recallAt1),
      ...attacks.map((attack) => (row.attacks[attack] ?? Number.NaN).toFixed(2)),
    ]),
  )
}

const onProgress = (message: string): void => console.error(message)
console.log(`## Ablation: trainingPool(${seed}, ${pool.length})\n`)
for (const protocol of ['graph split', 'time split'] as const)
  print(protocol, ablation(prepared, { protocol, seed, onProgress }))

/** As printed: 22 features, no constraints, every row, class weight 9,429/2,308 (TRU-046). */
const PRINTED = { scalePosWeight: 4.0854, subsample: 1, minChildWeight: 1 }
const strangers = trainingPool(seed + 1_000_000, 24).filter(({ graph }) => graph.nodes.size <= 2_000)

function compare(
  name: string,
  normalisation: Normalisation,
  boosting: Record<string, number>,
  directions: Directions = TRUST_LOWERS,
): string[] {
  onProgress(name)
  const settings = { normalisation, boosting, directions, rowsPerGraph: 300, seed }
  const heldOut = graphSplit(prepared, classifierOptions(settings), 5, 'logistic')
  const stability = thresholdStability(heldOut)
  const model = trainPrepared(prepared, settings)
  const [figures] = model.figures
  const effects = strangers.map((world) => strangerEffect(world, model))
  const nodes = effects.reduce((sum, effect) => sum + effect.nodes, 0)
  const mean = effects.reduce((sum, effect) => sum + effect.meanShift * effect.nodes, 0) / nodes
  const changed = effects.reduce((sum, effect) => sum + effect.verdictsChanged, 0)
  const accused = effects.reduce((sum, effect) => sum + effect.honestNewlyFlagged, 0)
  return [
    name,
    figures === undefined ? '–' : figures.auc.value.toFixed(3),
    figures === undefined ? '–' : percent(figures.recallAt1),
    figures === undefined ? '–' : percent(figures.cleanFalsePositiveRate.value),
    `${percent(stability.median)} / ${percent(stability.percentile90)} / ${percent(stability.max)}`,
    percent(stability.graphsAbove5Percent),
    `${percent(mean)} / ${percent(Math.max(...effects.map(({ maxShift }) => maxShift)))}`,
    `${changed} of ${nodes}`,
    String(accused),
  ]
}

console.log('## Two normalisations\n')
table(
  [
    '',
    'AUC (graph split)',
    'recall at 1 %',
    'false positives on clean graphs at the threshold',
    'false positives per graph at one threshold for 1 %: median / 90th / max',
    'graphs above 5 %',
    'one stranger cites everybody: mean / max shift of P',
    'verdicts changed',
    'honest newly flagged',
  ],
  [
    compare('frozen quantiles', 'quantile', {}),
    compare('frozen quantiles, degree buys nothing', 'quantile', {}, DEGREE_BUYS_NOTHING),
    compare('per-graph min-max, as printed', 'paper', PRINTED),
  ],
)
