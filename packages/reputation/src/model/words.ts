/** What each feature says, for people: the subject of a sentence about one agent. */
import type { Feature } from '../features/names.ts'

export const FEATURE_WORDS: Readonly<Record<Feature, string>> = {
  pageRank: 'weight of all citations it receives (PageRank; anybody can add to it)',
  eigenTrust: 'trust from anchors by net ratings (EigenTrust)',
  personalisedPageRank: 'trust that flows to it from anchors (personalised PageRank)',
  authority: 'citations from busy citers (HITS authority; captured by dense groups)',
  hub: 'citations it gives to popular agents (HITS hub)',
  sybilRank: 'trust from anchors over mutual edges, per edge (SybilRank)',
  spectral: 'side of the sparsest cut on which it lies (positive: with the anchors)',
  absorbing: 'chance that a walk over mutual edges ends at an anchor',
  eigenTrustDivergence: 'share of its prestige that no anchor supports (s1)',
  rankGap: 'places it falls when prestige must be trusted (s2)',
  anchorDistance: 'distance from the nearest anchor (s3)',
  hubAnomaly: 'giving citations without receiving any (s4)',
  sybilRankDeficit: 'how far its SybilRank is below the median (s5)',
  spectralBridge: 'share of its mutual edges that cross the sparse cut (s6)',
  absorbingDistance: 'chance that a walk over mutual edges never meets an anchor (s7)',
  eclipseComposite: 'pattern of an eclipse: beyond the cut, with authority or without absorption (s8)',
  chainLaundering: 'all walks from anchors find it hardly or not at all (s9)',
  degree: 'number of edges in both directions',
  inDegree: 'number of agents that cite, pay or attest it',
  outDegree: 'number of agents that it cites, pays or attests',
  citationDiversityEntropy: 'diversity of the agents behind the weight it receives, in bits',
  log10NodeCount: 'size of the network',
}

/** Of a feature that a model brings along under another name, the name. */
export function featureWords(name: string): string {
  return (FEATURE_WORDS as Readonly<Record<string, string | undefined>>)[name] ?? name
}
