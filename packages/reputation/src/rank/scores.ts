/** What the seven algorithms say about every node: eight raw scores, because HITS gives two (TRU-043 fixes their order). */

export const RAW_SCORES = [
  'pageRank',
  'eigenTrust',
  'personalisedPageRank',
  'authority',
  'hub',
  'sybilRank',
  'spectral',
  'absorbing',
] as const
export type RawScore = (typeof RAW_SCORES)[number]

/** How an iteration ended. */
export interface Convergence {
  readonly steps: number
  /** 1-norm of the last change, or of the residual where the algorithm has one. */
  readonly residual: number
  readonly converged: boolean
}

/** One value per node, in the order of the graph's nodes. */
export type RawScores = Readonly<Record<RawScore, Float64Array>>
