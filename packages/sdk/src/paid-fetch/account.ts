/**
 * Buying credentials for one resource of one seller. One purchase at a time; each is this chain, and every link is checked
 * against the one before it:
 *
 *   quote ─▶ commitment ─▶ channel bound to the quote ─▶ 402 bound to channel, quote, price, resource, payee and payer
 *         ─▶ stub on disk ─▶ payment ─▶ preimage on disk ─▶ credential
 *
 * A quote covers several payments, so that a renewal is one 402 and one payment. While the end of a payment is unknown, nothing
 * else is paid for the resource (L402-18).
 */
import type { Channel } from '@symbolon/channels'
import {
  type Challenge,
  decodeBinding,
  examineChallenge,
  type Macaroon,
  parseCaveat,
  parseChallenge,
} from '@symbolon/credentials'
import { requireSolvent, type VerifiedQuote, verifyQuote } from '@symbolon/market'
import {
  type Amount,
  domainDigest,
  ed25519,
  equalBytes,
  formatAmount,
  formatDid,
  type Hash,
  isSymbolonError,
  toHex,
} from '@symbolon/primitives'
import type { Buyer } from '../buyer/buyer.ts'
import { commitTo } from '../buyer/commit.ts'
import { dial } from '../buyer/dial.ts'
import { openChannelFor, withReserve } from '../buyer/open-channel.ts'
import { payChallenge } from '../buyer/pay-challenge.ts'
import { problemError } from '../buyer/seller-client.ts'
import { RemoteError, SdkError } from '../errors.ts'
import {
  CHANNEL_STEP_TIMEOUT_MS,
  CREDENTIAL_LIFETIME_MIN_SECONDS,
  CREDIT_WINDOW_DEFAULT,
  PAYMENTS_PER_QUOTE,
  PREIMAGE_TIMEOUT_MS,
  QUOTES_PER_CHANNEL,
} from '../limits.ts'
import { takeTurn } from '../wallet/turns.ts'
import { parseInvoice } from '../wire/invoice.ts'
import { HEADER_CHANNEL, HEADER_PAYER, HEADER_QUOTE } from '../wire/routes.ts'
import { Credential } from './credential.ts'
import { CredentialJournal, type CredentialRecord } from './credential-journal.ts'
import { within } from './deadline.ts'
import type { SpendingLimit } from './spending-limit.ts'
import type { VerifiedSeller } from './verified-seller.ts'

export interface AccountOptions {
  readonly buyer: Buyer
  readonly seller: VerifiedSeller
  readonly origin: string
  /** Requests that one payment buys. */
  readonly requests: number
  /** Base units per request. */
  readonly maxPrice: Amount
  readonly spending: SpendingLimit
  readonly task: string | undefined
  /** Base units to lock in a channel that has to be opened; default: as much as several quotes cost. */
  readonly deposit: Amount | undefined
}

/** A price agreed on, and the payments that it still covers. */
interface Agreement {
  readonly quote: VerifiedQuote
  readonly collateral: Amount
  paymentsLeft: bigint
}

/** What to ask a challenge for: any request that the resource covers. */
export interface Sample {
  readonly method: string
  readonly path: string
}

const CAVEATS = [
  'frame',
  'channel',
  'quote',
  'payee',
  'payer',
  'resource',
  'requests_remaining',
  'expiry_before',
]

export class Account {
  readonly options: AccountOptions
  readonly #journal: CredentialJournal
  #agreement: Agreement | undefined
  /** The mandate does not cover a larger deposit: one payment at a time. */
  #isModest = false

  constructor(options: AccountOptions) {
    this.options = options
    this.#journal = CredentialJournal.of(options.buyer)
  }

  /** What an earlier life bought and may still use. */
  restored(): Credential[] {
    const { buyer, origin, seller } = this.options
    return this.#journal
      .ofResource(origin, seller.resource, seller.provider)
      .filter(({ preimage }) => preimage !== undefined)
      .map((record) => new Credential(buyer, record, true))
  }

  async drop(credential: Credential): Promise<void> {
    await this.#journal.save({ ...credential.record, dropped: new Uint8Array(0) })
  }

  /**
   * Buys the next credential. Errors, in order: PAYMENT_PENDING (an earlier payment may still settle), those of the quote
   * (QUOTE_UNIT_PRICE_CEILING…), of the commitment, of the channel, of `examineChallenge`, CREDENTIAL_CAVEATS,
   * CREDENTIAL_LIFETIME,
   * TOTAL_EXCEEDED, those of the mandate, PAYMENT_REFUSED, PAYMENT_PENDING. Up to TOTAL_EXCEEDED nothing was paid.
   */
  purchase(sample: Sample): Promise<Credential> {
    return takeTurn(this.options.buyer.agent, async () => {
      try {
        return (await this.#reconcile()) ?? (await this.#purchase(sample))
      } catch (error) {
        // Whatever was agreed may be what is wrong: the next purchase begins with a new quote.
        this.#agreement = undefined
        throw error
      }
    })
  }

  async #purchase(sample: Sample): Promise<Credential> {
    const { buyer, seller, task } = this.options
    const { keys } = buyer.agent
    let isSecond = false
    for (;;) {
      const agreement = await this.#agree()
      const { digest } = agreement.quote
      keys.purpose(digest, { resource: seller.resource, ...(task === undefined ? {} : { task }) })
      try {
        const credential = await this.#purchaseUnder(agreement, sample)
        if (credential !== undefined) return credential
      } catch (error) {
        // The seller asks to begin again, for instance because the price has run out: once, with a new quote.
        if (isSecond || !(error instanceof RemoteError) || error.status !== 402) throw error
        isSecond = true
        this.#agreement = undefined
      } finally {
        keys.purpose(digest, undefined)
      }
    }
  }

  /** Undefined if the mandate does not cover the deposit of this agreement: a more modest one may do. */
  async #purchaseUnder(agreement: Agreement, sample: Sample): Promise<Credential | undefined> {
    const channel = await this.#modestly(agreement)
    if (channel === undefined) return undefined
    const release = await this.options.buyer.takeBinding(channel.id)
    try {
      await bind(channel, agreement.quote.digest)
      return await this.#pay(sample, agreement, channel)
    } finally {
      release()
    }
  }

  async #agree(): Promise<Agreement> {
    const { buyer, seller, requests, maxPrice, spending, deposit } = this.options
    const known = this.#agreement
    if (known !== undefined && known.paymentsLeft > 0n && known.quote.quote.expiry > buyer.seconds)
      return known
    const perPayment = BigInt(requests)
    // A quote must fit into what may be spent, and into the channel that is opened for it.
    const most = this.#isModest ? perPayment * maxPrice : lesser(spending.left, deposit)
    const affordable = most === undefined ? PAYMENTS_PER_QUOTE : most / (maxPrice * perPayment)
    const payments = affordable < 1n ? 1n : affordable < PAYMENTS_PER_QUOTE ? affordable : PAYMENTS_PER_QUOTE
    const quantity = perPayment * payments
    const signed = await seller.client.quote({
      buyer: buyer.address,
      descriptor: seller.digest,
      resource: seller.resource,
      quantity,
    })
    const quote = verifyQuote(signed, {
      frame: buyer.agent.client.frame,
      descriptor: seller.descriptor.body,
      descriptorDigest: seller.digest,
      buyer: buyer.address,
      resource: seller.resource,
      quantity,
      unitPriceMax: maxPrice,
      totalMax: maxPrice * quantity,
      creditWindowMax: CREDIT_WINDOW_DEFAULT * 32,
      goodsRequired: false,
      now: buyer.seconds,
    })
    const collateral = this.#deposit(quote)
    await commitTo(buyer, seller, { quote, collateral })
    this.#agreement = { quote, collateral, paymentsLeft: payments }
    return this.#agreement
  }

  /** Enough for several quotes, but no more than may be spent: money in a channel is money out of reach. */
  #deposit({ quote: { total } }: VerifiedQuote): Amount {
    const { deposit, spending } = this.options
    if (this.#isModest) return withReserve(total)
    const most = lesser(spending.left, deposit ?? total * QUOTES_PER_CHANNEL) ?? total
    const usable = most < total ? total : most
    return withReserve(usable)
  }

  /** A mandate that does not cover the usual deposit may still cover one payment. */
  async #modestly(agreement: Agreement): Promise<Channel | undefined> {
    try {
      return await this.#channel(agreement)
    } catch (error) {
      if (this.#isModest || !isSymbolonError(error, 'CAP_TOTAL')) throw error
      this.#isModest = true
      this.#agreement = undefined
      return undefined
    }
  }

  /** One that is open and can pay the next payment, or a new one. */
  async #channel({ quote, collateral }: Agreement): Promise<Channel> {
    const { buyer, seller, requests } = this.options
    const { agent } = buyer
    const price = quote.quote.unitPrice * BigInt(requests)
    const warm = agent.findChannel(seller.provider, price)
    if (warm !== undefined) {
      if (!warm.isOnline) await channelStep(warm.connect(await dial(seller.channelUrl)))
      return warm
    }
    requireSolvent(
      { remaining: await buyer.remaining(), cost: collateral, checkedAtMs: performance.now() },
      performance.now(),
    )
    const wanted = { url: seller.channelUrl, quote: quote.digest, collateral }
    return channelStep(openChannelFor(agent, wanted))
  }

  async #pay(sample: Sample, agreement: Agreement, channel: Channel): Promise<Credential> {
    const { buyer, seller, origin, requests, spending } = this.options
    const { frame } = buyer.agent.client
    const { quote } = agreement
    const price = quote.quote.unitPrice * BigInt(requests)
    const header = await this.#challenge(sample, channel.id, quote.digest)
    const challenge = parseChallenge(header)
    const expected = {
      frame: toHex(frame),
      channel: toHex(channel.id),
      quote: toHex(quote.digest),
      resource: seller.resource,
      payee: formatDid(seller.provider),
      payer: formatDid(buyer.address),
    }
    const examined = await examineChallenge(challenge, {
      now: Number(buyer.seconds),
      amountMax: price,
      decodeInvoice: parseInvoice,
      intended: {
        ...expected,
        now: Number(buyer.seconds),
        price: quote.quote.unitPrice,
        method: sample.method,
        endpoint: sample.path,
      },
      binding: {
        expected: { ...expected, price },
        verify: (bytes, signature) =>
          ed25519.verify(signature, domainDigest('challenge', frame, bytes), quote.signed.publicKey),
      },
    })
    requireCaveats(examined.macaroon, requests)
    if ((examined.expiresAt ?? 0) < Number(buyer.seconds) + CREDENTIAL_LIFETIME_MIN_SECONDS)
      throw new SdkError('CREDENTIAL_LIFETIME', 'the credential would end at once; nothing was paid')
    const stub: CredentialRecord = {
      paymentHash: examined.paymentHash as Hash,
      origin,
      resource: seller.resource,
      provider: seller.provider,
      quote: quote.digest,
      channel: channel.id,
      channelUrl: seller.channelUrl,
      challenge: header,
      binding: bindingDigest(frame, challenge),
      requests,
      amount: examined.amount,
      expiresAt: examined.expiresAt ?? 0,
    }
    spending.take(stub.amount)
    try {
      await this.#journal.save(stub)
      return await this.#complete(stub, channel, () => {
        agreement.paymentsLeft--
      })
    } catch (error) {
      // What the channel holds, or has paid, is looked up by the next purchase; it is neither lost nor paid again.
      if (isPending(error) || isUnderWay(channel, stub.paymentHash)) throw error
      spending.giveBack(stub.amount)
      await this.#journal.save({ ...stub, dropped: new Uint8Array(0) })
      throw error
    }
  }

  async #challenge({ method, path }: Sample, channel: Hash, quote: Hash): Promise<string> {
    const { buyer, seller } = this.options
    const headers = {
      [HEADER_PAYER]: formatDid(buyer.address),
      [HEADER_CHANNEL]: toHex(channel),
      [HEADER_QUOTE]: toHex(quote),
    }
    const answer = await seller.client.request(method, path, headers)
    const header = answer.headers.get('www-authenticate')
    if (answer.status === 402 && header?.includes('macaroon=') === true) return header
    let problem: unknown
    try {
      problem = JSON.parse(new TextDecoder().decode(answer.body))
    } catch {
      problem = undefined
    }
    throw problemError(problem, answer.status)
  }

  /** Pays, or waits for the end of a payment that is under way, and keeps the preimage. */
  async #complete(stub: CredentialRecord, channel: Channel, onPaid: () => void): Promise<Credential> {
    const { buyer } = this.options
    const { paymentHash, amount, binding } = stub
    const preimage = await within(
      payChallenge(
        channel,
        { paymentHash: paymentHash as Hash, amount, binding: binding as Hash },
        buyer.agent.ledger.height(),
      ),
      PREIMAGE_TIMEOUT_MS,
      'PAYMENT_PENDING',
      'preimage: the payment is taken or returned later; the next call looks first',
    )
    onPaid()
    const paid = { ...stub, preimage }
    await this.#journal.save(paid)
    return new Credential(buyer, paid, false)
  }

  /** Payments of an earlier attempt or an earlier life whose end is not known: each becomes a credential, or is known to be none. */
  async #reconcile(): Promise<Credential | undefined> {
    const { buyer, origin, seller } = this.options
    for (const stub of this.#journal.ofResource(origin, seller.resource, seller.provider)) {
      if (stub.preimage !== undefined) continue
      const channel = buyer.agent.host.get(stub.channel as Hash)
      if (channel !== undefined) {
        if (!channel.isOnline && channel.preimageOf(stub.paymentHash as Hash) === undefined) {
          await channelStep(channel.connect(await dial(seller.channelUrl)))
          // Comes after whatever was proposed before, so that from here on the state says everything.
          const quote = channel.signed.state.quote ?? channel.terms.quote
          if (quote !== undefined)
            await channelStep(channel.update([{ kind: 'agreeQuote', body: { quote } }]))
        }
        if (isUnderWay(channel, stub.paymentHash)) {
          const credential = await this.#complete(stub, channel, () => {}).catch((error: unknown) => {
            if (isSymbolonError(error, 'PAYMENT_REFUSED')) return undefined
            throw error
          })
          if (credential?.isLive(Number(buyer.seconds) * 1_000) === true) return credential
        }
      }
      await this.#journal.save({ ...stub, dropped: new Uint8Array(0) })
    }
    return undefined
  }
}

function lesser(a: Amount | undefined, b: Amount | undefined): Amount | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a
}

async function bind(channel: Channel, quote: Hash): Promise<void> {
  const bound = channel.signed.state.quote ?? channel.terms.quote
  if (bound === undefined || !equalBytes(bound, quote))
    await channelStep(channel.update([{ kind: 'agreeQuote', body: { quote } }]))
}

function channelStep<T>(step: Promise<T>): Promise<T> {
  return within(step, CHANNEL_STEP_TIMEOUT_MS, 'SELLER_TIMEOUT', 'answer of the seller in the channel')
}

function isUnderWay(channel: Channel, paymentHash: Uint8Array): boolean {
  return (
    channel.preimageOf(paymentHash as Hash) !== undefined ||
    channel.signed.state.pending.some((one) => equalBytes(one.paymentHash, paymentHash))
  )
}

/** Nothing certain is known about the payment: a proposal without an answer counts as one. */
function isPending(error: unknown): boolean {
  return isSymbolonError(error, 'PAYMENT_PENDING') || isSymbolonError(error, 'CHANNEL_OFFLINE')
}

function bindingDigest(frame: Hash, { binding }: Challenge): Hash {
  const bytes = binding?.bytes ?? new Uint8Array(0)
  decodeBinding(bytes)
  return domainDigest('challenge', frame, bytes)
}

/** The credential must allow what is paid for, and must not carry a restriction that was not agreed on. */
function requireCaveats(macaroon: Macaroon, requests: number): void {
  let allowed: bigint | undefined
  for (const { identifier } of macaroon.caveats) {
    const clauses = parseCaveat(identifier)
    for (const { entry, value } of typeof clauses === 'string' ? [] : clauses)
      if (entry.name === 'requests_remaining' && value.kind === 'integer')
        allowed = allowed === undefined || value.integer < allowed ? value.integer : allowed
    if (typeof clauses === 'string' || clauses.some(({ entry }) => !CAVEATS.includes(entry.name)))
      throw new SdkError(
        'CREDENTIAL_CAVEATS',
        'the seller adds a restriction that was not agreed on; nothing was paid',
      )
  }
  if (allowed !== BigInt(requests))
    throw new SdkError(
      'CREDENTIAL_CAVEATS',
      `the seller sells ${allowed ?? 'uncounted'} requests for the price of ${requests}; nothing was paid`,
    )
}

/** Errors: PRICE_OVER_MAX. */
export function requirePrice(price: Amount, maxPrice: Amount): void {
  if (price > maxPrice)
    throw new SdkError(
      'PRICE_OVER_MAX',
      `a request costs ${formatAmount(price)}, over maxPrice = ${formatAmount(maxPrice)}; nothing was paid`,
    )
}
