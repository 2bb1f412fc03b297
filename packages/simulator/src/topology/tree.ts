/** A random recursive tree: every newcomer knows one earlier agent. */
import { pairsOf, type TopologyGenerator } from './topology.ts'

export const tree: TopologyGenerator = ({ size }, random) =>
  pairsOf(
    Array.from({ length: size - 1 }, (_, k) => [random.below(k + 1), k + 1] as const),
    size,
  )
