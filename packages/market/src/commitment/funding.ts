/** From a commitment to the terms of a channel: the only way, and only after the commitment is stored (SLA-3). */
import type { Address, Amount, Hash } from '@symbolon/primitives'
import { MarketError } from '../errors.ts'
import { Commitment } from './commitment.ts'

/** What `ChannelTerms` needs from the market; keys, nonce and reserve come from the channel engine. */
export interface FundingTerms {
  /** Buyer first: it opens the channel. */
  readonly parties: readonly [Address, Address]
  readonly deposits: readonly [Amount, Amount]
  readonly challengePeriod: bigint
  readonly quote: Hash
  /** Digest of the commitment. */
  readonly commitment: Hash
}

/**
 * Resolves after `persist` has made the commitment durable; if it fails, there are no terms and nothing is funded.
 * Errors: COMMITMENT_UNVERIFIED, and whatever `persist` throws.
 */
export async function fundingTerms(
  commitment: Commitment,
  persist: (bytes: Uint8Array, digest: Hash) => Promise<void>,
): Promise<FundingTerms> {
  if (!Commitment.isVerified(commitment))
    throw new MarketError('COMMITMENT_UNVERIFIED', 'verify the commitment before funding')
  await persist(commitment.bytes, commitment.digest)
  const { buyer, provider, negotiated, quote } = commitment.record.terms
  return {
    parties: [buyer, provider],
    deposits: [negotiated.collateral, 0n],
    challengePeriod: negotiated.challengePeriod,
    quote,
    commitment: commitment.digest,
  }
}
