/**
 * From an offer to an agreement: quotes, negotiation, commitments. A quote is this seller's word until it expires; a commitment is both
 * parties' word, and on disk before it is answered (SLA-3).
 */
import { randomBytes } from 'node:crypto'
import {
  acceptCommitment,
  Commitment,
  type CommitmentRecord,
  type CommitmentTerms,
  commitmentTerms,
  decodeCommitment,
  decodeSigned,
  draftQuote,
  encodeSigned,
  type HardTerms,
  negotiationForm,
  type ProviderPolicy,
  priceAt,
  quoteDigest,
  quotedGoodsOf,
  quoteForm,
  type SoftTerms,
  sameSoftTerms,
} from '@symbolon/market'
import {
  AMOUNT_MAX,
  encode,
  equalBytes,
  type Hash,
  hashKey,
  SymbolonError,
  toHex,
} from '@symbolon/primitives'
import { CREDIT_WINDOW_DEFAULT, QUOTE_LIFETIME_SECONDS } from '../limits.ts'
import { type HttpAnswer, jsonAnswer } from '../wire/http.ts'
import {
  commitRequest,
  marketMessage,
  negotiationAnswer,
  type QuoteRequestBody,
  quoteRequest,
  readJson,
  signedRecord,
  writeJson,
} from '../wire/routes.ts'
import type { Catalogue } from './catalogue.ts'
import type { SellerIdentity } from './identity.ts'
import { NegotiationBook } from './negotiations.ts'
import { type IssuedQuote, QuoteBook } from './quotes.ts'

export class Agreements {
  readonly quotes = new QuoteBook()
  readonly negotiations = new NegotiationBook()
  readonly #seller: SellerIdentity
  readonly #catalogue: Catalogue
  readonly #agreeing = new Map<string, Promise<Commitment>>()

  constructor(seller: SellerIdentity, catalogue: Catalogue) {
    this.#seller = seller
    this.#catalogue = catalogue
  }

  /** Agreements of an earlier run, for offers that exist again: their buyers may come back for what they paid. */
  restore(): void {
    for (const { quote, commitment } of this.#seller.journal.committed) {
      const signed = decodeSigned(quoteForm, quote)
      const digest = quoteDigest(signed.body)
      if (this.quotes.get(digest) !== undefined) continue
      const goods = signed.body.goods
      const offer = [...this.#catalogue.offers.values()].find(
        (one) =>
          one.resource === signed.body.resource &&
          (equalBytes(one.digest, signed.body.descriptor) ||
            (goods === undefined
              ? one.goods === undefined
              : one.goods !== undefined && equalBytes(one.goods.tree.root, goods.root))),
      )
      if (offer === undefined) continue
      const record = decodeCommitment(commitment)
      const verified = Commitment.verify(
        record,
        { quote: signed.body, digest },
        { frame: this.#seller.agent.client.frame, now: record.terms.proposed },
      )
      this.quotes.add(
        { signed, quote: signed.body, digest, offer, commitment: verified },
        BigInt(this.#seller.seconds),
      )
    }
  }

  async quote(text: string): Promise<HttpAnswer> {
    const body = readJson(quoteRequest, text)
    const offer = this.#catalogue.offerByHex(toHex(body.descriptor))
    if (offer.resource !== body.resource)
      throw new SymbolonError('QUOTE_RESOURCE_MISMATCH', 'this offer sells another resource')
    const now = BigInt(this.#seller.seconds)
    const agreed = this.#agreedFor(body)
    const drafted = draftQuote(offer.descriptor.body, {
      buyer: body.buyer,
      resource: body.resource,
      quantity: body.quantity,
      payeeKey: this.#seller.agent.keys.channel.publicKey,
      ...(offer.goods === undefined ? {} : { goods: quotedGoodsOf(offer.goods, body.first ?? 0) }),
      utilisationPpm: this.#seller.options.utilisation?.() ?? 0,
      now,
      lifetimeSeconds: QUOTE_LIFETIME_SECONDS,
      creditWindow:
        agreed === undefined
          ? (this.#seller.options.creditWindow ?? CREDIT_WINDOW_DEFAULT)
          : Number(agreed.creditWindow),
      nonce: randomBytes(16),
    })
    const asked = this.#seller.options.price?.(offer, body.buyer) ?? drafted.unitPrice
    const unitPrice = asked < drafted.unitPrice ? asked : drafted.unitPrice
    const quote = { ...drafted, unitPrice, total: unitPrice * drafted.quantity }
    if (agreed !== undefined && quote.unitPrice > agreed.priceCapPerUnit)
      throw new SymbolonError(
        'QUOTE_ABOVE_AGREED',
        'the price has risen above the agreed cap; negotiate anew',
      )
    const bytes = encode(quoteForm.body, quote)
    const digest = quoteDigest(quote)
    const signed = {
      body: quote,
      publicKey: this.#seller.agent.keys.publicKey,
      signature: await this.#seller.signerOf('quote', bytes).sign(digest),
    }
    this.quotes.add(
      {
        signed,
        quote,
        digest,
        offer,
        ...(agreed === undefined ? {} : { agreed: { soft: agreed, negotiation: body.negotiation as Hash } }),
      },
      now,
    )
    return jsonAnswer(200, writeJson(signedRecord, { record: encodeSigned(quoteForm, signed) }))
  }

  /** The terms that a quote must keep to. Errors: NEGOTIATION_UNKNOWN (none such, of another buyer, or for something else). */
  #agreedFor({ negotiation, buyer, quantity, descriptor }: QuoteRequestBody): SoftTerms | undefined {
    if (negotiation === undefined) return undefined
    const agreed = this.negotiations.agreed(negotiation)
    const same =
      agreed !== undefined &&
      equalBytes(agreed.buyer, buyer) &&
      agreed.hard.quantity === quantity &&
      equalBytes(agreed.hard.descriptor, descriptor)
    if (!same)
      throw new SymbolonError(
        'NEGOTIATION_UNKNOWN',
        'no such agreement with this buyer about this; negotiate first',
      )
    return agreed.soft
  }

  async negotiate(text: string): Promise<HttpAnswer> {
    const signed = decodeSigned(negotiationForm, readJson(marketMessage, text).record)
    const { frame } = this.#seller.agent.client
    const answer = await this.negotiations.answer(
      signed,
      (hard) => this.#policyFor(hard),
      { frame, seller: this.#seller.address, now: BigInt(this.#seller.seconds) },
      async (body) => ({
        publicKey: this.#seller.agent.keys.publicKey,
        signature: await this.#seller.agent.keys.signMessage('negotiation', frame, body),
      }),
    )
    return jsonAnswer(200, writeJson(negotiationAnswer, answer === undefined ? {} : { record: answer }))
  }

  /** What this seller can live with for an offer: its posted price as the least cap, full collateral, the frame's challenge period. */
  #policyFor(hard: HardTerms): ProviderPolicy {
    const offer = this.#catalogue.offerByHex(toHex(hard.descriptor))
    const { body } = offer.descriptor
    const price = priceAt(body.pricing, this.#seller.options.utilisation?.() ?? 0)
    const quantityMax = offer.goods === undefined ? 1_000_000n : BigInt(offer.goods.rows.length)
    const unbounded = AMOUNT_MAX
    return {
      descriptor: body,
      descriptorDigest: offer.digest,
      quantityMax,
      resources: [offer.resource],
      ranges: {
        priceCapPerUnit: { min: price, max: unbounded },
        collateral: { min: price * hard.quantity, max: unbounded },
        challengePeriod: { min: this.#seller.agent.client.genesis.parameters.challengePeriod, max: 100_000n },
        creditWindow: { min: 1n, max: BigInt(this.#seller.options.creditWindow ?? CREDIT_WINDOW_DEFAULT) },
      },
    }
  }

  /** COMMIT_PROPOSE in, COMMIT_ACCEPT out; on disk before it is answered (SLA-3). A repeated proposal gets the same answer. */
  async commit(text: string): Promise<HttpAnswer> {
    const body = readJson(commitRequest, text)
    const proposal = decodeCommitment(body.record)
    const now = BigInt(this.#seller.seconds)
    const issued = this.quotes.find(body.quote, proposal.terms.buyer, now)
    // Two proposals at once must not both be signed: a quote is agreed on once.
    const key = hashKey(issued.digest)
    const agreeing = this.#agreeing.get(key) ?? this.#agree(issued, proposal, now)
    this.#agreeing.set(key, agreeing)
    try {
      const { bytes } = await agreeing
      return jsonAnswer(200, writeJson(marketMessage, { record: bytes }))
    } finally {
      this.#agreeing.delete(key)
    }
  }

  async #agree(issued: IssuedQuote, proposal: CommitmentRecord, now: bigint): Promise<Commitment> {
    if (issued.commitment !== undefined) return issued.commitment
    this.#requireAcceptable(proposal.terms, issued)
    const frame = this.#seller.agent.client.frame
    const accepted = await acceptCommitment(
      proposal,
      { quote: issued, terms: proposal.terms },
      this.#seller.signerOf('commitment', encode(commitmentTerms, proposal.terms)),
      { frame, now },
    )
    const commitment = Commitment.verify(accepted, issued, { frame, now })
    await this.#seller.journal.commitPurchase({
      quote: encodeSigned(quoteForm, issued.signed),
      commitment: commitment.bytes,
    })
    issued.commitment = commitment
    return commitment
  }

  /** Without negotiation the buyer's terms are taken if they are within what this seller can live with. */
  #requireAcceptable(
    { negotiated, negotiation, disputes, serviceLevel }: CommitmentTerms,
    { quote, offer, agreed }: IssuedQuote,
  ): void {
    const repeats =
      agreed === undefined ||
      (negotiation !== undefined &&
        equalBytes(negotiation, agreed.negotiation) &&
        sameSoftTerms(negotiated, agreed.soft))
    if (!repeats)
      throw new SymbolonError(
        'COMMITMENT_TERMS_MISMATCH',
        'the commitment must repeat the terms that were negotiated',
      )
    const { challengePeriod } = this.#seller.agent.client.genesis.parameters
    const acceptable =
      negotiated.challengePeriod >= challengePeriod &&
      negotiated.creditWindow === BigInt(quote.creditWindow) &&
      disputes === 'channel-state' &&
      JSON.stringify(serviceLevel, replaceBytes) ===
        JSON.stringify(offer.descriptor.body.serviceLevel, replaceBytes)
    if (!acceptable)
      throw new SymbolonError(
        'COMMITMENT_TERMS_MISMATCH',
        `this seller needs a challenge period of at least ${challengePeriod}, the quoted credit window, disputes by channel state and its own service level`,
      )
  }
}

function replaceBytes(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  return value instanceof Uint8Array ? toHex(value) : value
}
