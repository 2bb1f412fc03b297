/** The command line of Debian's xgboost as an independent implementation. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sample } from './sample.ts'

const PROGRAM = '/usr/bin/xgboost'
export const XGBOOST_PRESENT = existsSync(PROGRAM)

export interface XgboostTree {
  readonly split_indices: number[]
  readonly split_conditions: number[]
  readonly left_children: number[]
  readonly right_children: number[]
  readonly default_left: number[]
  readonly sum_hessian: number[]
  readonly loss_changes: number[]
}

/** Missing values are left out of a LIBSVM row. */
function libsvm({ matrix, labels }: Sample): string {
  return Array.from(labels, (label, row) => {
    const present = matrix.columns.flatMap((column, feature) =>
      Number.isNaN(column[row]) ? [] : [`${feature}:${column[row]}`],
    )
    return `${label} ${present.join(' ')}\n`
  }).join('')
}

export function xgboost(
  sample: Sample,
  test: Sample,
  parameters: Record<string, string | number>,
): { trees: XgboostTree[]; predictions: Float64Array } {
  const folder = mkdtempSync(join(tmpdir(), 'xgboost-'))
  try {
    const at = (name: string): string => join(folder, name)
    writeFileSync(at('train'), libsvm(sample))
    writeFileSync(at('test'), libsvm(test))
    const settings = { nthread: 1, verbosity: 0, ...parameters }
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
    writeFileSync(at('conf'), `${lines.join('\n')}\ndata="${at('train')}?format=libsvm"\n`)
    const run = (...words: string[]): unknown =>
      execFileSync(PROGRAM, [at('conf'), ...words], { stdio: 'ignore', cwd: folder })
    run('task=train', `model_out=${at('model.json')}`)
    run(
      'task=pred',
      `model_in=${at('model.json')}`,
      `test:data=${at('test')}?format=libsvm`,
      `name_pred=${at('p')}`,
    )
    const model = JSON.parse(readFileSync(at('model.json'), 'utf8'))
    return {
      trees: model.learner.gradient_booster.model.trees,
      predictions: Float64Array.from(readFileSync(at('p'), 'utf8').trim().split('\n'), Number),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
