/** Stochastic block model (Holland, Laskey, Leinhardt 1983): communities that mostly meet their own. */
import { type Pair, pairsOf, type TopologyGenerator } from './topology.ts'

/** Share of acquaintances outside the community. */
const OUTSIDE = 0.15

export const stochasticBlockModel: TopologyGenerator = ({ size, meanDegree }, random) => {
  const blocks = Math.max(2, Math.min(8, Math.round(size / 60)))
  const pairs: Pair[] = []
  for (let a = 0; a < size; a++)
    for (let k = 0; k < meanDegree / 2; k++) {
      const own = Math.floor(random.below(size) / blocks) * blocks + (a % blocks)
      pairs.push([a, random.next() < OUTSIDE || own >= size ? random.below(size) : own])
    }
  return pairsOf(pairs, size)
}
