/**
 * Cross-fitting: a seed that teaches is described as if its label were unknown. For every fold the columns are computed
 * from the other folds' seeds, and only the rows of that fold are taken from them; all other nodes are described with all
 * seeds. Whole units (groups) share a fold, so no companion speaks for a seed either.
 */
import type { FeatureMatrix } from '../features/matrix.ts'
import { UNLABELLED } from '../model/labelled-graph.ts'
import type { NodeLabels } from './seeds.ts'

export interface CrossFitted {
  /** Every node described with all seeds: for nodes that are not seeds. */
  readonly all: FeatureMatrix
  /** The same, but every seed described without the seeds of its fold. */
  readonly held: FeatureMatrix
}

/** The seeds without those of one fold; `fold` −1 keeps all. */
export function withoutFold(seeds: NodeLabels, folds: Int32Array, fold: number): NodeLabels {
  return fold < 0 ? seeds : seeds.map((label, node) => (folds[node] === fold ? UNLABELLED : label))
}

/** `describe(fold)` must not look at labels of seeds in that fold; −1 stands for all seeds. `folds` is −1 off the seeds. */
export function crossFit(
  folds: Int32Array,
  count: number,
  describe: (fold: number) => FeatureMatrix,
): CrossFitted {
  const all = describe(-1)
  const held = all.columns.map((column) => column.slice())
  for (let fold = 0; fold < count; fold++) {
    const { columns } = describe(fold)
    for (let node = 0; node < folds.length; node++)
      if (folds[node] === fold)
        for (let column = 0; column < held.length; column++) held[column]![node] = columns[column]![node]!
  }
  return { all, held: { ...all, columns: held } }
}
