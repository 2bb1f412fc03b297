/** SybilRank as a baseline for labels: trust from the honest seeds alone. */
import type { Csr } from '../graph/index.ts'
import { HONEST } from '../model/labelled-graph.ts'
import { strengths } from './neighbourhood.ts'
import { countSeeds, type NodeLabels } from './seeds.ts'

/**
 * SybilRank (Cao, Sirivianos, Yang and Pregueiro, NSDI 2012; TRU-018): trust starts on the honest seeds in equal parts,
 * walks ⌈log₂ n⌉ steps over undirected edges and is divided by the degree. Two consecutive steps are averaged, because on
 * a bipartite part all trust sits on one side at a time. The result is minus the trust: higher is more suspect.
 */
export function sybilRankFromSeeds(of: Csr, seeds: NodeLabels, steps?: number): Float64Array {
  const total = strengths(of)
  let reached = 0
  for (const sum of total) if (sum > 0) reached++
  const last = steps ?? Math.ceil(Math.log2(Math.max(2, reached)))
  const { honest } = countSeeds(seeds)
  let trust = Float64Array.from(seeds, (label) => (label === HONEST ? 1 / honest : 0))
  let before = trust
  for (let step = 0; step < last; step++) {
    const next = new Float64Array(of.size)
    for (let node = 0; node < of.size; node++)
      for (let k = of.offsets[node]!; k < of.offsets[node + 1]!; k++)
        next[node] = next[node]! + (of.weights[k]! / total[of.columns[k]!]!) * trust[of.columns[k]!]!
    before = trust
    trust = next
  }
  return trust.map((mass, node) => (total[node]! > 0 ? -(mass + before[node]!) / (2 * total[node]!) : 0))
}
