/** Seeds: the nodes whose label a method may see. Everything here is aligned with the nodes of the graph. */
import { HONEST, SYBIL } from '../model/labelled-graph.ts'

/** SYBIL (1), HONEST (0) or UNLABELLED (−1) per node. */
export type NodeLabels = Int8Array

export interface SeedCounts {
  readonly honest: number
  readonly sybil: number
}

export function countSeeds(seeds: NodeLabels): SeedCounts {
  let honest = 0
  let sybil = 0
  for (const label of seeds)
    if (label === SYBIL) sybil++
    else if (label === HONEST) honest++
  return { honest, sybil }
}

/** Share of Sybils, one imagined seed of each kind added so that it is never 0 or 1. */
export function rateOf({ honest, sybil }: SeedCounts): number {
  return (sybil + 1) / (honest + sybil + 2)
}
