/**
 * Rating prediction on a signed network against the published methods, in one run.
 *
 *   node packages/reputation/bench/signed.bench.ts FILE [--folds 10] [--time 0.6,0.7,0.8,0.9] [--seed 1]
 *
 * Without FILE: the Bitcoin Alpha network of SNAP in ../shared/data/trust.
 */
import { createReadStream } from 'node:fs'
import { parseArgs } from 'node:util'
import { evaluateSigned, readSigned, type SignedEdge, type SignedReport } from '../src/signed/index.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    folds: { type: 'string', default: '10' },
    time: { type: 'string', default: '0.6,0.7,0.8,0.9' },
    seed: { type: 'string', default: '1' },
  },
})

const figure = (value: number): string => (Number.isNaN(value) ? '    –' : value.toFixed(4))

function print(title: string, report: SignedReport, seconds: number): void {
  const { pairs, tested, methods, comparisons, notes, importance } = report
  console.log(`\n${title}   (${seconds.toFixed(1)} s)`)
  console.log(
    `${pairs} pairs, ${tested.pairs} tested; unknown: source ${tested.coldSource}, target ${tested.coldTarget}, both ${tested.coldBoth}`,
  )
  console.log(`${'method'.padEnd(22)} RMSE     PCC      AUC`)
  for (const { name, rmse, pcc, auc } of methods)
    console.log(`${name.padEnd(22)} ${[rmse, pcc, auc].map(({ mean }) => figure(mean)).join('   ')}`)
  for (const { with: other, rmse, pcc, auc } of comparisons) {
    const shown = [rmse, pcc, auc].map(
      ({ value, low, high }) => `${figure(value)} [${figure(low)}, ${figure(high)}]`,
    )
    console.log(`ours − ${other}: ${shown.join('   ')}`)
  }
  console.log(
    `asked most: ${importance
      .slice(0, 8)
      .map(({ name, share }) => `${name} ${(100 * share).toFixed(0)} %`)
      .join(', ')}`,
  )
  for (const note of notes) console.log(`note: ${note}`)
}

function run(
  title: string,
  edges: readonly SignedEdge[],
  options: Parameters<typeof evaluateSigned>[1],
): void {
  const start = performance.now()
  const report = evaluateSigned(edges, options)
  print(title, report, (performance.now() - start) / 1000)
}

const file = positionals[0] ?? '../shared/data/trust/soc-sign-bitcoinalpha.csv'
const edges = await readSigned(createReadStream(file))
const seed = Number(values.seed)
console.log(`${file}: ${edges.length} ratings`)
if (Number(values.folds) > 0)
  run(`${values.folds} random folds, seed ${seed}`, edges, { folds: Number(values.folds), seed })
if (edges.every(({ time }) => time !== undefined))
  for (const share of values.time
    .split(',')
    .filter((text) => text !== '')
    .map(Number)) {
    const cut = `known: the earliest ${Math.round(share * 100)} %, tested: the rest`
    run(cut, edges, { timeSplit: share, seed })
    run(`${cut}, in 20 blocks, each after all before it`, edges, { timeSplit: share, refreshes: 20, seed })
  }
else console.log('no split by time: the ratings have no times')
