/**
 * Label-aware scores: how much every node looks like the known Sybils rather than like the known honest nodes.
 *
 *   structure ──► structural model ──► suspicion of the surroundings ─┐
 *   structure ────────────────────────────────────────────────────────┼─► two models ─┐
 *   seeds ──► evidence (propagation, walks, neighbours, communities) ──┘               ├─► mean rank ──► probability
 *   seeds ──► label propagation, SybilRank ────────────────────────────────────────────┘
 *
 * All columns of a teaching seed are cross-fitted (cross-fit.ts). With few independent seeds the answer leans on the two
 * classic methods, which learn nothing and so cannot learn anything wrong; with many, on the models. Deterministic by seed.
 */
import { logistic } from '../boosting/index.ts'
import type { FeatureMatrix } from '../features/matrix.ts'
import type { TrustGraph } from '../graph/index.ts'
import { SYBIL, UNLABELLED } from '../model/labelled-graph.ts'
import { seeded } from '../random.ts'
import { beside } from './columns.ts'
import { type CrossFitted, crossFit, withoutFold } from './cross-fit.ts'
import { evidenceOf } from './evidence.ts'
import { foldsOf, type NodeGroups, unitsOf } from './groups.ts'
import { learn } from './learner.ts'
import { fractionsBelow, placeOf } from './ranks.ts'
import { probabilitiesOf } from './seed-calibration.ts'
import { countSeeds, type NodeLabels } from './seeds.ts'
import { type Surroundings, surroundingsOf } from './surroundings.ts'
import { suspicionOf } from './suspicion.ts'

export interface LabelAwareOptions {
  /** Which seeds belong together: their labels are not independent. Only the groups of seeds are read. */
  readonly groups?: NodeGroups
  /** Default: read from the edges (surroundings.ts). */
  readonly directed?: boolean
  /** Seeds folds, samples of rows and columns, and the order in which communities form; default 1. */
  readonly seed?: number
  /** If scores are computed for several seed sets of the same graph: `surroundingsOf(graph)`, once. */
  readonly surroundings?: Surroundings
}

const FOLDS = 5
/** Models averaged in the last step, and in each of the others. */
const BAGS = 4
const BAGS_HELD = 2
/** Independent seeds of the rarer kind at which models and classic methods count the same. */
const EVEN_SEEDS = 4
/** Fewer independent seeds of a kind teach nothing. */
const UNITS_MIN = 2

/** Seeds of one group repeat each other: together they count as the square root of their number. */
function weightsOf(rows: Int32Array, groups: NodeGroups | undefined): Float64Array {
  const sizes = new Map<number, number>()
  for (const row of rows) {
    const group = groups?.[row] ?? -1
    if (group >= 0) sizes.set(group, (sizes.get(group) ?? 0) + 1)
  }
  const weights = Float64Array.from(rows, (row) => 1 / Math.sqrt(sizes.get(groups?.[row] ?? -1) ?? 1))
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length
  return weights.map((weight) => weight / mean)
}

/** Units that hold a seed of each kind; the smaller number. */
function independentSeeds(seeds: NodeLabels, groups: NodeGroups | undefined): number {
  const counts = [0, 0]
  for (const unit of unitsOf(seeds, groups))
    for (const kind of [0, 1]) if (unit.some((node) => seeds[node] === kind)) counts[kind] = counts[kind]! + 1
  return Math.min(...counts)
}

const column = ({ names, columns }: FeatureMatrix, name: string): Float64Array =>
  columns[names.indexOf(name)]!

/** Learned scores of every node, and of every seed by models and columns that have not seen it. */
interface Opinion {
  readonly all: Float64Array
  readonly held: Float64Array
}

function opinions(
  surroundings: Surroundings,
  seeds: NodeLabels,
  evidence: CrossFitted,
  folds: Int32Array,
  count: number,
  { groups, seed = 1 }: LabelAwareOptions,
): Opinion[] {
  const { structure } = surroundings
  const rows = Int32Array.from([...seeds.keys()].filter((node) => seeds[node] !== UNLABELLED))
  const random = seeded(seed)
  /** A model from all seeds and one from each fold's complement. */
  const teach = (
    taught: FeatureMatrix,
    described: FeatureMatrix,
    fold: number,
    bags: number,
  ): Float64Array => {
    const teaching = rows.filter((row) => folds[row] !== fold)
    const labels = Float64Array.from(teaching, (row) => seeds[row]!)
    return learn(
      taught,
      described,
      { rows: teaching, labels, weights: weightsOf(teaching, groups) },
      { bags, seed: random.uint32() },
    )
  }
  const heldOut = (taught: FeatureMatrix, all: Float64Array): Float64Array[] =>
    Array.from({ length: count }, (_, fold) => teach(taught, taught, fold, BAGS_HELD)).concat([all])
  const ofFold = (scores: readonly Float64Array[]): Float64Array =>
    Float64Array.from(folds, (fold, node) => scores[fold < 0 ? count : fold]![node]!)

  const structural = teach(structure, structure, -1, BAGS)
  const structuralByFold = heldOut(structure, structural)
  const suspicion = crossFit(folds, count, (fold) =>
    suspicionOf(
      surroundings,
      structuralByFold[fold < 0 ? count : fold]!.map(logistic),
      withoutFold(seeds, folds, fold),
    ),
  )
  const opinionOn = (taught: FeatureMatrix, described: FeatureMatrix): Opinion => {
    const all = teach(taught, described, -1, BAGS)
    return { all, held: ofFold(heldOut(taught, all)) }
  }
  return [
    { all: structural, held: ofFold(structuralByFold) },
    opinionOn(beside(structure, evidence.held), beside(structure, evidence.all)),
    opinionOn(
      beside(structure, evidence.held, suspicion.held),
      beside(structure, evidence.all, suspicion.all),
    ),
  ]
}

/**
 * Probability that a node is a Sybil, by the mix of the seeds; 1 or 0 at the seeds themselves. Nodes without edges get the
 * rate of such nodes among the seeds. With seeds of one kind only, the order is that of walks from them and the
 * values are no probabilities.
 */
export function labelAwareScores(
  graph: TrustGraph,
  seeds: NodeLabels,
  options: LabelAwareOptions = {},
): Float64Array {
  const { seed = 1, groups } = options
  const surroundings = options.surroundings ?? surroundingsOf(graph, options)
  const { offsets } = surroundings.binary
  const connected = Uint8Array.from(seeds, (_, node) => (offsets[node + 1]! > offsets[node]! ? 1 : 0))
  const inside = seeds.map((label, node) => (connected[node] === 1 ? label : UNLABELLED))
  const totals = countSeeds(inside)
  const units = independentSeeds(inside, groups)
  // A single group of one kind cannot be held out whole: then its members are, one by one, rather than learning nothing.
  const kept = units < UNITS_MIN ? undefined : groups
  const count = Math.min(FOLDS, independentSeeds(inside, kept))
  const folds =
    count < UNITS_MIN ? new Int32Array(seeds.length).fill(-1) : foldsOf(inside, count, seeded(seed), kept)
  const evidence = crossFit(folds, count < UNITS_MIN ? 0 : count, (fold) =>
    evidenceOf(surroundings, withoutFold(inside, folds, fold), totals),
  )
  const opinion = (name: string): Opinion => ({
    all: column(evidence.all, name),
    held: column(evidence.held, name),
  })
  const classic =
    totals.honest === 0
      ? [opinion('walk.long.mass')]
      : totals.sybil === 0
        ? [opinion('sybilRank')]
        : [opinion('propagation'), opinion('sybilRank')]
  const learned = count < UNITS_MIN ? [] : opinions(surroundings, inside, evidence, folds, count, options)
  const lean = learned.length === 0 ? 1 : EVEN_SEEDS / (EVEN_SEEDS + units)
  const mixed = { all: new Float64Array(seeds.length), held: new Float64Array(seeds.length) }
  for (const [members, share] of [
    [classic, lean],
    [learned, 1 - lean],
  ] as const)
    for (const member of members) {
      const sorted = fractionsBelow(member.all, connected)
      for (let node = 0; node < seeds.length; node++) {
        mixed.all[node] = mixed.all[node]! + (share * placeOf(sorted, member.all[node]!)) / members.length
        mixed.held[node] = mixed.held[node]! + (share * placeOf(sorted, member.held[node]!)) / members.length
      }
    }
  const probability = probabilitiesOf(mixed, seeds, connected)
  return probability.map((value, node) =>
    seeds[node] === UNLABELLED ? value : seeds[node] === SYBIL ? 1 : 0,
  )
}
