/**
 * The door at which is paid: challenges that bind a payment to frame, channel, quote, price, resource, payee and payer, and credentials
 * that prove one. It signs no challenge that could not be paid, and takes no payment that no challenge of it asked for.
 */
import { randomBytes } from 'node:crypto'
import type { Channel } from '@symbolon/channels'
import {
  authorizeHeader,
  CredentialVerifier,
  encodeBinding,
  formatCaveat,
  formatChallenge,
  mintCredential,
  type RequestContext,
  RootKeys,
} from '@symbolon/credentials'
import {
  type Address,
  type Amount,
  domainDigest,
  equalBytes,
  formatDid,
  fromHex,
  type Hash,
  hashKey,
  parseDid,
  SymbolonError,
  sha256,
  toHex,
} from '@symbolon/primitives'
import { CHALLENGE_LIFETIME_SECONDS, CREDENTIAL_LIFETIME_SECONDS } from '../limits.ts'
import { type HttpAnswer, type HttpRequest, jsonAnswer, problemAnswer } from '../wire/http.ts'
import { formatInvoice } from '../wire/invoice.ts'
import { HEADER_CHANNEL, HEADER_PAYER, HEADER_QUOTE, problemOf, ROUTES } from '../wire/routes.ts'
import type { Agreements } from './agreements.ts'
import { ChallengeBook } from './challenges.ts'
import { PaymentClaims } from './claims.ts'
import type { SellerIdentity } from './identity.ts'
import type { Offer } from './offer.ts'
import type { IssuedQuote } from './quotes.ts'

/** What a request may rely on when it presents a credential. */
export interface PaidContext {
  readonly context: RequestContext
  readonly channel: Hash
  readonly payer: Address
  readonly issued: IssuedQuote
}

export class PaymentDoor {
  readonly challenges = new ChallengeBook()
  readonly verifier: CredentialVerifier
  readonly #seller: SellerIdentity
  readonly #agreements: Agreements
  readonly #rootKeys: RootKeys
  readonly #claims: PaymentClaims

  constructor(seller: SellerIdentity, agreements: Agreements) {
    this.#seller = seller
    this.#agreements = agreements
    const { rootSecrets, rootVersion, onError } = seller.options
    this.#claims = new PaymentClaims(this.challenges, (error) => onError?.(error))
    this.#rootKeys = new RootKeys(formatDid(seller.address), rootSecrets, rootVersion)
    this.verifier = new CredentialVerifier({ rootKeys: this.#rootKeys, counters: seller.journal })
  }

  /**
   * The challenge for a purchase in one channel: signed over frame, payment hash, channel, quote, price, resource, payee and payer.
   * Errors: CHALLENGE_HEADERS_MISSING, DID_MALFORMED, QUOTE_UNKNOWN…, COMMITMENT_INCOMPLETE, CHANNEL_UNKNOWN, CHANNEL_PARTY, CHANNEL_QUOTE.
   */
  async challenge(
    request: HttpRequest,
    offer: Offer,
    requests = 1,
  ): Promise<{ header: string; issued: IssuedQuote; amount: Amount }> {
    const { issued, channel, payer } = await this.#bound(request, offer)
    // The price of rows holds until the quote's expiry: an agreement that nobody began to pay is no option on it for ever.
    const isBegun = this.#seller.journal.authenticated.has(hashKey(issued.digest))
    if (offer.goods !== undefined && !isBegun && BigInt(this.#seller.seconds) > issued.quote.expiry)
      throw new SymbolonError('QUOTE_EXPIRED', 'the quote has expired; ask for a new one')
    const { frame } = this.#seller.agent.client
    const amount =
      issued.offer.goods === undefined
        ? issued.quote.unitPrice * BigInt(requests)
        : issued.quote.unitPrice * issued.quote.unitsMin
    const preimage = randomBytes(32)
    const paymentHash = sha256(preimage) as Hash
    const now = this.#seller.seconds
    const expiresAt = now + CHALLENGE_LIFETIME_SECONDS
    const texts = {
      frame: toHex(frame),
      channel: toHex(channel.id),
      quote: toHex(issued.digest),
      payee: formatDid(this.#seller.address),
      payer: formatDid(payer),
    }
    const bytes = encodeBinding({
      ...texts,
      paymentHash: toHex(paymentHash),
      price: amount,
      resource: offer.resource,
      expiresAt,
    })
    const binding = domainDigest('challenge', frame, bytes)
    const signature = await this.#seller.agent.keys.signMessage('challenge', frame, bytes)
    const macaroon = mintCredential({
      rootKeys: this.#rootKeys,
      paymentHash,
      nonce: randomBytes(16),
      now,
      expiresAt: now + CREDENTIAL_LIFETIME_SECONDS,
      caveats: [
        ...(['frame', 'channel', 'quote', 'payee', 'payer'] as const).map((name) =>
          formatCaveat(name, texts[name]),
        ),
        formatCaveat('resource', offer.resource),
        ...(offer.goods === undefined ? [formatCaveat('requests_remaining', BigInt(requests))] : []),
      ],
    })
    this.challenges.add({ paymentHash, preimage, channel: channel.id, payer, amount, binding, expiresAt })
    const invoice = formatInvoice({ channel: channel.id, paymentHash, amount, binding })
    return { header: formatChallenge({ macaroon, invoice, binding: { bytes, signature } }), issued, amount }
  }

  /** Which channel, quote and payer a request names, if they belong together and to this offer. */
  async #bound(
    request: HttpRequest,
    offer: Offer,
  ): Promise<{ issued: IssuedQuote; channel: Channel; payer: Address }> {
    const { issued, channelId, payer } = this.#named(request, offer)
    const channel = this.#seller.agent.host.get(channelId)
    // The buyer may have seen the opening on the ledger before this side was told of it.
    if (channel?.phase === 'opening') await channel.refresh()
    if (channel === undefined || channel.phase !== 'open')
      throw new SymbolonError(
        'CHANNEL_UNKNOWN',
        'this seller has no such open channel; open one, or reconnect',
      )
    const peer = channel.terms.parties[channel.party === 0 ? 1 : 0] as Address
    if (!equalBytes(peer, payer))
      throw new SymbolonError('CHANNEL_PARTY', 'the channel belongs to another payer')
    const bound = channel.signed.state.quote ?? channel.terms.quote
    if (bound === undefined || !equalBytes(bound, issued.digest))
      throw new SymbolonError(
        'CHANNEL_QUOTE',
        'the channel is bound to another quote; agree on this one in the channel first',
      )
    return { issued, channel, payer }
  }

  /** The quote that a request names, if it is the payer's own, agreed on, and for this offer. */
  #named(request: HttpRequest, offer: Offer): { issued: IssuedQuote; channelId: Hash; payer: Address } {
    const [payerText = '', channelText = '', quoteText = ''] = [
      HEADER_PAYER,
      HEADER_CHANNEL,
      HEADER_QUOTE,
    ].map((name) => request.header(name))
    if (!/^[0-9a-f]{64}$/.test(channelText) || !/^[0-9a-f]{64}$/.test(quoteText) || payerText === '')
      throw new SymbolonError(
        'CHALLENGE_HEADERS_MISSING',
        `name ${HEADER_PAYER}, ${HEADER_CHANNEL} and ${HEADER_QUOTE} to get a challenge that can be paid`,
      )
    const payer = parseDid(payerText)
    const issued = this.#agreements.quotes.find(
      fromHex(quoteText) as Hash,
      payer,
      BigInt(this.#seller.seconds),
    )
    if (!equalBytes(issued.offer.digest, offer.digest) && issued.offer.resource !== offer.resource)
      throw new SymbolonError('QUOTE_RESOURCE_MISMATCH', 'the quote is for another resource')
    if (issued.commitment === undefined)
      throw new SymbolonError('COMMITMENT_INCOMPLETE', 'agree on the service level first')
    return { issued, channelId: fromHex(channelText) as Hash, payer }
  }

  /**
   * What a presented credential must hold for. The channel may be bound to a later quote by now, or closed: what it paid for
   * stays paid, and that it paid through this channel under this quote is what the credential's own caveats say.
   */
  contextOf(request: HttpRequest, offer: Offer, price: Amount): PaidContext {
    const { issued, channelId, payer } = this.#named(request, offer)
    return {
      issued,
      channel: channelId,
      payer,
      context: {
        now: this.#seller.seconds,
        price,
        method: request.method,
        endpoint: request.path,
        resource: offer.resource,
        frame: toHex(this.#seller.agent.client.frame),
        channel: toHex(channelId),
        quote: toHex(issued.digest),
        payee: formatDid(this.#seller.address),
        payer: formatDid(payer),
      },
    }
  }

  /** A verifier whose count also grants this request; see SellerJournal.granting. */
  verifierGranting(grant: { request: Hash; content: Hash; expiresAt: number }): CredentialVerifier {
    return new CredentialVerifier({
      rootKeys: this.#rootKeys,
      counters: this.#seller.journal.granting(grant),
    })
  }

  /** Rows: 402 with a challenge, or, with a valid credential, leave to stream. */
  async goods(offer: Offer, request: HttpRequest): Promise<HttpAnswer> {
    const authorization = request.header('authorization')
    if (authorization !== undefined) {
      const { context, issued, channel } = this.contextOf(request, offer, 0n)
      const grant = await authorizeHeader(this.verifier, authorization, context)
      if (grant.accepted) {
        await this.#seller.journal.authenticate(issued.digest, channel)
        return jsonAnswer(
          200,
          JSON.stringify({
            quote: toHex(issued.digest),
            units: issued.quote.quantity.toString(),
            creditWindow: issued.quote.creditWindow,
          }),
        )
      }
      const { header } = await this.challenge(request, offer)
      return problemAnswer(problemOf(new SymbolonError(grant.code, grant.message), 402), {
        'www-authenticate': header,
      })
    }
    if (request.header(HEADER_QUOTE) === undefined) return this.unboundChallenge(offer)
    const { header } = await this.challenge(request, offer)
    return problemAnswer(
      problemOf(
        new SymbolonError(
          'PAYMENT_REQUIRED',
          'pay the invoice in the named channel, then present the credential',
        ),
        402,
      ),
      {
        'www-authenticate': header,
      },
    )
  }

  /** The first 402 that a stranger meets: where to get a quote; nothing can be paid yet. */
  unboundChallenge(
    offer: Offer,
    reason = new SymbolonError(
      'PAYMENT_REQUIRED',
      'get a quote and a channel from the offers page, then name both',
    ),
  ): HttpAnswer {
    const base = problemOf(reason, 402)
    const { body } = offer.descriptor
    const more = {
      offers: `${this.#seller.options.url}${ROUTES.offers}`,
      descriptor: toHex(offer.digest),
      provider: formatDid(this.#seller.address),
      frame: toHex(this.#seller.agent.client.frame),
      resource: offer.resource,
      price: body.pricing.base.toString(),
      requests: offer.route?.requests ?? 1,
    }
    return problemAnswer({ ...base, ...more }, { 'www-authenticate': `L402 realm="symbolon"` })
  }

  /** Takes the payments of a channel that answer a challenge of ours, and returns the others. */
  claim(channel: Channel, isReconnected = false): void {
    const height = this.#seller.agent.ledger.height()
    this.#claims.answer(channel, { seconds: this.#seller.seconds, height }, isReconnected)
  }
}
