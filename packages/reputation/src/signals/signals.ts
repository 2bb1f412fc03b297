/** The nine signals of every node, from its raw scores, and the labels that go with two of them. */
import { transpose } from '../graph/csr.ts'
import type { TrustGraph } from '../graph/trust-graph.ts'
import type { Ranked } from '../rank/rank-all.ts'
import { anchorDistance } from './anchor-distance.ts'
import { CHAIN_RUN_MIN, chainRuns } from './chain-runs.ts'
import { chainLaundering, eclipseComposite } from './composites.ts'
import { sybilRankDeficit } from './deficit.ts'
import { eigenTrustDivergence, hubAnomaly, rankGap } from './divergence.ts'
import { type EclipseLabel, eclipseLabels } from './eclipse-labels.ts'
import type { Signal } from './names.ts'
import { spectralBridge } from './spectral-bridge.ts'

export interface SignalOptions {
  /** Agents with anchor support in an earlier epoch (`supportedAgents`); without it no eclipse label is given. */
  readonly supportedBefore?: ReadonlySet<string>
}

export interface Signals {
  readonly columns: Readonly<Record<Signal, Float64Array>>
  /** Links in the maximal chain through each node; suspect from CHAIN_RUN_MIN on. */
  readonly chainRuns: Uint32Array
  /** Nodes in a suspect chain, ascending. */
  readonly chainSuspects: readonly number[]
  readonly eclipse: ReadonlyMap<number, EclipseLabel>
}

export function signals(graph: TrustGraph, ranked: Ranked, options: SignalOptions = {}): Signals {
  const { scores, spectral } = ranked
  const incoming = transpose(graph.support)
  const eclipsed = eclipseComposite(scores)
  const runs = chainRuns(graph, incoming)
  return {
    columns: {
      eigenTrustDivergence: eigenTrustDivergence(scores.eigenTrust, scores.pageRank),
      rankGap: rankGap(scores.eigenTrust, scores.pageRank),
      anchorDistance: anchorDistance(graph, ranked.anchors, ranked.personalisedDamping, incoming),
      hubAnomaly: hubAnomaly(scores.hub, scores.authority),
      sybilRankDeficit: sybilRankDeficit(scores.sybilRank),
      spectralBridge: spectralBridge(graph.consented, spectral.vector, spectral.components),
      absorbingDistance: scores.absorbing.map((value) => 1 - value),
      eclipseComposite: eclipsed,
      chainLaundering: chainLaundering(scores),
    },
    chainRuns: runs,
    chainSuspects: [...runs.keys()].filter((node) => (runs[node] as number) >= CHAIN_RUN_MIN),
    eclipse: eclipseLabels(graph, eclipsed, options.supportedBefore),
  }
}
