/** The nine derived signals in the order of the feature vector (TRU-022 … TRU-030, TRU-043). All but the second lie in [0, 1]. */
export const SIGNALS = [
  /** s1 */ 'eigenTrustDivergence',
  /** s2, in [−1, 1] */ 'rankGap',
  /** s3 */ 'anchorDistance',
  /** s4 */ 'hubAnomaly',
  /** s5 */ 'sybilRankDeficit',
  /** s6 */ 'spectralBridge',
  /** s7 */ 'absorbingDistance',
  /** s8, 0 or 1 */ 'eclipseComposite',
  /** s9, 0 or 1 */ 'chainLaundering',
] as const
export type Signal = (typeof SIGNALS)[number]
