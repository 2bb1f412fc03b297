/**
 * The score vector (AIN-087…094): every figure a whole number of parts per million, larger is better (AIN-088).
 *
 *   eigenTrust   x/(1 + x) of x = N·t, N the agents that hold at least a tenth of the mean 1/N: 500,000 is the mean (TPR-132)
 *   sybilRank    x/(1 + x) of x = (mass per degree) over its mean, among those who have bought from each other
 *   absorbing    probability that a walk back along the trust that arrives ends in an anchor
 *   success      settled ÷ (settled + failed) by weight; 0 without either
 *   latency      1 − percentile of the response time among those that have one; 0 without one
 *   disputes     1 − disputes lost ÷ tasks: lost, not merely brought
 *   experience   n/(n + 5) of the tasks n
 *   stake        affine share of the bond, 0 up to stakeMin
 *   standing     f = experience·(0.5 success + 0.2 latency + 0.2 disputes) + 0.1 stake: a stranger without stake has 0
 */
export const TRUST_DIMENSIONS = [
  'eigenTrust',
  'sybilRank',
  'absorbing',
  'success',
  'latency',
  'disputes',
  'experience',
  'stake',
  'standing',
] as const
export type TrustDimension = (typeof TRUST_DIMENSIONS)[number]
export type ScoreVector = Readonly<Record<TrustDimension, number>>
