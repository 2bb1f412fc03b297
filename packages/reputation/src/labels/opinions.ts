/** What the three models say: by structure alone, with the seeds' evidence, and with the suspicion of the surroundings. */
import { logistic } from '../boosting/index.ts'
import type { FeatureMatrix } from '../features/matrix.ts'
import { UNLABELLED } from '../model/labelled-graph.ts'
import { seeded } from '../random.ts'
import { beside } from './columns.ts'
import { type CrossFitted, crossFit, withoutFold } from './cross-fit.ts'
import type { NodeGroups } from './groups.ts'
import { learn } from './learner.ts'
import type { NodeLabels } from './seeds.ts'
import type { Surroundings } from './surroundings.ts'
import { suspicionOf } from './suspicion.ts'

/** Scores of every node; higher is more suspect. */
export interface Opinion {
  /** By all seeds. */
  readonly all: Float64Array
  /** The same, but every seed by models and columns that have not seen it or its group. */
  readonly held: Float64Array
}

export interface Folds {
  /** −1 off the seeds. */
  readonly folds: Int32Array
  readonly count: number
}

/** Models averaged where all seeds teach, and where a fold is held out. */
const BAGS = 3
const BAGS_HELD = 1

/** Seeds of one group repeat each other: together they count as the square root of their number. Mean 1. */
export function seedWeights(rows: Int32Array, groups?: NodeGroups): Float64Array {
  const sizes = new Map<number, number>()
  for (const row of rows) {
    const group = groups?.[row] ?? -1
    if (group >= 0) sizes.set(group, (sizes.get(group) ?? 0) + 1)
  }
  const weights = Float64Array.from(rows, (row) => 1 / Math.sqrt(sizes.get(groups?.[row] ?? -1) ?? 1))
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length
  return weights.map((weight) => weight / mean)
}

/** `seeds` and `evidence` must be of nodes with edges only; what is said about other nodes is NaN. */
export function learnedOpinions(
  surroundings: Surroundings,
  seeds: NodeLabels,
  evidence: CrossFitted,
  { folds, count }: Folds,
  { groups, seed }: { readonly groups?: NodeGroups; readonly seed: number },
): Opinion[] {
  const { structure, binary } = surroundings
  const nodes = Int32Array.from(seeds.keys())
  const connected = nodes.filter((node) => binary.offsets[node + 1]! > binary.offsets[node]!)
  const rows = connected.filter((node) => seeds[node] !== UNLABELLED)
  const random = seeded(seed)
  const teach = (columns: CrossFitted, fold: number, wanted: Int32Array): Float64Array => {
    const teaching = rows.filter((row) => folds[row] !== fold)
    const lesson = {
      rows: teaching,
      labels: Float64Array.from(teaching, (row) => seeds[row]!),
      weights: seedWeights(teaching, groups),
    }
    const described = fold < 0 ? columns.all : columns.held
    return learn(columns.held, described, lesson, wanted, {
      bags: fold < 0 ? BAGS : BAGS_HELD,
      seed: random.uint32(),
    })
  }
  const opinionOn = (columns: CrossFitted): Opinion => {
    const all = teach(columns, -1, connected)
    const held = all.slice()
    for (let fold = 0; fold < count; fold++) {
      const own = rows.filter((row) => folds[row] === fold)
      const scores = teach(columns, fold, own)
      for (const row of own) held[row] = scores[row]!
    }
    return { all, held }
  }

  const bare: CrossFitted = { all: structure, held: structure }
  // The structural model is asked about everybody, fold by fold: its columns see no label, so what fold k's model says
  // about any node is free of fold k's labels, and so is the suspicion made of it.
  const byFold = Array.from({ length: count }, (_, fold) => teach(bare, fold, connected))
  const structural = teach(bare, -1, connected)
  const suspicion = crossFit(folds, count, (fold) =>
    suspicionOf(
      surroundings,
      (fold < 0 ? structural : byFold[fold]!).map(logistic),
      withoutFold(seeds, folds, fold),
    ),
  )
  const joined = (...parts: readonly CrossFitted[]): CrossFitted => {
    const side = (which: keyof CrossFitted): FeatureMatrix => beside(...parts.map((part) => part[which]))
    return { all: side('all'), held: side('held') }
  }
  return [
    {
      all: structural,
      held: structural.map((score, node) => (folds[node]! < 0 ? score : byFold[folds[node]!]![node]!)),
    },
    opinionOn(joined(bare, evidence)),
    opinionOn(joined(bare, evidence, suspicion)),
  ]
}
