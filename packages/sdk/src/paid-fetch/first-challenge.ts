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

/** Undefined for every 402 that is not of a Symbolon seller: it belongs to the caller, body and all. */
export async function readFirstChallenge(response: Response): Promise<FirstChallenge | undefined> {
  if (response.status !== 402) return undefined
  try {
    const offered = parseChallenges(response.headers.get('www-authenticate') ?? '')
    const ours = offered.some(
      ({ scheme, params }) => scheme.toLowerCase() === 'l402' && params.get('realm') === 'symbolon',
    )
    if (!ours) return undefined
    const body = await readBounded(response.clone(), SELLER_BODY_BYTES_MAX)
    const json = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>
    return fromJson(firstChallenge, Object.fromEntries(NAMES.map((name) => [name, json[name]])))
  } catch {
    return undefined
  }
}
