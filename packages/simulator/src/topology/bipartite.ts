/** Buyers and sellers who never trade among themselves; a fifth of the agents sell. */
import { type Pair, pairsOf, type TopologyGenerator } from './topology.ts'

export const bipartite: TopologyGenerator = ({ size, meanDegree }, random) => {
  const sellers = Math.max(1, Math.floor(size / 5))
  const pairs: Pair[] = []
  for (let buyer = sellers; buyer < size; buyer++)
    for (let k = 0; k < meanDegree / 2; k++) pairs.push([random.below(sellers), buyer])
  return pairsOf(pairs, size)
}
