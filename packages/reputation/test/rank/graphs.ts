/** Small graphs of the tests, and arithmetic on results. Agents are numbered; identifiers have fixed width, so the order of nodes is that of numbers. */
import { buildGraph, type Edge, type Random, seeded, type TrustGraph } from '../../src/index.ts'

export type Arc = readonly [from: number, to: number, weight?: number]

export const idOf = (agent: number): string => String(agent).padStart(6, '0')

/** Negative weights become distrust. `nodes` names agents without edges too. */
export function graphOf(arcs: readonly Arc[], nodes = 0): TrustGraph {
  return buildGraph(
    arcs.map(edgeOf),
    Array.from({ length: nodes }, (_, i) => idOf(i)),
  )
}

export function edgeOf([from, to, weight = 1]: Arc): Edge {
  return { from: idOf(from), to: idOf(to), weight: Math.abs(weight), sign: weight < 0 ? -1 : 1 }
}

export const undirected = (pairs: readonly Arc[]): Arc[] =>
  pairs.flatMap(([a, b, weight = 1]): Arc[] => [
    [a, b, weight],
    [b, a, weight],
  ])

export const anchorsAt = (...agents: number[]): ReadonlyMap<string, number> =>
  new Map(agents.map((agent) => [idOf(agent), 1]))

export const sumOf = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0)

/** A random directed graph: about `degree` edges out of each node, a share of them mutual, weights 0.5 … 4.5. */
export function randomArcs(nodes: number, degree: number, seed: number, mutual = 0.5): Arc[] {
  const random: Random = seeded(seed)
  const arcs: Arc[] = []
  for (let i = 0; i < nodes; i++)
    for (let k = 0; k < degree; k++) {
      const j = random.below(nodes)
      if (j === i) continue
      arcs.push([i, j, 0.5 + 4 * random.next()])
      if (random.next() < mutual) arcs.push([j, i, 0.5 + 4 * random.next()])
    }
  return arcs
}
