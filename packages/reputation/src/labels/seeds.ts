/** Seeds: the nodes whose label a method may see. Everything here is aligned with the nodes of the graph. */
import { ReputationError } from '../errors.ts'
import { HONEST, SYBIL, UNLABELLED } from '../model/labelled-graph.ts'

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

/** Errors: EVALUATION_INVALID. */
export function requireAligned(size: number, labels: NodeLabels, groups?: Int32Array): void {
  const invalid = (message: string): never => {
    throw new ReputationError('EVALUATION_INVALID', message)
  }
  if (labels.length !== size) invalid(`${labels.length} labels for ${size} nodes; give one for each node`)
  if (groups !== undefined && groups.length !== size)
    invalid(`${groups.length} groups for ${size} nodes; give one for each node, −1 for none`)
  const bad = labels.findIndex((label) => label !== SYBIL && label !== HONEST && label !== UNLABELLED)
  if (bad !== -1) invalid(`label ${labels[bad]} of node ${bad} must be 1, 0 or −1`)
}
