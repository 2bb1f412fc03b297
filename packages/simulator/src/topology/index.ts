import { barabasiAlbert } from './barabasi-albert.ts'
import { bipartite } from './bipartite.ts'
import { erdosRenyi } from './erdos-renyi.ts'
import { ringOfCliques } from './ring-of-cliques.ts'
import { starForest } from './star-forest.ts'
import { stochasticBlockModel } from './stochastic-block-model.ts'
import type { TopologyGenerator } from './topology.ts'
import { tree } from './tree.ts'
import { wattsStrogatz } from './watts-strogatz.ts'

/** The generated eight of TRU-031; the ninth is a recorded network, which the caller supplies (`recorded`). */
export const TOPOLOGIES = {
  'erdos-renyi': erdosRenyi,
  'barabasi-albert': barabasiAlbert,
  'watts-strogatz': wattsStrogatz,
  'stochastic-block-model': stochasticBlockModel,
  'ring-of-cliques': ringOfCliques,
  tree,
  bipartite,
  'star-forest': starForest,
} as const satisfies Record<string, TopologyGenerator>
export type TopologyName = keyof typeof TOPOLOGIES

export { recorded } from './recorded.ts'
export type { Pair, TopologyGenerator, TopologyOptions } from './topology.ts'
