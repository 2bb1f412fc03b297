/**
 * A `fetch` that pays. On a 402 of a Symbolon seller it verifies the seller in the registry, agrees on a price, pays in a channel and
 * repeats the request with the credential; everything else passes through. What it may spend is bounded three times: by
 * `maxPrice` per request, by `maxTotal`, and by the mandate, without which no signature exists.
 *
 *   request ─▶ known resource? ─no─▶ send ─▶ 402? ─yes─▶ verify seller ─▶ agree, pay ─┐
 *                   │yes                       └no─▶ pass through                      │
 *                   └──▶ take a use ◀──────────────────────────────────────────────────┘
 *                             └─▶ send with credential and request id ─▶ lost or 5xx: again, same id
 */
import { randomBytes } from 'node:crypto'
import type { RenewalConfig } from '@symbolon/credentials'
import { type Address, type Amount, equalBytes, formatDid, parseAmount } from '@symbolon/primitives'
import type { Buyer } from '../buyer/buyer.ts'
import { SdkError } from '../errors.ts'
import {
  LOST_RETRIES_MAX,
  LOST_RETRY_MS,
  PAID_RESOURCES_MAX,
  REFUSAL_TOLERANCE_MS,
  REQUESTS_PER_PAYMENT_DEFAULT_MAX,
} from '../limits.ts'
import { matchesRoute } from '../paywall/route.ts'
import { HEADER_REQUEST } from '../wire/routes.ts'
import { Account, requirePrice } from './account.ts'
import { type Call, readCall } from './call.ts'
import type { Credential } from './credential.ts'
import { CredentialJournal } from './credential-journal.ts'
import { CredentialPool } from './credential-pool.ts'
import { type FirstChallenge, readFirstChallenge } from './first-challenge.ts'
import { OwedRequests } from './owed-requests.ts'
import { SpendingLimit } from './spending-limit.ts'
import { verifySeller } from './verified-seller.ts'

export interface PaidFetchOptions {
  readonly buyer: Buyer
  /** Most that one request may cost: units as text, or base units. */
  readonly maxPrice: string | Amount
  /** Most that this function spends in its life; default: the mandate's bounds alone. */
  readonly maxTotal?: string | Amount
  /** Label for task caps of the mandate. */
  readonly task?: string
  /** Most requests that one payment may buy; default REQUESTS_PER_PAYMENT_DEFAULT_MAX. */
  readonly requestsMax?: number
  /** Base units to lock when a channel has to be opened; default: the price of several quotes. */
  readonly deposit?: Amount
  /** Asked when another provider answers at an origin that one has bought from before; default: no. */
  readonly allowProvider?: (origin: string, before: Address, now: Address) => boolean
  readonly renewal?: RenewalConfig
  /** Unix milliseconds. */
  readonly clock?: () => number
}

/** `fetch`, and what it has spent. */
export interface PaidFetch {
  (input: RequestInfo | URL, init?: RequestInit): Promise<Response>
  /** Base units paid, or on their way. */
  readonly spent: Amount
}

/** A paid resource of one origin. */
interface Resource {
  readonly origin: string
  readonly route: { readonly method: string; readonly path: string }
  readonly pool: CredentialPool
  /** Set when the seller took a payment and does not accept its credential: nothing more is paid here. */
  distrust?: SdkError
}

export function createPaidFetch(options: PaidFetchOptions): PaidFetch {
  const wallet = new Wallet(options)
  const paidFetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> =>
    wallet.fetch(await readCall(input, init))
  return Object.defineProperty(paidFetch, 'spent', { get: () => wallet.spent }) as PaidFetch
}

class Wallet {
  readonly #options: PaidFetchOptions
  readonly #maxPrice: Amount
  readonly #spending: SpendingLimit
  readonly #clock: () => number
  readonly #resources: Resource[] = []
  /** Sellers that are being verified, by origin and resource: concurrent strangers are met once. */
  readonly #opening = new Map<string, Promise<Resource>>()
  /** Addresses that are asked for the first time, until it is known whether they are paid. */
  readonly #probing = new Map<string, Promise<void>>()
  /** Addresses that were free: concurrent calls of them do not wait for each other. A hint. */
  readonly #free = new Set<string>()
  readonly #owed = new OwedRequests()

  constructor(options: PaidFetchOptions) {
    this.#options = options
    this.#maxPrice = amountOf(options.maxPrice)
    this.#spending = new SpendingLimit(
      options.maxTotal === undefined ? undefined : amountOf(options.maxTotal),
    )
    this.#clock = options.clock ?? Date.now
  }

  get spent(): Amount {
    return this.#spending.spent
  }

  async fetch(call: Call): Promise<Response> {
    const known = this.#resources.find(
      ({ origin, route }) =>
        origin === call.url.origin && matchesRoute(route, call.method, call.url.pathname),
    )
    if (known !== undefined) return this.#pay(known, call)
    return this.#probe(call)
  }

  /** A request without credential. Of calls that come together for one address, the first finds out whether it is paid. */
  async #probe(call: Call): Promise<Response> {
    const address = `${call.method} ${call.url.origin}${call.url.pathname}`
    const before = this.#probing.get(address)
    if (before !== undefined && !this.#free.has(address)) {
      await before
      return this.fetch(call)
    }
    let done = (): void => {}
    if (!this.#free.has(address))
      this.#probing.set(
        address,
        new Promise<void>((resolve) => {
          done = () => {
            this.#probing.delete(address)
            resolve()
          }
        }),
      )
    try {
      const { first, response } = await readFirstChallenge(await this.#send(call, {}, call.redirect))
      if (first === undefined) {
        if (this.#free.size >= PAID_RESOURCES_MAX) this.#free.clear()
        this.#free.add(address)
        return response
      }
      this.#free.delete(address)
      if (response.redirected)
        throw new SdkError(
          'PAYMENT_REDIRECTED',
          `${call.url.href} redirects to ${response.url}, which asks for payment; call that address itself`,
        )
      const resource = await abortable(this.#open(call, first), call.signal)
      done()
      return await this.#pay(resource, call)
    } finally {
      done()
    }
  }

  #open(call: Call, first: FirstChallenge): Promise<Resource> {
    const key = `${call.url.origin} ${first.resource}`
    const opening = this.#opening.get(key)
    if (opening !== undefined) return opening
    const run = this.#meet(call, first).finally(() => this.#opening.delete(key))
    this.#opening.set(key, run)
    return run
  }

  /** Errors, in order: PRICE_OVER_MAX, REQUESTS_OVER_MAX, PROVIDER_CHANGED, those of `verifySeller`. Nothing was paid. */
  async #meet(call: Call, first: FirstChallenge): Promise<Resource> {
    const { buyer, requestsMax = REQUESTS_PER_PAYMENT_DEFAULT_MAX, task, deposit } = this.#options
    const { origin, pathname: path } = call.url
    requirePrice(first.price, this.#maxPrice)
    if (first.requests < 1 || first.requests > requestsMax)
      throw new SdkError(
        'REQUESTS_OVER_MAX',
        `the seller sells ${first.requests} requests at a time; requestsMax is ${requestsMax}`,
      )
    const journal = CredentialJournal.of(buyer)
    this.#requireSameProvider(journal.providerOf(origin), origin, first.provider as Address)
    const seller = await verifySeller(buyer, origin, { method: call.method, path }, first)
    const account = new Account({
      buyer,
      seller,
      origin,
      requests: first.requests,
      maxPrice: this.#maxPrice,
      spending: this.#spending,
      task,
      deposit,
    })
    const pool = new CredentialPool(account, this.#clock, this.#options.renewal)
    const resource: Resource = { origin, route: seller.route, pool }
    if (this.#resources.length >= PAID_RESOURCES_MAX) this.#resources.shift()
    this.#resources.push(resource)
    return resource
  }

  #requireSameProvider(before: Uint8Array | undefined, origin: string, now: Address): void {
    if (before === undefined || equalBytes(before, now)) return
    if (this.#options.allowProvider?.(origin, before as Address, now) === true) return
    throw new SdkError(
      'PROVIDER_CHANGED',
      `${origin} was ${formatDid(before as Address)} before and is ${formatDid(now)} now; nothing was paid, allow it with allowProvider`,
    )
  }

  /** Errors: those of a purchase, CREDENTIAL_REFUSED (paid and not accepted), RESPONSE_LOST (call again: not paid again). */
  async #pay(resource: Resource, call: Call): Promise<Response> {
    const { method, digest } = call
    if (call.headers.has('authorization'))
      throw new SdkError(
        'AUTHORIZATION_TAKEN',
        'the payment credential needs the Authorization header; authenticate in another header',
      )
    const sample = { method, path: call.url.pathname }
    for (;;) {
      if (resource.distrust !== undefined) throw resource.distrust
      const owed = this.#owed.take(digest, this.#clock())
      const credential = owed?.credential ?? (await abortable(resource.pool.take(sample), call.signal))
      const id = owed?.id ?? randomBytes(16).toString('hex')
      const response = await this.#insist(call, credential, id)
      if (response.status !== 402) {
        if (response.status < 500) credential.isProven = true
        return response
      }
      const reason = await codeOf(response)
      await resource.pool.drop(credential)
      const isEnding = credential.span.expiresAt - this.#clock() < REFUSAL_TOLERANCE_MS
      // An earlier life may have spent it, or the seller's clock is ahead. Otherwise it was paid for and is not honoured.
      if (credential.isRestored || (credential.isProven && isEnding)) continue
      resource.distrust = new SdkError(
        'CREDENTIAL_REFUSED',
        `${resource.origin} took a payment and refuses its credential (${reason}); nothing more is paid there`,
      )
      throw resource.distrust
    }
  }

  /** Sends the same request until it is answered. What stays unanswered is owed, and repeated by the same call later. */
  async #insist(call: Call, credential: Credential, id: string): Promise<Response> {
    const headers = { ...credential.headers, [HEADER_REQUEST]: id }
    const isAborted = (): boolean => call.signal?.aborted ?? false
    for (let attempt = 0; ; attempt++) {
      const isLast = attempt === LOST_RETRIES_MAX || isAborted()
      try {
        const response = await this.#send(call, headers, 'manual')
        if (response.status < 500) return response
        if (isLast) {
          this.#owed.add(call.digest, { id, credential })
          return response
        }
        await response.body?.cancel()
      } catch (cause) {
        if (isLast || isAborted()) {
          this.#owed.add(call.digest, { id, credential })
          if (isAborted()) throw cause
          throw new SdkError(
            'RESPONSE_LOST',
            `no answer from ${call.url.origin}; make the same call again, it is not paid again`,
            { cause },
          )
        }
      }
      await new Promise((resolve) => setTimeout(resolve, LOST_RETRY_MS * 2 ** attempt))
    }
  }

  /** With a credential no redirect is followed: it would be shown to whoever it leads to. */
  #send(call: Call, extra: Record<string, string>, redirect: RequestRedirect): Promise<Response> {
    const headers = new Headers(call.headers)
    for (const [name, value] of Object.entries(extra)) headers.set(name, value)
    return this.#options.buyer.fetch(call.url, {
      method: call.method,
      headers,
      redirect,
      ...(call.body === undefined ? {} : { body: call.body }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    })
  }
}

function amountOf(given: string | Amount): Amount {
  return typeof given === 'string' ? parseAmount(given) : given
}

async function codeOf(response: Response): Promise<string> {
  const problem: unknown = await response.json().catch(() => undefined)
  const code = (problem as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code.slice(0, 64) : 'no reason given'
}

/** Ends the wait, not the purchase: others may wait for it, and what it buys is kept. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  promise.catch(() => {})
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
