/** What a policy holds by itself, whatever the scorer believes. */
import type { Economy } from '../economy/economy.ts'
import type { AccessPolicy } from './access-policy.ts'

/**
 * An upper bound of the attacker's ROI from credit, markets, discounts and anchor fees, for any attack, size and budget, even
 * if every agent of his is admitted with the best credit file. Not in it: income that honest agents lose to him.
 *
 * Per admitted agent that defects: benefit ≤ e·(F + B) + d·F + M + A, cost ≥ (1 − v)·F + B, with fees F burned, bond B, exposure
 * share e, discount share d, market exposure M, anchor fees A, validator share v. A ratio of sums is at most the largest ratio
 * of the parts: fees (e + d)/(1 − v), and the bond with what it opens, (e·B + M + A)/B. Agents that do not defect are below
 * the first. Infinity for a policy without bounds.
 */
export function returnBound(policy: AccessPolicy, economy: Economy): number {
  const { exposureShare: e, discountShare: d } = policy
  const { registrationBond: bond, validatorShare, marketExposure, businessVolume, anchorFeeBp } = economy
  if (e === null || d === null || bond <= 0 || validatorShare >= 1) return Number.POSITIVE_INFINITY
  const anchorFees = (businessVolume * anchorFeeBp) / 10_000
  return Math.max((e + d) / (1 - validatorShare), (e * bond + marketExposure + anchorFees) / bond) - 1
}
