/**
 * What things cost and what can be taken, USDC per unit of the ledger (1 unit = 1 USDC). Every number can be replaced; the
 * break-even of a conclusion in one of them is a run with another value.
 */
export interface Economy {
  /** Locked when an identity registers (DESIGN §7: 50 units), forfeited when it is proven to have defaulted or cheated. */
  readonly registrationBond: number
  /** Days between asking for a bond or stake and having it back. */
  readonly unbondingDays: number
  /** Yearly return that locked money would have earned elsewhere. */
  readonly timeValue: number
  /** One transaction on the ledger. */
  readonly transactionFee: number
  /** Of settled value, basis points (TRU-144). */
  readonly settlementFeeBp: number
  /** Share of validation that the attacker holds: this part of his fees comes back to him. */
  readonly validatorShare: number
  /** What an honest agent takes for accepting one edge of a stranger. */
  readonly bridgePrice: number
  /** A bought purchase that the buyer has no use for: lost share of its value. */
  readonly purchaseLoss: number
  /** A false or rented identity that passes KYC at level BASIC. */
  readonly kycPrice: number
  /** The cheapest attestation without KYC: 2·√(500 · 10) (TRU-074, worked example 24). */
  readonly attestationPrice: number
  /** What an anchor takes to vouch for strangers, beside being made whole for its liability. */
  readonly anchorBribe: number
  /** Stake of an anchor, for itself and for each agent it vouches for; see `anchorStakeFor` (TRU-073, TRU-074). */
  readonly anchorStakeBase: number
  readonly anchorStakePerAgent: number
  /** Share of its stake that an anchor loses when those it vouched for defect (TRU-075). */
  readonly anchorSlash: number
  /** Penalty on an anchor for the uncovered loss of credit that it backed (TRU-101): 1.2 times the loss. */
  readonly anchorLiability: number
  /** Earning a payment history: interest of six secured lines of 100 for 30 days at 12 % a year. */
  readonly paymentHistoryCost: number
  /** What an admitted cheat can take before the first upheld dispute: credit windows open at the same time, together. */
  readonly marketExposure: number
  /** Of its own business that each attacking agent moves at a discount while it lasts, USDC. */
  readonly businessVolume: number
  /** Share of the base fee that goes to the anchor or oracle which vouches (TRU-144: 0.05 %), basis points of volume. */
  readonly anchorFeeBp: number
  /** What a rival earns when an honest agent loses its access for the time of an appeal (14 days). */
  readonly displacedIncome: number
}

export const DEFAULT_ECONOMY: Economy = {
  registrationBond: 50,
  unbondingDays: 90,
  timeValue: 0.08,
  transactionFee: 0.001,
  settlementFeeBp: 10,
  validatorShare: 0.1,
  bridgePrice: 20,
  purchaseLoss: 0.5,
  kycPrice: 30,
  attestationPrice: 141.42,
  anchorBribe: 100,
  anchorStakeBase: 500,
  anchorStakePerAgent: 10,
  anchorSlash: 0.7,
  anchorLiability: 1.2,
  paymentHistoryCost: 6,
  marketExposure: 10,
  businessVolume: 2_000,
  anchorFeeBp: 5,
  displacedIncome: 20,
}

/** No anchor vouches for more than fifteen, whatever it stakes (TRU-074). */
export const ATTESTATIONS_MAX = 15

/** What an anchor must stake for `count` attestations: max(base + count · marginal, count² · marginal), USDC (TRU-074). */
export function anchorStakeFor(count: number, { anchorStakeBase, anchorStakePerAgent }: Economy): number {
  return Math.max(anchorStakeBase + count * anchorStakePerAgent, count * count * anchorStakePerAgent)
}
