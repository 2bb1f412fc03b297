/** The buyer's side: a quote counts only as a `VerifiedQuote`, which nothing but `verifyQuote` makes. */
import { type Address, type Amount, equalBytes, type Hash } from '@symbolon/primitives'
import type { Descriptor } from '../descriptor/descriptor.ts'
import { priceAt } from '../descriptor/pricing.ts'
import { serviceLevelDigest } from '../descriptor/service-level.ts'
import { MarketError, type QuoteErrorCode } from '../errors.ts'
import { CLOCK_SKEW_SECONDS_MAX, LOAD_AGE_SECONDS_MAX } from '../limits.ts'
import { type KeyResolver, type Signed, verifyRecord } from '../signature/signed-record.ts'
import { type Quote, quoteForm, type SignedQuote } from './quote.ts'

export interface QuoteExpectation {
  readonly frame: Hash
  readonly currentKey?: KeyResolver
  /** A descriptor whose own signature has been verified, and its digest. */
  readonly descriptor: Descriptor
  readonly descriptorDigest: Hash
  readonly buyer: Address
  readonly resource: string
  readonly quantity: bigint
  /** Ceilings of the budget, base units. */
  readonly unitPriceMax: Amount
  readonly totalMax: Amount
  /** Largest credit window the buyer's side of the channel supports, units. */
  readonly creditWindowMax: number
  /** Rows must be committed to by a Merkle root. */
  readonly goodsRequired: boolean
  /** Unix seconds. */
  readonly now: bigint
  readonly clockSkewMax?: bigint
  readonly loadAgeMax?: bigint
}

const VERIFIED: unique symbol = Symbol('verified quote')

/** A quote that has passed every check against what its holder asked for. */
export interface VerifiedQuote {
  readonly [VERIFIED]: true
  readonly signed: SignedQuote
  readonly quote: Quote
  readonly digest: Hash
}

function require(holds: boolean, code: QuoteErrorCode, message: string): void {
  if (!holds) throw new MarketError(code, message)
}

/**
 * Errors, in order of precedence: RecordErrorCode; QUOTE_PROVIDER_MISMATCH, QUOTE_BUYER_MISMATCH,
 * QUOTE_RESOURCE_MISMATCH, QUOTE_DESCRIPTOR_MISMATCH, QUOTE_NOT_YET_VALID, QUOTE_EXPIRED, QUOTE_LOAD_STALE,
 * QUOTE_PRICE_ABOVE_CURVE, QUOTE_UNIT_PRICE_CEILING, QUOTE_TOTAL_CEILING, QUOTE_CREDIT_WINDOW, QUOTE_GOODS_MISSING,
 * QUOTE_SLA_MISMATCH. The arithmetic of the quote itself was checked when it was decoded and is again when its digest
 * is computed.
 */
export function verifyQuote(signed: Signed<Quote>, expected: QuoteExpectation): VerifiedQuote {
  const digest = verifyRecord(quoteForm, signed, expected)
  const of = signed.body
  const { descriptor, now } = expected
  const skew = expected.clockSkewMax ?? CLOCK_SKEW_SECONDS_MAX
  require(equalBytes(
    of.provider,
    descriptor.provider,
  ), 'QUOTE_PROVIDER_MISMATCH', 'the quote is of another provider')
  require(equalBytes(
    of.buyer,
    expected.buyer,
  ), 'QUOTE_BUYER_MISMATCH', 'the quote is for another buyer; ask for your own')
  require(of.resource === expected.resource &&
    of.quantity === expected.quantity &&
    of.unit ===
      descriptor.pricing
        .unit, 'QUOTE_RESOURCE_MISMATCH', `asked for ${expected.quantity} ${descriptor.pricing.unit} of ${expected.resource}, quoted ${of.quantity} ${of.unit} of ${of.resource}`)
  require(equalBytes(
    of.descriptor,
    expected.descriptorDigest,
  ), 'QUOTE_DESCRIPTOR_MISMATCH', 'the provider has changed its descriptor since discovery; fetch it again')
  require(of.issued <=
    now +
      skew, 'QUOTE_NOT_YET_VALID', `issued ${of.issued - now} s in the future, at most ${skew} s tolerated`)
  require(now <= of.expiry, 'QUOTE_EXPIRED', `expired ${now - of.expiry} s ago; ask for a new quote`)
  require(of.load.taken <= of.issued &&
    of.issued - of.load.taken <=
      (expected.loadAgeMax ??
        LOAD_AGE_SECONDS_MAX), 'QUOTE_LOAD_STALE', 'the load snapshot is too old, or younger than the quote, to justify the price')
  const curve = priceAt(descriptor.pricing, of.load.utilisationPpm)
  require(of.unitPrice <=
    curve, 'QUOTE_PRICE_ABOVE_CURVE', `${of.unitPrice} per unit, the published curve gives ${curve} at this load`)
  require(of.unitPrice <=
    expected.unitPriceMax, 'QUOTE_UNIT_PRICE_CEILING', `${of.unitPrice} per unit is over your ceiling of ${expected.unitPriceMax}`)
  require(of.total <=
    expected.totalMax, 'QUOTE_TOTAL_CEILING', `${of.total} in total is over your ceiling of ${expected.totalMax}`)
  require(of.creditWindow <=
    expected.creditWindowMax, 'QUOTE_CREDIT_WINDOW', `a credit window of ${of.creditWindow} units is over the ${expected.creditWindowMax} supported`)
  require(of.goods !== undefined ||
    !expected.goodsRequired, 'QUOTE_GOODS_MISSING', 'the quote commits to no Merkle root; rows could not be verified')
  require(equalBytes(
    of.serviceLevel,
    serviceLevelDigest(of.frame, descriptor.serviceLevel),
  ), 'QUOTE_SLA_MISMATCH', 'the quote promises another service level than the descriptor')
  return { [VERIFIED]: true, signed, quote: of, digest }
}
