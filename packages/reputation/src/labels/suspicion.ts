/**
 * What a node's surroundings would be accused of by structure alone: the probabilities of the structural model, averaged
 * over neighbours, communities and walks. A group that nobody has labelled gives itself away by looking alike all over.
 */
import type { FeatureMatrix } from '../features/matrix.ts'
import { SYBIL, UNLABELLED } from '../model/labelled-graph.ts'
import { Columns } from './columns.ts'
import { neighbourMean } from './diffusion.ts'
import type { NodeLabels } from './seeds.ts'
import type { Surroundings } from './surroundings.ts'

/** Steps of the smoothing, and how much of it comes from the neighbours. */
const SMOOTHING_STEPS = 20
const SMOOTHING_SHARE = 0.8

/** `probabilities` must come from a model that has not seen the labels of the nodes described; seeds are set to their label. */
export function suspicionOf(
  { binary, partitions }: Surroundings,
  probabilities: Float64Array,
  seeds: NodeLabels,
): FeatureMatrix {
  const set = new Columns(binary.size)
  const known = probabilities.map((value, node) =>
    seeds[node] === UNLABELLED ? value : seeds[node] === SYBIL ? 1 : 0,
  )
  const near = set.add('suspicion.near', neighbourMean(binary, known))
  set.add('suspicion.far', neighbourMean(binary, near))
  for (const { name, part } of partitions) {
    const sums = new Float64Array(part.length)
    const counts = new Float64Array(part.length)
    for (let node = 0; node < part.length; node++) {
      sums[part[node]!] = sums[part[node]!]! + known[node]!
      counts[part[node]!] = counts[part[node]!]! + 1
    }
    // The others of its part: a node does not accuse itself.
    set.each(`suspicion.${name}`, (node) => (sums[part[node]!]! - known[node]!) / (counts[part[node]!]! - 1))
  }
  let smooth = known
  for (let step = 1; step <= SMOOTHING_STEPS; step++) {
    const mean = neighbourMean(binary, smooth)
    smooth = smooth.map((_, node) =>
      seeds[node] !== UNLABELLED || Number.isNaN(mean[node]!)
        ? known[node]!
        : (1 - SMOOTHING_SHARE) * known[node]! + SMOOTHING_SHARE * mean[node]!,
    )
  }
  set.add('suspicion.smooth', smooth)
  return set.matrix()
}
