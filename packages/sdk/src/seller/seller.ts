/**
 * A seller: offers, quotes, commitments, challenges, channels, deliveries. It is reached by two doors: `http` answers the market
 * documents and the challenges (mount it with an adapter), and `acceptChannel` takes connections of the channel engine.
 *
 * Per purchase, and who is the authority for it:
 *
 *   quoted ──COMMIT──▶ committed ──402, payment──▶ paid ──credential──▶ authenticated ──stream──▶ delivering ──▶ delivered
 *   (my signature)   (both signatures,  (the co-signed state     (root key and         (ticks on disk)
 *                     on disk)            with its payment)        counters, on disk)
 *
 * Nothing is served before what pays for it is on this disk.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Channel, ChannelLimits, StreamPayee, Transport } from '@symbolon/channels'
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
  acceptCommitment,
  type Beacon,
  beaconForm,
  Commitment,
  type CommitmentRecord,
  type CommitmentTerms,
  commitmentTerms,
  type Descriptor,
  type DescriptorTerms,
  decodeCommitment,
  decodeSigned,
  descriptorDigest,
  descriptorForm,
  draftDescriptor,
  draftQuote,
  encodeSigned,
  fileRows,
  type HardTerms,
  negotiationForm,
  offerRows,
  type ProviderPolicy,
  priceAt,
  quoteDigest,
  quotedGoodsOf,
  quoteForm,
  type SignedDescriptor,
  type SoftTerms,
  sameSoftTerms,
} from '@symbolon/market'
import {
  type Address,
  AMOUNT_MAX,
  type Amount,
  domainDigest,
  encode,
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
import type { Profile, Signer } from '@symbolon/protocol'
import type { FrameClient } from '../client/frame-client.ts'
import {
  CHALLENGE_LIFETIME_SECONDS,
  CREDENTIAL_LIFETIME_SECONDS,
  CREDIT_WINDOW_DEFAULT,
  OPENINGS_PER_PARTY_MAX,
  QUOTE_LIFETIME_SECONDS,
} from '../limits.ts'
import { type PaidRoute, resourceOf } from '../paywall/route.ts'
import { Agent } from '../wallet/agent.ts'
import type { AgentKeys } from '../wallet/keys.ts'
import { type HttpAnswer, type HttpRequest, jsonAnswer, problemAnswer } from '../wire/http.ts'
import { formatInvoice } from '../wire/invoice.ts'
import {
  commitRequest,
  HEADER_CHANNEL,
  HEADER_PAYER,
  HEADER_QUOTE,
  marketMessage,
  negotiationAnswer,
  offersAnswer,
  problemOf,
  type QuoteRequestBody,
  quoteRequest,
  ROUTES,
  readJson,
  signedRecord,
  writeJson,
} from '../wire/routes.ts'
import { decodeStreamMessage, encodeStreamMessage } from '../wire/stream-message.ts'
import { ChallengeBook } from './challenges.ts'
import { PaymentClaims } from './claims.ts'
import { type Delivery, deliverRows } from './delivery.ts'
import { SellerJournal } from './journal.ts'
import { NegotiationBook } from './negotiations.ts'
import { goodsPath, type Offer } from './offer.ts'
import { type IssuedQuote, QuoteBook } from './quotes.ts'

export interface SellerOptions {
  readonly client: FrameClient
  readonly keys: AgentKeys
  readonly directory: string
  /** Public HTTP address under which `http` is mounted, such as `http://127.0.0.1:7401`. */
  readonly url: string
  /** Secret of the credentials' root keys by version, 32 bytes each, and the version that mints. */
  readonly rootSecrets: ReadonlyMap<number, Uint8Array>
  readonly rootVersion: number
  readonly creditWindow?: number
  readonly limits?: Partial<ChannelLimits>
  /** Share of capacity in use, parts per million: what prices follow. */
  readonly utilisation?: () => number
  /**
   * Base units per unit for this buyer now. At most what the published curve gives: buyers refuse a quote above it, so a
   * higher answer is cut down to the curve. Default: the curve.
   */
  readonly price?: (offer: Offer, buyer: Address) => Amount
  /** Unix milliseconds. */
  readonly clock?: () => number
  readonly sync?: 'fdatasync' | 'none'
  readonly onError?: (error: unknown) => void
}

export class Seller {
  readonly agent: Agent
  readonly offers = new Map<string, Offer>()
  readonly challenges = new ChallengeBook()
  readonly quotes = new QuoteBook()
  readonly verifier: CredentialVerifier
  readonly negotiations = new NegotiationBook()
  readonly journal: SellerJournal
  readonly #options: SellerOptions
  readonly #rootKeys: RootKeys
  readonly #claims: PaymentClaims
  readonly #agreeing = new Map<string, Promise<Commitment>>()
  readonly #deliveries = new Map<string, Delivery>()

  private constructor(options: SellerOptions, agent: Agent, journal: SellerJournal) {
    this.#options = options
    this.agent = agent
    this.journal = journal
    this.#claims = new PaymentClaims(this.challenges, (error) => options.onError?.(error))
    this.#rootKeys = new RootKeys(formatDid(agent.keys.address), options.rootSecrets, options.rootVersion)
    this.verifier = new CredentialVerifier({ rootKeys: this.#rootKeys, counters: journal })
  }

  /** Opens on its directory and brings back channels, agreements and counters of an earlier run. */
  static async open(options: SellerOptions): Promise<Seller> {
    const journal = SellerJournal.open(join(options.directory, 'seller'), options.sync)
    // The engine starts before the seller exists, and asks it only after a connection: the late binding is safe.
    let seller: Seller | undefined
    const agent = await Agent.open({
      client: options.client,
      keys: options.keys,
      directory: options.directory,
      limits: { creditUnitsMax: options.creditWindow ?? CREDIT_WINDOW_DEFAULT, ...options.limits },
      ...(options.sync === undefined ? {} : { sync: options.sync }),
      acceptOffer: (offer) => seller?.acceptOffer(offer),
      application: (bytes, _, channel) => seller?.receive(bytes, channel),
      onChannel: (channel) => {
        channel.events.on('advanced', (_, batches) => {
          const theirs = batches.some(
            ({ proposer, operations }) =>
              proposer !== channel.party && operations.some(({ kind }) => kind === 'addHtlc'),
          )
          if (theirs) seller?.claim(channel)
        })
        // A crash may have come between a payment and its answer: the buyer must not wait until it expires.
        channel.events.on('online', () => seller?.claim(channel, true))
      },
    })
    seller = new Seller(options, agent, journal)
    return seller
  }

  get address(): Address {
    return this.agent.keys.address
  }

  get url(): string {
    return this.#options.url
  }

  /** The seller's clock, Unix seconds. */
  get seconds(): number {
    return Math.floor((this.#options.clock ?? Date.now)() / 1_000)
  }

  /** Signs records of the market with the agent's identity key. */
  #signerOf(domain: Parameters<AgentKeys['signMessage']>[0], body: Uint8Array): Signer {
    const { keys, client } = this.agent
    return { publicKey: keys.publicKey, sign: () => keys.signMessage(domain, client.frame, body) }
  }

  #terms(price: Amount, more: Partial<DescriptorTerms> = {}): DescriptorTerms {
    const { url } = this.#options
    return {
      frame: this.agent.client.frame,
      provider: this.address,
      endpoints: [
        { name: 'http', url },
        { name: 'channel', url: `${url.replace(/^http/, 'ws')}${ROUTES.channel}` },
      ],
      price,
      now: BigInt(this.seconds),
      ...more,
    }
  }

  /** Puts the rows of a CSV or NDJSON file up for sale. Errors: those of `draftDescriptor` and `offerRows`. */
  async sellFile(
    file: { name: string; format: 'csv' | 'ndjson'; content: Uint8Array },
    price: Amount,
    more: Partial<DescriptorTerms> = {},
  ): Promise<Offer> {
    const draft = draftDescriptor({ kind: 'file', ...file }, this.#terms(price, more))
    const goods = offerRows(fileRows(file.content, file.format).rows)
    return this.#offer(draft, { resource: file.name, method: 'GET', path: goodsPath(file.name), goods })
  }

  /** Puts a route behind a price; what serves it is the paywall's business. */
  async sellRoute(
    route: PaidRoute,
    more: Partial<DescriptorTerms> & { responseMedia?: string } = {},
  ): Promise<Offer> {
    const { responseMedia = 'application/json', ...terms } = more
    const method = route.method === '*' ? 'GET' : (route.method as 'GET')
    const draft = draftDescriptor(
      { kind: 'api', method, path: route.path, responseMedia },
      this.#terms(route.price, terms),
    )
    return this.#offer(draft, { resource: resourceOf(route), method: route.method, path: route.path, route })
  }

  async #offer(draft: Descriptor, what: Omit<Offer, 'descriptor' | 'digest'>): Promise<Offer> {
    const body = encode(descriptorForm.body, draft)
    const signature = await this.#signerOf('descriptor', body).sign(descriptorDigest(draft))
    const descriptor: SignedDescriptor = { body: draft, publicKey: this.agent.keys.publicKey, signature }
    const offer: Offer = { ...what, descriptor, digest: descriptorDigest(draft) }
    this.offers.set(hashKey(offer.digest), offer)
    this.#restoreAgreements()
    return offer
  }

  /** Agreements of an earlier run, for offers that exist again: their buyers may come back for what they paid. */
  #restoreAgreements(): void {
    for (const { quote, commitment } of this.journal.committed) {
      const signed = decodeSigned(quoteForm, quote)
      const digest = quoteDigest(signed.body)
      if (this.quotes.get(digest) !== undefined) continue
      const goods = signed.body.goods
      const offer = [...this.offers.values()].find(
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
        { frame: this.agent.client.frame, now: record.terms.proposed },
      )
      this.quotes.add(
        { signed, quote: signed.body, digest, offer, commitment: verified },
        BigInt(this.seconds),
      )
    }
  }

  /**
   * Registers or updates this seller's identity so that its offers can be found: their capabilities, endpoints and descriptor
   * digests. A seller whose record already says the same sends nothing.
   */
  async publish(options: { domain?: string; bond?: Amount } = {}): Promise<void> {
    const { client, ledger } = this.agent
    const profile = this.#profile(options.domain)
    const existing = await client.identity(this.address)
    if (existing === undefined) {
      const bond = options.bond ?? client.genesis.parameters.registrationBond
      await ledger.transact({ kind: 'identity.register', body: { profile, bond } })
      return
    }
    if (JSON.stringify(existing.profile, replaceBytes) === JSON.stringify(profile, replaceBytes)) return
    const { capabilities, domain } = existing.profile
    await ledger.transact({
      kind: 'identity.update',
      body: {
        subject: this.address,
        version: existing.version + 1n,
        profile,
        previous: { capabilities, ...(domain === undefined ? {} : { domain }) },
      },
    })
  }

  #profile(domain: string | undefined): Profile {
    const offers = [...this.offers.values()]
    return {
      capabilities: [...new Set(offers.map((offer) => offer.descriptor.body.capability))].sort(),
      ...(domain === undefined ? {} : { domain }),
      services: offers.map((offer, index) => ({
        name: `offer-${index}`,
        endpoint: this.url,
        descriptor: offer.digest,
      })),
    }
  }

  /** A fresh liveness beacon for an offer (FR-1). */
  async beacon(offer: Offer): Promise<Uint8Array> {
    const { client } = this.agent
    const { checkpoint, hash } = await client.call('checkpoint.latest', {})
    const body: Beacon = {
      frame: client.frame,
      provider: this.address,
      epoch: checkpoint.header.epoch,
      anchorHeight: checkpoint.header.height,
      anchor: hash,
      descriptor: offer.digest,
      ttlEpochs: 2,
      bond: client.genesis.parameters.registrationBond,
    }
    const bytes = encode(beaconForm.body, body)
    const signature = await this.#signerOf('beacon', bytes).sign(new Uint8Array(0))
    return encodeSigned(beaconForm, { body, publicKey: this.agent.keys.publicKey, signature })
  }

  /** Answers the market documents, and rows; undefined for a path that is not the seller's. */
  async http(request: HttpRequest): Promise<HttpAnswer | undefined> {
    try {
      return await this.#route(request)
    } catch (error) {
      if (!(error instanceof SymbolonError)) this.#options.onError?.(error)
      return problemAnswer(problemOf(error, 400))
    }
  }

  async #route(request: HttpRequest): Promise<HttpAnswer | undefined> {
    const { method, path } = request
    if (method === 'GET' && path === ROUTES.offers) {
      const descriptors = [...this.offers.values()].map((offer) => offer.digest)
      return jsonAnswer(
        200,
        writeJson(offersAnswer, { provider: this.address, frame: this.agent.client.frame, descriptors }),
      )
    }
    if (method === 'GET' && path.startsWith(ROUTES.descriptor)) {
      const offer = this.#offerByHex(path.slice(ROUTES.descriptor.length))
      return jsonAnswer(
        200,
        writeJson(signedRecord, { record: encodeSigned(descriptorForm, offer.descriptor) }),
      )
    }
    if (method === 'GET' && path.startsWith(ROUTES.beacon))
      return jsonAnswer(
        200,
        writeJson(signedRecord, {
          record: await this.beacon(this.#offerByHex(path.slice(ROUTES.beacon.length))),
        }),
      )
    if (method === 'POST' && path === ROUTES.quote) return this.#quote(await request.text())
    if (method === 'POST' && path === ROUTES.negotiate) return this.#negotiate(await request.text())
    if (method === 'POST' && path === ROUTES.commit) return this.#commit(await request.text())
    const goods =
      method === 'GET'
        ? [...this.offers.values()].find((offer) => offer.goods !== undefined && offer.path === path)
        : undefined
    return goods === undefined ? undefined : this.#goods(goods, request)
  }

  #offerByHex(hex: string): Offer {
    const offer = /^[0-9a-f]{64}$/.test(hex)
      ? [...this.offers.values()].find((one) => toHex(one.digest) === hex)
      : undefined
    if (offer === undefined)
      throw new SymbolonError('OFFER_UNKNOWN', 'there is no such offer here (any more); look it up again')
    return offer
  }

  async #quote(text: string): Promise<HttpAnswer> {
    const body = readJson(quoteRequest, text)
    const offer = this.#offerByHex(toHex(body.descriptor))
    if (offer.resource !== body.resource)
      throw new SymbolonError('QUOTE_RESOURCE_MISMATCH', 'this offer sells another resource')
    const now = BigInt(this.seconds)
    const agreed = this.#agreedFor(body)
    const drafted = draftQuote(offer.descriptor.body, {
      buyer: body.buyer,
      resource: body.resource,
      quantity: body.quantity,
      payeeKey: this.agent.keys.channel.publicKey,
      ...(offer.goods === undefined ? {} : { goods: quotedGoodsOf(offer.goods, body.first ?? 0) }),
      utilisationPpm: this.#options.utilisation?.() ?? 0,
      now,
      lifetimeSeconds: QUOTE_LIFETIME_SECONDS,
      creditWindow:
        agreed === undefined
          ? (this.#options.creditWindow ?? CREDIT_WINDOW_DEFAULT)
          : Number(agreed.creditWindow),
      nonce: randomBytes(16),
    })
    const asked = this.#options.price?.(offer, body.buyer) ?? drafted.unitPrice
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
      publicKey: this.agent.keys.publicKey,
      signature: await this.#signerOf('quote', bytes).sign(digest),
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

  async #negotiate(text: string): Promise<HttpAnswer> {
    const signed = decodeSigned(negotiationForm, readJson(marketMessage, text).record)
    const { frame } = this.agent.client
    const answer = await this.negotiations.answer(
      signed,
      (hard) => this.#policyFor(hard),
      { frame, seller: this.address, now: BigInt(this.seconds) },
      async (body) => ({
        publicKey: this.agent.keys.publicKey,
        signature: await this.agent.keys.signMessage('negotiation', frame, body),
      }),
    )
    return jsonAnswer(200, writeJson(negotiationAnswer, answer === undefined ? {} : { record: answer }))
  }

  /** What this seller can live with for an offer: its posted price as the least cap, full collateral, the frame's challenge period. */
  #policyFor(hard: HardTerms): ProviderPolicy {
    const offer = this.#offerByHex(toHex(hard.descriptor))
    const { body } = offer.descriptor
    const price = priceAt(body.pricing, this.#options.utilisation?.() ?? 0)
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
        challengePeriod: { min: this.agent.client.genesis.parameters.challengePeriod, max: 100_000n },
        creditWindow: { min: 1n, max: BigInt(this.#options.creditWindow ?? CREDIT_WINDOW_DEFAULT) },
      },
    }
  }

  /** COMMIT_PROPOSE in, COMMIT_ACCEPT out; on disk before it is answered (SLA-3). A repeated proposal gets the same answer. */
  async #commit(text: string): Promise<HttpAnswer> {
    const body = readJson(commitRequest, text)
    const proposal = decodeCommitment(body.record)
    const now = BigInt(this.seconds)
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
    const frame = this.agent.client.frame
    const accepted = await acceptCommitment(
      proposal,
      { quote: issued, terms: proposal.terms },
      this.#signerOf('commitment', encode(commitmentTerms, proposal.terms)),
      { frame, now },
    )
    const commitment = Commitment.verify(accepted, issued, { frame, now })
    await this.journal.commitPurchase({
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
    const { challengePeriod } = this.agent.client.genesis.parameters
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

  /**
   * A stranger's offer of a channel: for a purchase, it must be the one that was agreed. Offers cost nothing, so their number is
   * bounded by what only money has: an account that can pay the deposit.
   * Errors, in order: CHALLENGE_PERIOD_TOO_SHORT, OPENINGS_PER_PARTY, DEPOSIT_UNCOVERED, QUOTE_…, COMMITMENT_INCOMPLETE,
   * COLLATERAL_TOO_SMALL.
   */
  async acceptOffer(offer: {
    party: Address
    deposits: readonly Amount[]
    challengePeriod: bigint
    quote?: Hash | undefined
  }): Promise<void> {
    const { challengePeriod } = this.agent.client.genesis.parameters
    if (offer.challengePeriod < challengePeriod)
      throw new SymbolonError('CHALLENGE_PERIOD_TOO_SHORT', `at least ${challengePeriod} checkpoints`)
    const [deposit = 0n] = offer.deposits
    if (this.#openingsOf(offer.party) >= OPENINGS_PER_PARTY_MAX)
      throw new SymbolonError(
        'OPENINGS_PER_PARTY',
        `${OPENINGS_PER_PARTY_MAX} channels of yours wait for the ledger (OPENINGS_PER_PARTY_MAX); put them on it first`,
      )
    if ((await this.agent.client.balance(offer.party)) < deposit)
      throw new SymbolonError('DEPOSIT_UNCOVERED', `the account does not hold the deposit of ${deposit}`)
    if (offer.quote === undefined) return
    const issued = this.quotes.find(offer.quote, offer.party, BigInt(this.seconds))
    if (issued.commitment === undefined)
      throw new SymbolonError('COMMITMENT_INCOMPLETE', 'agree on the service level before funding')
    const { collateral } = issued.commitment.record.terms.negotiated
    if (deposit < collateral)
      throw new SymbolonError('COLLATERAL_TOO_SMALL', `the agreement names a collateral of ${collateral}`)
  }

  #openingsOf(party: Address): number {
    let openings = 0
    for (const { phase, terms } of this.agent.host.channels.values())
      if (phase === 'opening' && terms.parties.some((one) => equalBytes(one, party))) openings += 1
    return openings
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
    const isBegun = this.journal.authenticated.has(hashKey(issued.digest))
    if (offer.goods !== undefined && !isBegun && BigInt(this.seconds) > issued.quote.expiry)
      throw new SymbolonError('QUOTE_EXPIRED', 'the quote has expired; ask for a new one')
    const { frame } = this.agent.client
    const amount =
      issued.offer.goods === undefined
        ? issued.quote.unitPrice * BigInt(requests)
        : issued.quote.unitPrice * issued.quote.unitsMin
    const preimage = randomBytes(32)
    const paymentHash = sha256(preimage) as Hash
    const now = this.seconds
    const expiresAt = now + CHALLENGE_LIFETIME_SECONDS
    const texts = {
      frame: toHex(frame),
      channel: toHex(channel.id),
      quote: toHex(issued.digest),
      payee: formatDid(this.address),
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
    const signature = await this.agent.keys.signMessage('challenge', frame, bytes)
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
    const channel = this.agent.host.get(channelId)
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
    const issued = this.quotes.find(fromHex(quoteText) as Hash, payer, BigInt(this.seconds))
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
  contextOf(
    request: HttpRequest,
    offer: Offer,
    price: Amount,
  ): { context: RequestContext; channel: Hash; payer: Address; issued: IssuedQuote } {
    const { issued, channelId, payer } = this.#named(request, offer)
    return {
      issued,
      channel: channelId,
      payer,
      context: {
        now: this.seconds,
        price,
        method: request.method,
        endpoint: request.path,
        resource: offer.resource,
        frame: toHex(this.agent.client.frame),
        channel: toHex(channelId),
        quote: toHex(issued.digest),
        payee: formatDid(this.address),
        payer: formatDid(payer),
      },
    }
  }

  /** A verifier whose count also grants this request; see SellerJournal.granting. */
  verifierGranting(grant: { request: Hash; content: Hash; expiresAt: number }): CredentialVerifier {
    return new CredentialVerifier({ rootKeys: this.#rootKeys, counters: this.journal.granting(grant) })
  }

  /** Rows: 402 with a challenge, or, with a valid credential, leave to stream. */
  async #goods(offer: Offer, request: HttpRequest): Promise<HttpAnswer> {
    const authorization = request.header('authorization')
    if (authorization !== undefined) {
      const { context, issued, channel } = this.contextOf(request, offer, 0n)
      const grant = await authorizeHeader(this.verifier, authorization, context)
      if (grant.accepted) {
        await this.journal.authenticate(issued.digest, channel)
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
      offers: `${this.url}${ROUTES.offers}`,
      descriptor: toHex(offer.digest),
      provider: formatDid(this.address),
      frame: toHex(this.agent.client.frame),
      resource: offer.resource,
      price: body.pricing.base.toString(),
      requests: offer.route?.requests ?? 1,
    }
    return problemAnswer({ ...base, ...more }, { 'www-authenticate': `L402 realm="symbolon"` })
  }

  /** Takes the payments of a channel that answer a challenge of ours, and returns the others. */
  claim(channel: Channel, isReconnected = false): void {
    const height = this.agent.ledger.height()
    this.#claims.answer(channel, { seconds: this.seconds, height }, isReconnected)
  }

  /** Application messages of a buyer. What does not belong to an authenticated purchase of this channel is refused. */
  receive(bytes: Uint8Array, channel: Channel): void {
    const message = decodeStreamMessage(bytes)
    if (message.kind !== 'begin') return
    const { quote, run, from } = message.body
    const issued = this.quotes.get(quote as Hash)
    const payee = channel.streams.payees.get(run)
    const refusal = this.#deliveryRefusal(issued, payee, channel, from)
    if (issued === undefined || refusal !== undefined) {
      const { code, message: reason } = refusal ?? {
        code: 'QUOTE_UNKNOWN',
        message: 'this seller gave no such quote',
      }
      channel.sendApplication(encodeStreamMessage({ kind: 'abort', body: { quote, code, message: reason } }))
      return
    }
    const key = `${hashKey(quote)}${hashKey(channel.id)}`
    this.#deliveries.get(key)?.stop()
    const delivery = deliverRows(channel, issued, payee, from)
    this.#deliveries.set(key, delivery)
    delivery.done
      .catch((error: unknown) => this.#options.onError?.(error))
      .finally(() => {
        if (this.#deliveries.get(key) === delivery) this.#deliveries.delete(key)
      })
  }

  /** In order: NOT_AUTHENTICATED, STREAM_UNKNOWN, UNIT_NOT_PAID. */
  #deliveryRefusal(
    issued: IssuedQuote | undefined,
    payee: StreamPayee | undefined,
    channel: Channel,
    from: bigint,
  ): { code: string; message: string } | undefined {
    const paidIn = issued === undefined ? undefined : this.journal.authenticated.get(hashKey(issued.digest))
    if (issued === undefined || paidIn === undefined || !equalBytes(paidIn, channel.id))
      return {
        code: 'NOT_AUTHENTICATED',
        message: 'this purchase has not been paid for in this channel; present its credential first',
      }
    const { quote, digest } = issued
    const paysForIt =
      payee !== undefined && equalBytes(payee.quote, digest) && payee.tickValue === quote.unitPrice
    if (!paysForIt && quote.quantity > quote.unitsMin)
      return {
        code: 'STREAM_UNKNOWN',
        message: 'open a stream under this quote, with its unit price as tick value',
      }
    // What is paid may be fetched again; what is not is delivered in order.
    const paid = quote.unitsMin + (payee?.paidUnits ?? 0n)
    return from > paid
      ? { code: 'UNIT_NOT_PAID', message: `units up to ${paid} are paid, not ${from}` }
      : undefined
  }

  /** A connection to the channel endpoint. */
  acceptChannel(transport: Transport): Promise<Channel | undefined> {
    return this.agent.host.accept(transport)
  }

  async close(): Promise<void> {
    for (const delivery of this.#deliveries.values()) delivery.stop()
    await Promise.allSettled([...this.#deliveries.values()].map(({ done }) => done))
    await this.agent.close()
    await this.journal.close()
  }
}

function replaceBytes(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  return value instanceof Uint8Array ? toHex(value) : value
}
