/** Acquaintances of a recorded network: any edge list `from,to,…` by line, for example the rating networks of SNAP. */
import { SimulatorError } from '../errors.ts'
import { type Pair, pairsOf, type TopologyGenerator } from './topology.ts'

/**
 * The `size` agents of highest degree and what joins them, in the order of falling degree: agents without any acquaintance
 * among them may remain. Errors: TOPOLOGY_INVALID if the list holds fewer agents.
 */
export function recorded(csv: string): TopologyGenerator {
  const neighbours = new Map<string, Set<string>>()
  for (const line of csv.split('\n')) {
    const [from, to] = line.split(',')
    if (!from || !to || from.startsWith('#')) continue
    for (const [a, b] of [
      [from, to],
      [to, from],
    ] as const) {
      const known = neighbours.get(a) ?? new Set()
      neighbours.set(a, known.add(b))
    }
  }
  const byDegree = [...neighbours].sort(([a, x], [b, y]) => y.size - x.size || (a < b ? -1 : 1))
  return ({ size }) => {
    if (byDegree.length < size)
      throw new SimulatorError(
        'TOPOLOGY_INVALID',
        `the edge list holds ${byDegree.length} agents, fewer than the ${size} asked for: ask for fewer`,
      )
    const places = new Map(byDegree.slice(0, size).map(([id], place) => [id, place]))
    const pairs: Pair[] = []
    for (const [id, place] of places)
      for (const other of neighbours.get(id) as Set<string>) {
        const peer = places.get(other)
        if (peer !== undefined) pairs.push([place, peer])
      }
    return pairsOf(pairs, size)
  }
}
