/** The learner of label-aware scoring: a few boosted models, each on half of the columns, averaged. */
import { predictMargin, trainBoosted } from '../boosting/index.ts'
import type { FeatureMatrix } from '../features/matrix.ts'
import { seeded } from '../random.ts'
import { rowsOf } from './columns.ts'

/** Shallow and slow trees: seeds are few, and columns outnumber them at the smallest sizes. */
const BOOSTING = { trees: 90, depth: 3, learningRate: 0.09, subsample: 0.7, bins: 64 } as const
/** Half of the columns for each model, so that no single one decides everything. */
const COLUMN_SHARE = 0.5

/** What grows with the Sybils nearby may only ever raise suspicion; the trees cannot learn the opposite from noise. */
const RAISES = /(\.share|^propagation(\.weighted)?|^sybilRank|^suspicion\..*)$/

export interface Lesson {
  /** Rows of the matrix that teach. */
  readonly rows: Int32Array
  /** 1 or 0 for each of these rows. */
  readonly labels: Float64Array
  /** Positive, one for each of these rows. */
  readonly weights: Float64Array
}

/**
 * Margins (log odds) of some rows of `described` after learning from the lesson's rows of `taught`; same columns in both.
 * All other rows are NaN.
 */
export function learn(
  taught: FeatureMatrix,
  described: FeatureMatrix,
  { rows, labels, weights }: Lesson,
  wanted: Int32Array,
  { bags, seed }: { readonly bags: number; readonly seed: number },
): Float64Array {
  const random = seeded(seed)
  const sum = new Float64Array(wanted.length)
  for (let bag = 0; bag < bags; bag++) {
    let keep = taught.names.map(() => random.next() < COLUMN_SHARE)
    if (!keep.includes(true)) keep = keep.map(() => true)
    const half = ({ names, rows: count, columns }: FeatureMatrix): FeatureMatrix => ({
      names: names.filter((_, column) => keep[column]),
      rows: count,
      columns: columns.filter((_, column) => keep[column]),
    })
    const matrix = rowsOf(half(taught), rows)
    const monotone = matrix.names.map((name) => (RAISES.test(name) ? 1 : 0))
    const trees = trainBoosted(matrix, labels, { ...BOOSTING, weights, monotone, seed: random.uint32() })
    const part = predictMargin(trees, rowsOf(half(described), wanted))
    for (let row = 0; row < sum.length; row++) sum[row] = sum[row]! + part[row]! / bags
  }
  const margins = new Float64Array(described.rows).fill(Number.NaN)
  wanted.forEach((row, place) => {
    margins[row] = sum[place]!
  })
  return margins
}
