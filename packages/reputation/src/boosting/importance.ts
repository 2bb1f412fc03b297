import type { FeatureMatrix } from '../features/matrix.ts'
import type { Random } from '../random.ts'
import { predict } from './predict.ts'
import type { BoostedTrees } from './trees.ts'

/**
 * Share of the total gain per feature; sums to 1, or all 0 for a model without a split. It says what training used: copies of a
 * feature share it arbitrarily (TRU-051), so judge by `permutationImportance` on held-out rows.
 */
export function gainImportance(model: BoostedTrees): Float64Array {
  const gains = new Float64Array(model.features.length)
  let total = 0
  for (const { feature, gain } of model.trees)
    feature.forEach((asked, node) => {
      if (asked < 0) return
      gains[asked] = (gains[asked] as number) + (gain[node] as number)
      total += gain[node] as number
    })
  return total === 0 ? gains : gains.map((gain) => gain / total)
}

/**
 * How much worse `quality` (higher is better: AUC, −log loss) becomes when the values of a group of features are shuffled
 * together among the rows. Give copies of one fact as one group, or each hides the other.
 */
export function permutationImportance(
  model: BoostedTrees,
  matrix: FeatureMatrix,
  quality: (predictions: Float64Array) => number,
  groups: readonly (readonly number[])[],
  random: Random,
  repeats = 5,
): Float64Array {
  const whole = quality(predict(model, matrix))
  return Float64Array.from(groups, (group) => {
    let lost = 0
    for (let repeat = 0; repeat < repeats; repeat++) {
      const from = random.shuffle(Array.from({ length: matrix.rows }, (_, row) => row))
      const columns = matrix.columns.map((column, feature) =>
        group.includes(feature) ? column.map((_, row) => column[from[row] as number] as number) : column,
      )
      lost += whole - quality(predict(model, { ...matrix, columns }))
    }
    return lost / repeats
  })
}
