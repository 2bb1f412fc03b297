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
import type { FeatureMatrix } from '../features/matrix.ts'
import type { TrustGraph } from '../graph/index.ts'
import { SYBIL, UNLABELLED } from '../model/labelled-graph.ts'
import { seeded } from '../random.ts'
import { crossFit, withoutFold } from './cross-fit.ts'
import { evidenceOf } from './evidence.ts'
import { foldsOf, type NodeGroups, unitsOf } from './groups.ts'
import { meanRank } from './mean-rank.ts'
import { learnedOpinions, type Opinion } from './opinions.ts'
import { probabilitiesOf } from './seed-calibration.ts'
import { countSeeds, type NodeLabels, requireAligned } from './seeds.ts'
import { type Surroundings, surroundingsOf } from './surroundings.ts'

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
/** Independent seeds of the rarer kind at which models and classic methods count the same. */
const EVEN_SEEDS = 4
/** Fewer independent seeds of a kind teach nothing. */
const UNITS_MIN = 2

/** Units that hold a seed of each kind; the smaller number. */
function independentSeeds(seeds: NodeLabels, groups: NodeGroups | undefined): number {
  const counts = [0, 0]
  for (const unit of unitsOf(seeds, groups))
    for (const kind of [0, 1]) if (unit.some((node) => seeds[node] === kind)) counts[kind] = counts[kind]! + 1
  return Math.min(...counts)
}

const column = ({ names, columns }: FeatureMatrix, name: string): Float64Array =>
  columns[names.indexOf(name)]!

/**
 * Probability that a node is a Sybil, by the mix of the seeds; 1 or 0 at the seeds themselves. Nodes without edges get the
 * rate of such nodes among the seeds. With seeds of one kind only, the order is that of walks from them and the
 * values are no probabilities. Errors: EVALUATION_INVALID if seeds or groups are not one per node, or a label is none.
 */
export function labelAwareScores(
  graph: TrustGraph,
  seeds: NodeLabels,
  options: LabelAwareOptions = {},
): Float64Array {
  const { seed = 1, groups } = options
  requireAligned(graph.nodes.size, seeds, groups)
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
  const learned =
    count < UNITS_MIN
      ? []
      : learnedOpinions(
          surroundings,
          inside,
          evidence,
          { folds, count },
          { seed, ...(groups === undefined ? {} : { groups }) },
        )
  const lean = learned.length === 0 ? 1 : EVEN_SEEDS / (EVEN_SEEDS + units)
  const members = [
    ...classic.map((member) => ({ member, share: lean / classic.length })),
    ...learned.map((member) => ({ member, share: (1 - lean) / learned.length })),
  ]
  const mixed = meanRank(members, inside, units, connected)
  const probability = probabilitiesOf(mixed, seeds, connected)
  return probability.map((value, node) =>
    seeds[node] === UNLABELLED ? value : seeds[node] === SYBIL ? 1 : 0,
  )
}
