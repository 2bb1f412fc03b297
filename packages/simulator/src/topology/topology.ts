/** Who meets whom: undirected acquaintances of agents 0 … size − 1, before anybody has traded. */
import type { Random } from '@symbolon/reputation'

/** Lower place first; sorted; no pair twice, no agent with itself. */
export type Pair = readonly [number, number]

export interface TopologyOptions {
  readonly size: number
  /** Acquaintances of an agent on average, where the shape leaves it open. */
  readonly meanDegree: number
}

export type TopologyGenerator = (options: TopologyOptions, random: Random) => Pair[]

/** Drops loops and repetitions; ascending, so that the same set of pairs is the same list. */
export function pairsOf(candidates: Iterable<Pair>, size: number): Pair[] {
  const keys = new Set<number>()
  for (const [a, b] of candidates) if (a !== b) keys.add(Math.min(a, b) * size + Math.max(a, b))
  return [...keys].sort((x, y) => x - y).map((key) => [Math.floor(key / size), key % size] as const)
}
