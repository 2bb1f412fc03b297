/** The buyer's HTTP side: fetches and parses a seller's documents. Everything is bounded, and nothing is believed yet. */
import {
  beaconForm,
  type CommitmentRecord,
  commitmentRecord,
  type Descriptor,
  decodeCommitment,
  decodeSigned,
  descriptorForm,
  encodeSigned,
  negotiationForm,
  quoteForm,
  type Signed,
  type SignedBeacon,
  type SignedNegotiationMessage,
  type SignedQuote,
} from '@symbolon/market'
import { type Address, encode, fromJson, type Hash, type Schema, toHex } from '@symbolon/primitives'
import { RemoteError, SdkError } from '../errors.ts'
import { SELLER_BODY_BYTES_MAX, SELLER_TIMEOUT_MS } from '../limits.ts'
import {
  commitRequest,
  marketMessage,
  negotiationAnswer,
  problem,
  quoteRequest,
  ROUTES,
  signedRecord,
  writeJson,
} from '../wire/routes.ts'

export interface SellerAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array
}

export class SellerClient {
  readonly url: string
  readonly #fetch: typeof fetch

  constructor(url: string, fetcher: typeof fetch = fetch) {
    this.url = url.replace(/\/+$/, '')
    this.#fetch = fetcher
  }

  async descriptor(digest: Hash, signal?: AbortSignal): Promise<Signed<Descriptor>> {
    const { record } = await this.#json(
      'GET',
      ROUTES.descriptor + toHex(digest),
      undefined,
      signedRecord,
      signal,
    )
    return decodeSigned(descriptorForm, record)
  }

  async beacon(digest: Hash, signal?: AbortSignal): Promise<SignedBeacon> {
    const { record } = await this.#json('GET', ROUTES.beacon + toHex(digest), undefined, signedRecord, signal)
    return decodeSigned(beaconForm, record)
  }

  async quote(
    of: {
      buyer: Address
      descriptor: Hash
      resource: string
      quantity: bigint
      first?: number
      negotiation?: Hash
    },
    signal?: AbortSignal,
  ): Promise<SignedQuote> {
    const { record } = await this.#json(
      'POST',
      ROUTES.quote,
      writeJson(quoteRequest, of),
      signedRecord,
      signal,
    )
    return decodeSigned(quoteForm, record)
  }

  /** Sends a negotiation message; undefined if it ended the negotiation. */
  async negotiate(
    message: SignedNegotiationMessage,
    signal?: AbortSignal,
  ): Promise<SignedNegotiationMessage | undefined> {
    const body = writeJson(marketMessage, { record: encodeSigned(negotiationForm, message) })
    const { record } = await this.#json('POST', ROUTES.negotiate, body, negotiationAnswer, signal)
    return record === undefined ? undefined : decodeSigned(negotiationForm, record)
  }

  async commit(quote: Hash, proposal: CommitmentRecord, signal?: AbortSignal): Promise<CommitmentRecord> {
    const body = writeJson(commitRequest, { quote, record: encode(commitmentRecord, proposal) })
    const { record } = await this.#json('POST', ROUTES.commit, body, marketMessage, signal)
    return decodeCommitment(record)
  }

  /** A request for a paid resource. Never throws for a status; throws SELLER_UNREACHABLE and SELLER_ANSWER_TOO_LARGE. */
  async request(
    method: string,
    path: string,
    headers: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<SellerAnswer> {
    return this.#send(method, path, undefined, headers, signal)
  }

  async #json<T>(
    method: string,
    path: string,
    body: string | undefined,
    schema: Schema<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const answer = await this.#send(
      method,
      path,
      body,
      body === undefined ? {} : { 'content-type': 'application/json' },
      signal,
    )
    let json: unknown
    try {
      json = JSON.parse(new TextDecoder().decode(answer.body))
    } catch (cause) {
      throw new SdkError('SELLER_ANSWER_INVALID', `${this.url} answered ${answer.status} without JSON`, {
        cause,
      })
    }
    if (answer.status >= 400) throw problemError(json, answer.status)
    return fromJson(schema, json)
  }

  async #send(
    method: string,
    path: string,
    body: string | undefined,
    headers: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<SellerAnswer> {
    const timeout = AbortSignal.timeout(SELLER_TIMEOUT_MS)
    let response: Response
    try {
      response = await this.#fetch(this.url + path, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        redirect: 'error',
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      })
    } catch (cause) {
      throw new SdkError('SELLER_UNREACHABLE', `no answer from ${this.url}; try the next provider`, { cause })
    }
    return {
      status: response.status,
      headers: response.headers,
      body: await readBounded(response, SELLER_BODY_BYTES_MAX),
    }
  }
}

/** The error that a seller's problem document names, under the seller's code. */
export function problemError(json: unknown, status: number): RemoteError {
  try {
    const { code, detail } = fromJson(
      problem,
      Object.fromEntries(
        Object.entries(json as object).filter(([name]) =>
          ['type', 'title', 'status', 'detail', 'code'].includes(name),
        ),
      ),
    )
    return new RemoteError(code, detail, status)
  } catch {
    return new RemoteError('SELLER_REFUSED', `the seller answered ${status} without saying why`, status)
  }
}

/** Reads a body to its end, or throws SELLER_ANSWER_TOO_LARGE and drops the connection. */
export async function readBounded(response: Response, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > bytesMax) {
      await response.body?.cancel().catch(() => {})
      throw new SdkError('SELLER_ANSWER_TOO_LARGE', `the answer is longer than ${bytesMax} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
