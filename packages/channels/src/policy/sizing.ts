/** How large a channel to open, and whether (`ch01-02` CH-10, CH-14, HF-10). Integer arithmetic, basis points. */
import type { Amount } from '@symbolon/primitives'
import { ChannelError } from '../errors.ts'

const BASIS_POINTS = 10_000n
/** CH-14: routing fees and rebalancing take 10 to 15 % on top of the expected spend. */
export const CAPACITY_MARGIN = { min: 1_000n, max: 1_500n } as const
/** CH-10: a channel whose opening costs more than this share of what will be paid through it is not worth it. */
export const OPENING_COST_SHARE_MAX = 1_000n

/** Expected spend × (1 + margin), rounded up. */
export function channelCapacity(expectedSpend: Amount, margin: bigint = CAPACITY_MARGIN.min): Amount {
  if (expectedSpend < 0n || margin < 0n)
    throw new ChannelError('POLICY_INPUT', 'Expected spend and margin are not negative.')
  return (expectedSpend * (BASIS_POINTS + margin) + BASIS_POINTS - 1n) / BASIS_POINTS
}

/** Opening cost over expected lifetime volume, basis points, rounded up (CH-10). */
export function openingCostShare(openingCost: Amount, expectedVolume: Amount): bigint {
  if (expectedVolume <= 0n)
    throw new ChannelError(
      'POLICY_INPUT',
      'Without an expected volume there is nothing to open a channel for.',
    )
  return (openingCost * BASIS_POINTS + expectedVolume - 1n) / expectedVolume
}

export interface OpenDecision {
  readonly open: boolean
  readonly costShare: bigint
}

/**
 * Open only if the opening is cheaper than settling each expected payment on the ledger, and small against the volume.
 * @param shareMax basis points
 */
export function openDecision(
  openingCost: Amount,
  expectedVolume: Amount,
  expectedPayments: bigint,
  ledgerFeePerPayment: Amount,
  shareMax: bigint = OPENING_COST_SHARE_MAX,
): OpenDecision {
  const costShare = openingCostShare(openingCost, expectedVolume)
  return { open: costShare <= shareMax && openingCost < expectedPayments * ledgerFeePerPayment, costShare }
}

/** HF-10: updates per ledger transaction, and what one update therefore costs in millionths of a base unit. */
export function amortisation(
  updates: bigint,
  ledgerCost: Amount,
  ledgerTransactions: bigint = 1n,
): { ratio: bigint; costPerUpdateMillionths: bigint } {
  if (updates <= 0n || ledgerTransactions <= 0n)
    throw new ChannelError('POLICY_INPUT', 'Amortisation needs at least one update and one transaction.')
  return { ratio: updates / ledgerTransactions, costPerUpdateMillionths: (ledgerCost * 1_000_000n) / updates }
}
