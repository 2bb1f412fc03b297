/** The first 402 of a seller that one has not bought from: who sells what, in which frame, and nothing that could be paid yet. */
import { parseChallenges } from '@symbolon/credentials'
import { RESOURCE_BYTES_MAX } from '@symbolon/market'
import { did, fromJson, hash, type Infer, record, text, u64, uint } from '@symbolon/primitives'
import { readBounded } from '../buyer/seller-client.ts'
import { REQUESTS_PER_PAYMENT_MAX, SELLER_BODY_BYTES_MAX } from '../limits.ts'

export const firstChallenge = record('first-challenge', {
  offers: [1, text(512)],
  descriptor: [2, hash],
  provider: [3, did],
  frame: [4, hash],
  resource: [5, text(RESOURCE_BYTES_MAX, { name: 'resource', bytesMin: 1 })],
  /** Base units per request, by the published price; the quote decides. */
  price: [6, u64('price')],
  /** Requests that one payment buys. */
  requests: [7, uint(REQUESTS_PER_PAYMENT_MAX)],
})
export type FirstChallenge = Infer<typeof firstChallenge>

const NAMES = ['offers', 'descriptor', 'provider', 'frame', 'resource', 'price', 'requests']

export interface FirstAnswer {
  /** Undefined for everything but the 402 of a Symbolon seller. */
  readonly first: FirstChallenge | undefined
  /** The answer as it came, its body unread or read and put back: it belongs to the caller. */
  readonly response: Response
}

/**
 * Reads a 402 that claims to be ours, to its bound: a copy of the stream would have to be read to its end, which a hostile
 * seller need not send. Errors: SELLER_ANSWER_TOO_LARGE.
 */
export async function readFirstChallenge(response: Response): Promise<FirstAnswer> {
  if (response.status !== 402 || !claimsToBeOurs(response)) return { first: undefined, response }
  const body = await readBounded(response, SELLER_BODY_BYTES_MAX)
  try {
    const json = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>
    const first = fromJson(firstChallenge, Object.fromEntries(NAMES.map((name) => [name, json[name]])))
    return { first, response }
  } catch {
    const { status, statusText, headers } = response
    return { first: undefined, response: new Response(new Uint8Array(body), { status, statusText, headers }) }
  }
}

function claimsToBeOurs(response: Response): boolean {
  try {
    return parseChallenges(response.headers.get('www-authenticate') ?? '').some(
      ({ scheme, params }) => scheme.toLowerCase() === 'l402' && params.get('realm') === 'symbolon',
    )
  } catch {
    return false
  }
}
