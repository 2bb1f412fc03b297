/** Barabási and Albert 1999: newcomers attach to m agents with probability proportional to degree. Agent 0 is the oldest. */
import { type Pair, pairsOf, type TopologyGenerator } from './topology.ts'

export const barabasiAlbert: TopologyGenerator = ({ size, meanDegree }, random) => {
  const m = Math.max(1, Math.min(Math.round(meanDegree / 2), size - 1))
  const pairs: Pair[] = []
  // Every agent once per pair that it is part of: a uniform draw from it is a draw by degree.
  const ends: number[] = []
  for (let newcomer = m; newcomer < size; newcomer++) {
    const chosen = new Set<number>()
    if (newcomer === m) for (let a = 0; a < m; a++) chosen.add(a)
    while (chosen.size < m) chosen.add(ends[random.below(ends.length)] as number)
    for (const target of chosen) {
      pairs.push([target, newcomer])
      ends.push(target, newcomer)
    }
  }
  return pairsOf(pairs, size)
}
