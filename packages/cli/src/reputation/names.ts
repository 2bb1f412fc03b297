/**
 * Names that help and arguments show. They stand here so that no other command waits until the trust engine is loaded; a test holds
 * them to the packages.
 */
/** Those that `generate` writes. */
export const ATTACK_NAMES = [
  'ring',
  'star-open',
  'star-closed',
  'chain',
  'eclipse',
  'wash-trading',
  'reciprocal',
  'whitewashing',
  'sleeper',
  'bridge-buying',
  'slander',
  'bribed-anchor',
  'own-anchor',
] as const
/** Attackers who know the scorer and optimise against it. */
export const ADAPTIVE_NAMES = ['adaptive', 'adaptive-slander'] as const
export const TOPOLOGY_NAMES = [
  'erdos-renyi',
  'barabasi-albert',
  'watts-strogatz',
  'stochastic-block-model',
  'ring-of-cliques',
  'tree',
  'bipartite',
  'star-forest',
] as const
export const SCORE_NAMES = [
  'pageRank',
  'eigenTrust',
  'personalisedPageRank',
  'authority',
  'hub',
  'sybilRank',
  'spectral',
  'absorbing',
] as const
export const FORMAT_NAMES = ['csv', 'ndjson', 'adjacency'] as const
export const SCORER_NAMES = ['model', 'anchored', 'blind'] as const
export const POLICY_NAMES = ['exposure', 'bands', 'both'] as const
