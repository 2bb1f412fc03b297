import type { FeatureMatrix } from '../../src/features/matrix.ts'
import { seeded } from '../../src/random.ts'

export interface Sample {
  readonly matrix: FeatureMatrix
  readonly labels: Float64Array
}

/** Multiples of 1/1024, which XGBoost's 32-bit floats hold exactly; a share of them missing. */
export function sampleOf(
  rows: number,
  features: number,
  seed: number,
  { missing = 0, levels = 4096, regression = false } = {},
): Sample {
  const random = seeded(seed)
  const columns = Array.from({ length: features }, () =>
    Float64Array.from({ length: rows }, () => {
      const value = random.below(levels) / 1024
      return random.next() < missing ? Number.NaN : value
    }),
  )
  const at = (feature: number, row: number): number => {
    const value = columns[feature % features]?.[row] as number
    return Number.isNaN(value) ? 3 : value
  }
  const labels = Float64Array.from({ length: rows }, (_, row) => {
    const signal = (at(0, row) - 2) * (at(1, row) - 2) + 0.7 * at(2, row) - 1.4
    if (regression) return Math.fround(signal + 0.3 * random.normal())
    return random.next() < 1 / (1 + Math.exp(-2 * signal)) ? 1 : 0
  })
  return { matrix: { names: columns.map((_, place) => `f${place}`), rows, columns }, labels }
}

export function take({ matrix, labels }: Sample, rows: readonly number[]): Sample {
  return {
    matrix: {
      names: matrix.names,
      rows: rows.length,
      columns: matrix.columns.map((column) => Float64Array.from(rows, (row) => column[row] as number)),
    },
    labels: Float64Array.from(rows, (row) => labels[row] as number),
  }
}

/** Share of (positive, negative) pairs in the right order, by counting them. */
export function pairwiseAuc(scores: Float64Array, labels: Float64Array): number {
  let pairs = 0
  let right = 0
  for (let i = 0; i < scores.length; i++)
    for (let j = 0; j < scores.length; j++)
      if (labels[i] === 1 && labels[j] === 0) {
        pairs++
        const difference = (scores[i] as number) - (scores[j] as number)
        right += difference > 0 ? 1 : difference === 0 ? 0.5 : 0
      }
  return right / pairs
}
