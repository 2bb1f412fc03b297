/** The buyer's side of a paywall by hand, step by step, so that a test can do each step wrongly. */

import type { Channel } from '@symbolon/channels'
import { decodeBinding, formatPresentation, type Macaroon, parseChallenge } from '@symbolon/credentials'
import { commitmentTerms, proposeCommitment, verifyQuote } from '@symbolon/market'
import {
  type Amount,
  domainDigest,
  encode,
  equalBytes,
  formatDid,
  type Hash,
  toHex,
} from '@symbolon/primitives'
import {
  type Buyer,
  dial,
  HEADER_CHANNEL,
  HEADER_PAYER,
  HEADER_QUOTE,
  HEADER_REQUEST,
  parseInvoice,
  payChallenge,
  ROUTES,
  SellerClient,
} from '@symbolon/sdk'
import type { Shop } from './paid-world.ts'

export interface Paid {
  readonly macaroon: Macaroon
  readonly preimage: Uint8Array
  readonly authorization: string
  /** Payer, channel, quote. */
  readonly bound: Record<string, string>
  readonly amount: Amount
}

export const requestId = (n: number): string => n.toString(16).padStart(32, '0')

/** Quote, commitment and channel for a route of the shop. */
export async function agree(
  buyer: Buyer,
  shop: Shop,
  resource: string,
  quantity = 10n,
  channel?: Channel,
): Promise<{ channel: Channel; quote: Hash; bound: Record<string, string> }> {
  const offer = [...shop.seller.catalogue.offers.values()].find((one) => one.resource === resource)
  if (offer === undefined) throw new Error(`the shop does not sell ${resource}`)
  const client = new SellerClient(shop.url)
  const { frame, genesis } = buyer.agent.client
  const signed = await client.quote({ buyer: buyer.address, descriptor: offer.digest, resource, quantity })
  const quote = verifyQuote(signed, {
    frame,
    descriptor: offer.descriptor.body,
    descriptorDigest: offer.digest,
    buyer: buyer.address,
    resource,
    quantity,
    unitPriceMax: 10n ** 15n,
    totalMax: 10n ** 18n,
    creditWindowMax: 1_024,
    goodsRequired: false,
    now: buyer.seconds,
  })
  const { challengePeriod } = genesis.parameters
  const collateral = quote.quote.total * 10n
  const terms = {
    frame,
    buyer: buyer.address,
    provider: shop.seller.address,
    quote: quote.digest,
    serviceLevel: offer.descriptor.body.serviceLevel,
    negotiated: {
      priceCapPerUnit: quote.quote.unitPrice,
      collateral,
      challengePeriod,
      creditWindow: BigInt(quote.quote.creditWindow),
    },
    budget: quote.quote.total,
    disputes: 'channel-state' as const,
    nonce: crypto.getRandomValues(new Uint8Array(16)),
    proposed: buyer.seconds,
    validity: 60n,
  }
  const { keys } = buyer.agent
  const sign = () => keys.signMessage('commitment', frame, encode(commitmentTerms, terms))
  await client.commit(
    quote.digest,
    await proposeCommitment(terms, quote, { publicKey: keys.publicKey, sign }),
  )
  let open = channel
  if (open === undefined)
    open = await buyer.agent.host.open(await dial(`${shop.url.replace('http', 'ws')}${ROUTES.channel}`), {
      deposits: [collateral, 0n],
      reserve: 1n,
      challengePeriod,
      nonce: await buyer.agent.ledger.nextNonce(),
      quote: quote.digest,
    })
  else if (!equalBytes(open.signed.state.quote ?? new Uint8Array(0), quote.digest))
    await open.update([{ kind: 'agreeQuote', body: { quote: quote.digest } }])
  const bound = {
    [HEADER_PAYER]: formatDid(buyer.address),
    [HEADER_CHANNEL]: toHex(open.id),
    [HEADER_QUOTE]: toHex(quote.digest),
  }
  return { channel: open, quote: quote.digest, bound }
}

/** Challenge and payment; the price is whatever the seller asks. */
export async function payFor(
  buyer: Buyer,
  url: string,
  agreed: { channel: Channel; bound: Record<string, string> },
  method = 'GET',
): Promise<Paid> {
  const answer = await fetch(url, { method, headers: agreed.bound })
  const header = answer.headers.get('www-authenticate') ?? ''
  await answer.body?.cancel()
  const challenge = parseChallenge(header)
  const bytes = challenge.binding?.bytes ?? new Uint8Array(0)
  decodeBinding(bytes)
  const { paymentHash, amount } = parseInvoice(challenge.invoice)
  const { agent } = buyer
  const binding = domainDigest('challenge', agent.client.frame, bytes)
  const preimage = await payChallenge(
    agreed.channel,
    { paymentHash: paymentHash as Hash, amount, binding },
    agent.ledger.height(),
  )
  const { macaroon } = challenge
  const authorization = formatPresentation({ macaroon, preimage })
  return { macaroon, preimage, authorization, bound: agreed.bound, amount }
}

/** A request with a credential, changed as the test wants. */
export function present(
  url: string,
  paid: Pick<Paid, 'authorization' | 'bound'>,
  more: { id?: string; method?: string; body?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(url, {
    method: more.method ?? 'GET',
    headers: {
      ...paid.bound,
      authorization: paid.authorization,
      ...(more.id === undefined ? {} : { [HEADER_REQUEST]: more.id }),
      ...more.headers,
    },
    ...(more.body === undefined ? {} : { body: more.body }),
  })
}

export async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { code: string }).code
}
