/**
 * What the seeds say about every node. The caller passes only seeds that the described node may see: for a node whose own
 * label is used in training, a seed set without it (and without its group); see cross-fit.ts. Every `.share` grows with the
 * Sybils among the seeds nearby; `.mass` says how many seeds there are at all.
 */
import type { FeatureMatrix } from '../features/matrix.ts'
import type { Csr } from '../graph/index.ts'
import { HONEST, SYBIL } from '../model/labelled-graph.ts'
import { Columns } from './columns.ts'
import { labelPropagation } from './label-propagation.ts'
import { type Arrival, collect, handOut, startOf, walk } from './seed-walks.ts'
import { countSeeds, type NodeLabels, rateOf, type SeedCounts } from './seeds.ts'
import type { Partition } from './structure.ts'
import type { Surroundings } from './surroundings.ts'
import { sybilRankFromSeeds } from './sybil-rank.ts'

/** Imagined seeds at the average rate that every share is mixed with, so that one seed alone proves little. */
const PRIOR_SEEDS = 1
/** The same for mass that has been divided on its way. */
const PRIOR_DIVIDED = 0.1
const PRIOR_WALK = 0.01
/** Steps to the nearest seed beyond which nobody looks. */
const DISTANCE_MAX = 8
/** Enough for the order of the values; the last digits of a harmonic function are of no use to a tree. */
const SPREAD = { sweeps: 50, tolerance: 1e-4 }

/** Steps to the nearest seed of one kind, NaN beyond DISTANCE_MAX. */
function distanceTo(of: Csr, seeds: NodeLabels, kind: number): Float64Array {
  const steps = Float64Array.from(seeds, (label) => (label === kind ? 0 : Number.NaN))
  let front = [...steps.keys()].filter((node) => steps[node] === 0)
  for (let step = 1; step <= DISTANCE_MAX && front.length > 0; step++) {
    const next: number[] = []
    for (const node of front)
      for (let k = of.offsets[node]!; k < of.offsets[node + 1]!; k++) {
        const other = of.columns[k]!
        if (!Number.isNaN(steps[other]!)) continue
        steps[other] = step
        next.push(other)
      }
    front = next
  }
  return steps
}

/** Seeds of each kind in the part of every node. */
function withinPart({ part }: Partition, { sybil, honest }: Arrival): Arrival {
  const sum = (kind: Float64Array): Float64Array => {
    const sums = new Float64Array(part.length)
    for (let node = 0; node < part.length; node++) sums[part[node]!] = sums[part[node]!]! + kind[node]!
    return Float64Array.from(part, (own) => sums[own]!)
  }
  return { sybil: sum(sybil), honest: sum(honest) }
}

/**
 * Columns `propagation` and `sybilRank` are the two baselines as they stand. O(entries × about 120 passes).
 *
 * `totals` are the seeds of which these are a part. Both kinds are scaled to them: otherwise what is missing from a fold
 * would show in every column (fewer Sybils left means that a Sybil was taken out), and a tree would read labels from it.
 */
export function evidenceOf(
  { graph, binary, weighted, incoming, partitions, directed }: Surroundings,
  seeds: NodeLabels,
  totals: SeedCounts = countSeeds(seeds),
): FeatureMatrix {
  const rate = rateOf(totals)
  const set = new Columns(binary.size)
  const start = startOf(seeds, totals)
  const pair = (name: string, { sybil, honest }: Arrival, prior: number): void => {
    set.each(
      `${name}.share`,
      (node) => (sybil[node]! + prior * rate) / (sybil[node]! + honest[node]! + prior),
    )
    set.each(`${name}.mass`, (node) => Math.log1p(sybil[node]! + honest[node]!))
  }
  set.add('propagation', labelPropagation(binary, seeds, { ...SPREAD, rate }))
  set.add('propagation.weighted', labelPropagation(weighted, seeds, { ...SPREAD, rate }))
  set.add('sybilRank', sybilRankFromSeeds(binary, seeds))
  pair('near', collect(binary, start), PRIOR_SEEDS)
  pair('peers', collect(binary, handOut(binary, start)), PRIOR_DIVIDED)
  pair('walk.short', walk(binary, start, 0.5, 8), PRIOR_WALK)
  pair('walk.long', walk(binary, start, 0.85, 20), PRIOR_WALK)
  if (directed) {
    // Paid by the same source, paying the same target: who funds and who collects tells accounts of one owner.
    pair('sameSource', handOut(graph.support, handOut(incoming, start)), PRIOR_DIVIDED)
    pair('sameTarget', handOut(incoming, handOut(graph.support, start)), PRIOR_DIVIDED)
    pair('forward', walk(graph.support, start, 0.7, 10), PRIOR_WALK)
    pair('backward', walk(incoming, start, 0.7, 10), PRIOR_WALK)
  }
  set.add('distance.sybil', distanceTo(binary, seeds, SYBIL))
  set.add('distance.honest', distanceTo(binary, seeds, HONEST))
  for (const partition of partitions) pair(partition.name, withinPart(partition, start), PRIOR_SEEDS)
  return set.matrix()
}
