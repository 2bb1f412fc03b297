/** The provider's side: a quote that follows from its own descriptor and load, so it will verify at the buyer. */
import type { Address } from '@symbolon/primitives'
import type { Signer } from '@symbolon/protocol'
import { type Descriptor, descriptorDigest } from '../descriptor/descriptor.ts'
import { priceAt } from '../descriptor/pricing.ts'
import { serviceLevelDigest } from '../descriptor/service-level.ts'
import { signRecord } from '../signature/signed-record.ts'
import { type Quote, type QuotedGoods, quoteForm, type SignedQuote } from './quote.ts'

export interface QuoteRequest {
  readonly buyer: Address
  readonly resource: string
  readonly quantity: bigint
  readonly payeeKey?: Uint8Array
  readonly goods?: QuotedGoods
  /** Load now, ppm of capacity. */
  readonly utilisationPpm: number
  /** Unix seconds, and how long the price holds. */
  readonly now: bigint
  readonly lifetimeSeconds: bigint
  readonly creditWindow: number
  readonly unitsMin?: bigint
  /** 16 random bytes. */
  readonly nonce: Uint8Array
}

/** Errors: UTILISATION_OUT_OF_RANGE, AMOUNT_OUT_OF_RANGE. */
export function draftQuote(of: Descriptor, request: QuoteRequest): Quote {
  const unitPrice = priceAt(of.pricing, request.utilisationPpm)
  return {
    frame: of.frame,
    provider: of.provider,
    buyer: request.buyer,
    ...(request.payeeKey === undefined ? {} : { payeeKey: request.payeeKey }),
    resource: request.resource,
    unit: of.pricing.unit,
    quantity: request.quantity,
    unitPrice,
    total: unitPrice * request.quantity,
    descriptor: descriptorDigest(of),
    load: { utilisationPpm: request.utilisationPpm, taken: request.now },
    ...(request.goods === undefined ? {} : { goods: request.goods }),
    unitsMin: request.unitsMin ?? 1n,
    creditWindow: request.creditWindow,
    issued: request.now,
    expiry: request.now + request.lifetimeSeconds,
    nonce: request.nonce,
    serviceLevel: serviceLevelDigest(of.frame, of.serviceLevel),
  }
}

/** Errors: SchemaError and the codes that hold for a quote by itself (QuoteErrorCode). */
export function signQuote(body: Quote, signer: Signer): Promise<SignedQuote> {
  return signRecord(quoteForm, body, signer)
}
