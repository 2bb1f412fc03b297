/** Providers with their customers, who know nobody else; providers know each other in a ring. */
import { type Pair, pairsOf, type TopologyGenerator } from './topology.ts'

export const starForest: TopologyGenerator = ({ size }) => {
  const hubs = Math.max(1, Math.round(Math.sqrt(size) / 2))
  const pairs: Pair[] = []
  for (let hub = 0; hub < hubs; hub++) pairs.push([hub, (hub + 1) % hubs])
  for (let leaf = hubs; leaf < size; leaf++) pairs.push([leaf % hubs, leaf])
  return pairsOf(pairs, size)
}
