/** Columns that say one thing twice share their credit arbitrarily, so credit is given to the group (TRU-051). */
export const FEATURE_GROUPS: readonly (readonly string[])[] = [
  ['pageRank'],
  ['eigenTrust', 'eigenTrustDivergence'],
  ['personalisedPageRank', 'anchorDistance'],
  ['authority'],
  ['hub', 'hubAnomaly'],
  ['sybilRank', 'sybilRankDeficit'],
  ['spectral', 'spectralBridge'],
  ['absorbing', 'absorbingDistance'],
  ['rankGap'],
  ['eclipseComposite'],
  ['chainLaundering'],
  ['degree', 'inDegree', 'outDegree'],
  ['citationDiversityEntropy'],
  ['log10NodeCount'],
]
