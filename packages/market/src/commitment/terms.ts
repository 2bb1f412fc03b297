/** What both sides of a purchase commit to before anything is funded (SLA-1, NG-5). */
import {
  address,
  amount,
  domainDigest,
  encode,
  enumeration,
  equalBytes,
  fixedBytes,
  type Hash,
  hash,
  type Infer,
  optional,
  record,
  u64,
} from '@symbolon/primitives'
import { serviceLevel } from '../descriptor/service-level.ts'
import { MarketError } from '../errors.ts'
import { COMMITMENT_VALIDITY_SECONDS_MAX } from '../limits.ts'
import { softTerms } from '../negotiation/terms.ts'
import type { VerifiedQuote } from '../quote/verify.ts'

/** How a disagreement over delivery is settled. */
export const DISPUTE_RULES = ['channel-state', 'arbiter'] as const

export const commitmentTerms = record('commitment', {
  frame: [1, hash],
  buyer: [2, address],
  provider: [3, address],
  /** Digest of the quote: price, quantity, goods and descriptor are fixed by it. */
  quote: [4, hash],
  /** In full: availability target, measurement method, penalties, dispute reference. */
  serviceLevel: [5, serviceLevel],
  /** As negotiated: collateral, challenge period, credit window, price cap. */
  negotiated: [6, softTerms],
  /** Acceptance that ended the negotiation; absent if the quote was taken as it stood. */
  negotiation: [7, optional(hash)],
  /** Most that the buyer will pay under this commitment; the funding must match it (FC-1). */
  budget: [8, amount],
  disputes: [9, enumeration(DISPUTE_RULES, 'dispute rule')],
  nonce: [10, fixedBytes(16, 'nonce')],
  /** Unix seconds of the proposal, and seconds in which it must be accepted (SLA-4). */
  proposed: [11, u64('proposed')],
  validity: [12, u64('validity', COMMITMENT_VALIDITY_SECONDS_MAX)],
})
export type CommitmentTerms = Infer<typeof commitmentTerms>

/** What both parties sign: one digest, so neither can have signed other parameters than the other (SLA-2). */
export function commitmentDigest(of: CommitmentTerms): Hash {
  return domainDigest('commitment', of.frame, encode(commitmentTerms, of))
}

/**
 * The terms must follow from the quote. Errors, in order of precedence: COMMITMENT_QUOTE_MISMATCH (another quote or
 * other parties), COMMITMENT_TERMS_MISMATCH (budget below the total, a price cap below the price, collateral that does
 * not cover the budget, another credit window).
 */
export function checkTermsAgainstQuote(
  terms: CommitmentTerms,
  { quote, digest }: Pick<VerifiedQuote, 'quote' | 'digest'>,
): void {
  const sameParties = equalBytes(terms.buyer, quote.buyer) && equalBytes(terms.provider, quote.provider)
  if (!equalBytes(terms.quote, digest) || !equalBytes(terms.frame, quote.frame) || !sameParties)
    throw new MarketError(
      'COMMITMENT_QUOTE_MISMATCH',
      'the commitment is to another quote; propose one for the quote at hand',
    )
  const { negotiated, budget } = terms
  const problem =
    budget < quote.total
      ? `the budget of ${budget} is below the total of ${quote.total}`
      : negotiated.priceCapPerUnit < quote.unitPrice
        ? `the price of ${quote.unitPrice} is over the agreed cap of ${negotiated.priceCapPerUnit}`
        : negotiated.collateral < budget
          ? `collateral of ${negotiated.collateral} does not cover the budget of ${budget}`
          : negotiated.creditWindow !== BigInt(quote.creditWindow)
            ? `the credit window of ${negotiated.creditWindow} is not the quoted ${quote.creditWindow}`
            : undefined
  if (problem !== undefined) throw new MarketError('COMMITMENT_TERMS_MISMATCH', `${problem}; do not sign`)
}
