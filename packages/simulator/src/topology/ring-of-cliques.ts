/** Cliques in a ring, one pair between neighbours: the smallest cuts that an honest graph can have. */
import { type Pair, pairsOf, type TopologyGenerator } from './topology.ts'

export const ringOfCliques: TopologyGenerator = ({ size, meanDegree }) => {
  const clique = Math.max(3, Math.min(Math.round(meanDegree) + 1, size))
  const count = Math.max(1, Math.floor(size / clique))
  // The remainder joins the last clique.
  const cliqueOf = (a: number): number => Math.min(Math.floor(a / clique), count - 1)
  const pairs: Pair[] = []
  for (let a = 0; a < size; a++)
    for (let b = a + 1; b < size && cliqueOf(b) === cliqueOf(a); b++) pairs.push([a, b])
  for (let c = 0; c < count; c++) pairs.push([c * clique, ((c + 1) % count) * clique + (count > 1 ? 1 : 0)])
  return pairsOf(pairs, size)
}
