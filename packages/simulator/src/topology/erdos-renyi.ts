/** Erdős and Rényi 1959, G(n, m): a fixed number of pairs, each as likely as any other. */
import { type Pair, pairsOf, type TopologyGenerator } from './topology.ts'

export const erdosRenyi: TopologyGenerator = ({ size, meanDegree }, random) => {
  const wanted = Math.min(Math.round((size * meanDegree) / 2), (size * (size - 1)) / 2)
  const keys = new Set<number>()
  const pairs: Pair[] = []
  while (pairs.length < wanted) {
    const a = random.below(size)
    const b = random.below(size)
    const key = Math.min(a, b) * size + Math.max(a, b)
    if (a === b || keys.has(key)) continue
    keys.add(key)
    pairs.push([a, b])
  }
  return pairsOf(pairs, size)
}
