/**
 * Training time against XGBoost 1.7.4 (Debian's command line, histogram method, one thread) on the same rows in the same run.
 *
 *   node packages/reputation/bench/boosting.bench.ts [--rows 100000]
 *
 * XGBoost is timed with 1 and with 200 trees and the difference taken, so that reading its input is not counted; ours includes
 * binning.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { predict, seeded, trainBoosted } from '../src/index.ts'

const { values } = parseArgs({ options: { rows: { type: 'string', default: '100000' } } })
const rows = Number(values.rows)
const FEATURES = 22
const TREES = 200
const random = seeded(1)
const columns = Array.from({ length: FEATURES }, () =>
  Float64Array.from({ length: rows }, () => Math.fround(random.normal())),
)
const at = (feature: number, row: number): number => columns[feature]?.[row] as number
const labels = Float64Array.from({ length: rows }, (_, row) =>
  random.next() < 1 / (1 + Math.exp(-at(0, row) * at(1, row) - at(2, row))) ? 1 : 0,
)
const matrix = { names: columns.map((_, feature) => `f${feature}`), rows, columns }

function seconds(work: () => void): number {
  const start = performance.now()
  work()
  return (performance.now() - start) / 1000
}

const best = (work: () => void): number => Math.min(...[1, 2, 3].map(() => seconds(work)))

let model = trainBoosted(matrix, labels, { trees: 1 })
const ours = best(() => {
  model = trainBoosted(matrix, labels, { trees: TREES })
})
const predicting = best(() => {
  predict(model, matrix)
})
console.log(`${rows} rows × ${FEATURES} features, ${TREES} trees of depth 5; best of three`)
console.log(`training   ${ours.toFixed(2)} s`)
console.log(`predicting ${predicting.toFixed(2)} s, ${(rows / predicting / 1000).toFixed(0)} k rows/s`)

if (!existsSync('/usr/bin/xgboost')) console.log('xgboost is absent: no ratio (Debian package xgboost)')
else {
  const folder = mkdtempSync(join(tmpdir(), 'boosting-bench-'))
  try {
    const lines = Array.from(
      labels,
      (label, row) => `${label} ${columns.map((c, f) => `${f}:${c[row]}`).join(' ')}\n`,
    )
    writeFileSync(join(folder, 'rows'), lines.join(''))
    writeFileSync(
      join(folder, 'conf'),
      `task=train\ndata="${join(folder, 'rows')}?format=libsvm"\nobjective=binary:logistic\ntree_method=hist\nmax_depth=5\neta=0.1\nnthread=1\nverbosity=0\n`,
    )
    const run = (trees: number): number =>
      best(() => {
        execFileSync(
          '/usr/bin/xgboost',
          [join(folder, 'conf'), `num_round=${trees}`, `model_out=${join(folder, 'm')}`],
          {
            stdio: 'ignore',
          },
        )
      })
    const theirs = run(TREES) - run(1)
    console.log(`xgboost    ${theirs.toFixed(2)} s`)
    console.log(`ratio      ${(ours / theirs).toFixed(2)}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
