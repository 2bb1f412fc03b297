/** Everything that one graph needs to be computed once, whatever the seeds are. */
import type { FeatureMatrix } from '../features/matrix.ts'
import { type Csr, type TrustGraph, transpose } from '../graph/index.ts'
import { seeded } from '../random.ts'
import { activityOf } from './activity.ts'
import { beside } from './columns.ts'
import { components, louvain } from './communities.ts'
import { neighbourhood } from './neighbourhood.ts'
import { type Partition, structureOf } from './structure.ts'

export interface SurroundingsOptions {
  /**
   * Whether the direction of an edge says anything. Default: no if nobody deals with anybody in both directions and all
   * edges agree with the order of the identifiers, which is how undirected edge lists are usually written.
   */
  readonly directed?: boolean
  /** Seeds the order in which Louvain visits nodes; default 1. */
  readonly seed?: number
}

export interface Surroundings {
  readonly graph: TrustGraph
  readonly directed: boolean
  readonly binary: Csr
  readonly weighted: Csr
  /** Who sent to a node: the transposed support layer. */
  readonly incoming: Csr
  /** From fine to coarse: first and last Louvain level, connected components. */
  readonly partitions: readonly Partition[]
  readonly structure: FeatureMatrix
}

/** Fewer edges than this may all point one way by chance: 2^(1−20) is one in half a million. */
const EDGES_TELLING = 20

/** False for an edge list whose direction only repeats the order of the identifiers. */
function looksDirected({ size, offsets, columns }: Csr): boolean {
  if (columns.length < EDGES_TELLING) return true
  let up = 0
  for (let node = 0; node < size; node++)
    for (let k = offsets[node]!; k < offsets[node + 1]!; k++) if (columns[k]! > node) up++
  return up !== 0 && up !== columns.length
}

/** Both directions in both rows: a graph on which direction-sensitive columns say the same both ways. */
function symmetrised(graph: TrustGraph): TrustGraph {
  const { times: _, ...rest } = graph
  return { ...rest, support: neighbourhood(graph, 'sum') }
}

export function surroundingsOf(
  given: TrustGraph,
  { directed = looksDirected(given.support), seed = 1 }: SurroundingsOptions = {},
): Surroundings {
  const graph = directed ? given : symmetrised(given)
  const binary = neighbourhood(graph, 'binary')
  const weighted = neighbourhood(graph, 'log')
  const incoming = transpose(graph.support)
  const levels = louvain(binary, seeded(seed))
  const partitions = [
    { name: 'fine', part: levels[0]! },
    { name: 'coarse', part: levels.at(-1)! },
    { name: 'component', part: components(binary) },
  ]
  const structure = beside(structureOf(graph, binary, incoming, partitions), activityOf(given, binary))
  return { graph, directed, binary, weighted, incoming, partitions, structure }
}
