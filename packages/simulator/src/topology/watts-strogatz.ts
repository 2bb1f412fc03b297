/** Watts and Strogatz 1998: a ring lattice whose edges are rewired with probability 0.1. */
import { type Pair, pairsOf, type TopologyGenerator } from './topology.ts'

const REWIRED = 0.1

export const wattsStrogatz: TopologyGenerator = ({ size, meanDegree }, random) => {
  const reach = Math.max(1, Math.min(Math.round(meanDegree / 2), Math.floor((size - 1) / 2)))
  const pairs: Pair[] = []
  for (let a = 0; a < size; a++)
    for (let step = 1; step <= reach; step++)
      pairs.push([a, random.next() < REWIRED ? random.below(size) : (a + step) % size])
  return pairsOf(pairs, size)
}
