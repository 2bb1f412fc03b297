/**
 * Quotes that this seller has given. Only its own signature makes a quote, so the book needs to remember no more than what
 * a buyer may come back with; it is bounded, and forgets expired quotes that nobody committed to first.
 */

import type { Commitment, Quote, SignedQuote, SoftTerms } from '@symbolon/market'
import { equalBytes, type Hash, hashKey, SymbolonError } from '@symbolon/primitives'
import { QUOTES_MAX } from '../limits.ts'
import type { Offer } from './offer.ts'

export interface IssuedQuote {
  readonly signed: SignedQuote
  readonly quote: Quote
  readonly digest: Hash
  readonly offer: Offer
  /** If terms were negotiated: what the commitment must repeat. */
  readonly agreed?: { readonly soft: SoftTerms; readonly negotiation: Hash }
  /** Present once both parties have signed. */
  commitment?: Commitment
}

export class QuoteBook {
  readonly #quotes = new Map<string, IssuedQuote>()

  add(issued: IssuedQuote, now: bigint): void {
    if (this.#quotes.size >= QUOTES_MAX) this.#prune(now)
    this.#quotes.set(hashKey(issued.digest), issued)
  }

  /** Errors, in order: QUOTE_UNKNOWN, QUOTE_BUYER_MISMATCH, QUOTE_EXPIRED (only for quotes that nobody committed to). */
  find(digest: Hash, buyer: Uint8Array, now: bigint): IssuedQuote {
    const issued = this.#quotes.get(hashKey(digest))
    if (issued === undefined)
      throw new SymbolonError(
        'QUOTE_UNKNOWN',
        'this seller gave no such quote, or has forgotten it; ask for a new one',
      )
    if (!equalBytes(issued.quote.buyer, buyer))
      throw new SymbolonError('QUOTE_BUYER_MISMATCH', 'the quote is for another buyer; ask for your own')
    if (issued.commitment === undefined && now > issued.quote.expiry)
      throw new SymbolonError('QUOTE_EXPIRED', 'the quote has expired; ask for a new one')
    return issued
  }

  /** By digest alone: for the seller's own bookkeeping. */
  get(digest: Hash): IssuedQuote | undefined {
    return this.#quotes.get(hashKey(digest))
  }

  #prune(now: bigint): void {
    for (const [key, { quote, commitment }] of this.#quotes)
      if (commitment === undefined && now > quote.expiry) this.#quotes.delete(key)
    while (this.#quotes.size >= QUOTES_MAX) this.#quotes.delete(this.#quotes.keys().next().value ?? '')
  }
}
