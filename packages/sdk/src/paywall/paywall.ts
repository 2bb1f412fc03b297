/**
 * The paywall's core: one decision per request, the same behind every framework.
 *
 *   route ─▶ credential ─▶ check ─▶ replay book ─▶ grant ─▶ count and grant, durable ─▶ serve
 *     │free      │none       │refused   │same answer   │counted before ──────────────────▲
 *     ▼          ▼           ▼          ▼
 *    pass       402         402      respond
 *
 * Nothing is served before its use is counted on disk together with the name of the request that used it. A request is named
 * by credential, request id, method and path, and consists of its query and body: the same name with other contents is
 * refused. A request without an id is counted each time that it comes.
 *
 * Cost per paid request: the check of a credential (about 10 µs), three SHA-256, and a share of one flush of the journal.
 */
import { randomBytes } from 'node:crypto'
import { parsePresentation } from '@symbolon/credentials'
import type { DescriptorTerms } from '@symbolon/market'
import {
  type Address,
  type Amount,
  equalBytes,
  fromHex,
  type Hash,
  SymbolonError,
  sha256,
} from '@symbolon/primitives'
import { REPLAY_UNDELIVERED_MAX } from '../limits.ts'
import type { RequestGrant } from '../seller/journal.ts'
import type { Offer } from '../seller/offer.ts'
import type { PaidContext } from '../seller/payment-door.ts'
import type { Seller } from '../seller/seller.ts'
import { type HttpAnswer, problemAnswer } from '../wire/http.ts'
import { HEADER_QUOTE, HEADER_REQUEST, problemOf, WELL_KNOWN } from '../wire/routes.ts'
import { ReplayBook, type ReplayLimits, type StoredAnswer } from './replay.ts'
import type { PaywallRequest } from './request.ts'
import { type PaidRoute, parseRouteName, parseRoutes, type RoutePrice } from './route.ts'
import { type PaidPlace, RouteTable } from './route-table.ts'

export interface PaywallOptions {
  readonly seller: Seller
  /** `{'GET /weather': '0.001'}`, in units as text or base units; the first that matches counts. */
  readonly routes: Readonly<Record<string, RoutePrice>>
  /** `METHOD /path` under a paid path that are free all the same, such as `OPTIONS /api/*`. */
  readonly free?: readonly string[]
  /** More for the descriptors of the routes: capability, price segments, service level. */
  readonly terms?: Partial<DescriptorTerms> & { readonly responseMedia?: string }
  readonly replay?: Partial<ReplayLimits>
}

/** Leave to serve one paid request. Exactly one of `answered`, `undelivered` and `failed` is called, once the outcome is known. */
export interface Ticket {
  readonly route: PaidRoute
  readonly payer: Address
  /** Lower-case hexadecimal: names the payment in logs and receipts. */
  readonly paymentHash: string
  readonly price: Amount
  /** Longest body that is kept for a repeat. */
  readonly keepBytesMax: number
  /** Served; undefined if the answer was too long to be kept. */
  answered(answer: StoredAnswer | undefined): void
  /** Begun, too long to be kept, and not delivered whole: may come again REPLAY_UNDELIVERED_MAX times. */
  undelivered(): void
  /** Not served: the same request may come again, and is neither paid nor counted again. */
  failed(): void
}

export type Decision =
  | { readonly kind: 'free' }
  | { readonly kind: 'respond'; readonly answer: HttpAnswer | StoredAnswer }
  | { readonly kind: 'serve'; readonly ticket: Ticket }

export interface Paywall {
  readonly seller: Seller
  decide(request: PaywallRequest): Promise<Decision>
}

/** Status of refusals that are not about payment. */
const STATUS: Readonly<Record<string, number>> = {
  PATH_AMBIGUOUS: 400,
  PATH_TOO_LONG: 414,
  METHOD_NOT_SOLD: 405,
  REQUEST_ID_MALFORMED: 400,
  BODY_TOO_LARGE: 413,
  REQUEST_ID_REUSED: 422,
  REPLAY_NOT_KEPT: 409,
}

/**
 * Puts the routes up for sale (call `seller.publish()` afterwards to be found) and guards them.
 * Errors: those of `parseRoutes` and of drafting a descriptor.
 */
export async function createPaywall(options: PaywallOptions): Promise<Paywall> {
  const { seller, terms = {} } = options
  const places: PaidPlace[] = []
  for (const route of parseRoutes(options.routes))
    places.push({ route, offer: await seller.sellRoute(route, terms) })
  const table = new RouteTable(places, (options.free ?? []).map(parseRouteName))
  const gate = new Gate(seller, table, new ReplayBook(options.replay))
  return { seller, decide: (request) => gate.decide(request) }
}

class Gate {
  readonly #seller: Seller
  readonly #table: RouteTable
  readonly #replays: ReplayBook

  constructor(seller: Seller, table: RouteTable, replays: ReplayBook) {
    this.#seller = seller
    this.#table = table
    this.#replays = replays
  }

  /** Rejects only if the journal does; every other refusal is an answer. */
  async decide(request: PaywallRequest): Promise<Decision> {
    try {
      if (request.path.startsWith(WELL_KNOWN)) {
        const answer = await this.#seller.http(request)
        if (answer !== undefined) return { kind: 'respond', answer }
      }
      const place = this.#table.find(request.method, request.path)
      if (place === undefined) return { kind: 'free' }
      const authorization = request.header('authorization')
      if (authorization === undefined) return await this.#challenge(request, place)
      return await this.#present(request, place, authorization)
    } catch (error) {
      const status = error instanceof SymbolonError ? STATUS[error.code] : undefined
      if (status === undefined) throw error
      return { kind: 'respond', answer: problemAnswer(problemOf(error, status)) }
    }
  }

  /** 402: with a challenge that can be paid if the request names what it is bound to, otherwise with where to begin. */
  async #challenge(
    request: PaywallRequest,
    { offer, route }: PaidPlace,
    refusal?: SymbolonError,
  ): Promise<Decision> {
    if (request.header(HEADER_QUOTE) === undefined)
      return { kind: 'respond', answer: this.#seller.door.unboundChallenge(offer, refusal) }
    try {
      this.#requireFreshQuote(request, offer)
      const { header } = await this.#seller.door.challenge(request, offer, route.requests ?? 1)
      const reason =
        refusal ??
        new SymbolonError(
          'PAYMENT_REQUIRED',
          'pay the invoice in the named channel, then present the credential',
        )
      return {
        kind: 'respond',
        answer: problemAnswer(problemOf(reason, 402), { 'www-authenticate': header }),
      }
    } catch (error) {
      // What the request names cannot be paid in: it has to begin again, and is told why it was refused.
      if (error instanceof SymbolonError)
        return { kind: 'respond', answer: this.#seller.door.unboundChallenge(offer, refusal ?? error) }
      throw error
    }
  }

  /** A price holds as long as its quote says, however many payments are made under it. */
  #requireFreshQuote(request: PaywallRequest, offer: Offer): void {
    const name = request.header(HEADER_QUOTE) ?? ''
    const issued = /^[0-9a-f]{64}$/.test(name)
      ? this.#seller.agreements.quotes.get(fromHex(name) as Hash)
      : undefined
    if (issued !== undefined && BigInt(this.#seller.seconds) > issued.quote.expiry)
      throw new SymbolonError(
        'QUOTE_EXPIRED',
        `the price of ${offer.resource} may have changed; ask for a new quote`,
      )
  }

  async #present(request: PaywallRequest, place: PaidPlace, authorization: string): Promise<Decision> {
    const id = requestId(request.header(HEADER_REQUEST))
    const { route } = place
    let presented: Presented
    try {
      presented = this.#check(request, place, authorization)
    } catch (error) {
      if (error instanceof SymbolonError) return this.#challenge(request, place, error)
      throw error
    }
    const name = requestName(presented.signature, id, request)
    const content = sha256(Buffer.concat([sha256(Buffer.from(request.query)), await request.bytes()])) as Hash
    for (;;) {
      const now = this.#seller.seconds
      const entry = this.#replays.find(name, now)
      if (entry !== undefined) {
        requireSame(entry.content, content)
        if (entry.state === 'answered') return { kind: 'respond', answer: entry.answer }
        await entry.done
        continue
      }
      const grant = this.#seller.journal.grantOf(name, now)
      if (grant !== undefined) {
        requireSame(grant.content, content)
        requireServable(grant)
        // No await between the look-up and this: of two repeats, one runs and the other waits.
        this.#replays.begin(name, content)
        return { kind: 'serve', ticket: this.#ticket(name, route, presented, grant) }
      }
      this.#replays.begin(name, content)
      return this.#count(
        request,
        { name, content, expiresAt: presented.expiresAt },
        place,
        presented,
        authorization,
      )
    }
  }

  async #count(
    request: PaywallRequest,
    of: { name: Hash; content: Hash; expiresAt: number },
    place: PaidPlace,
    presented: Presented,
    authorization: string,
  ): Promise<Decision> {
    const { name, content, expiresAt } = of
    try {
      const { macaroon, preimage } = parsePresentation(authorization)
      const verifier = this.#seller.door.verifierGranting({ request: name, content, expiresAt })
      const verdict = await verifier.verify(macaroon, preimage, presented.context)
      if (verdict.accepted) {
        const grant = this.#seller.journal.grantOf(name, this.#seller.seconds) ?? {
          content,
          expiresAt,
          answered: false,
          undelivered: 0,
        }
        return { kind: 'serve', ticket: this.#ticket(name, place.route, presented, grant) }
      }
      this.#replays.end(name, undefined, presented.context.now)
      return this.#challenge(request, place, new SymbolonError(verdict.code, verdict.message))
    } catch (error) {
      this.#replays.end(name, undefined, presented.context.now)
      throw error
    }
  }

  /** Everything that can be checked without counting. Errors: those of `Seller.contextOf` and of the verifier. */
  #check(request: PaywallRequest, { offer, route }: PaidPlace, authorization: string): Presented {
    const { macaroon, preimage } = parsePresentation(authorization)
    const { context, payer, issued } = this.#seller.door.contextOf(request, offer, route.price)
    const priced = { ...context, price: issued.quote.unitPrice }
    const checked = this.#seller.door.verifier.check(macaroon, preimage, priced)
    if (!checked.accepted) throw new SymbolonError(checked.code, checked.message)
    const { paymentHash, expiresAt } = checked
    return { context: priced, payer, paymentHash, expiresAt, signature: macaroon.signature }
  }

  #ticket(name: Hash, route: PaidRoute, presented: Presented, grant: RequestGrant): Ticket {
    const end = (answer: StoredAnswer | undefined): void =>
      this.#replays.end(name, answer, this.#seller.seconds)
    return {
      route,
      payer: presented.payer,
      paymentHash: presented.paymentHash,
      price: presented.context.price,
      keepBytesMax: this.#replays.limits.bodyBytesMax,
      answered: (answer) => {
        grant.answered = true
        end(answer)
      },
      undelivered: () => {
        grant.undelivered++
        end(undefined)
      },
      failed: () => end(undefined),
    }
  }
}

interface Presented {
  readonly context: PaidContext['context']
  readonly payer: Address
  readonly paymentHash: string
  readonly expiresAt: number
  readonly signature: Uint8Array
}

/** A request without an id gets one that nobody can repeat. */
function requestId(given: string | undefined): string {
  if (given === undefined) return randomBytes(16).toString('hex')
  if (!/^[0-9a-f]{32}$/.test(given))
    throw new SymbolonError(
      'REQUEST_ID_MALFORMED',
      `${HEADER_REQUEST} is 16 random bytes in lower-case hexadecimal; send 32 digits`,
    )
  return given
}

/** The macaroon's signature stands for the credential: a narrowed copy is another credential and sees no answers of this one. */
function requestName(signature: Uint8Array, id: string, { method, path }: PaywallRequest): Hash {
  return sha256(Buffer.concat([signature, Buffer.from(`${id} ${method} ${path}`)])) as Hash
}

function requireSame(before: Hash, now: Hash): void {
  if (!equalBytes(before, now))
    throw new SymbolonError(
      'REQUEST_ID_REUSED',
      `another request was made under this ${HEADER_REQUEST}; choose a new one for each request`,
    )
}

function requireServable({ answered, undelivered }: RequestGrant): void {
  if (answered || undelivered >= REPLAY_UNDELIVERED_MAX)
    throw new SymbolonError(
      'REPLAY_NOT_KEPT',
      'this request was answered and the answer is no longer kept; make a new request',
    )
}
