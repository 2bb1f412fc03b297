import type { IncomingMessage, ServerResponse } from 'node:http'
import { createPaidFetch, type HttpRequest, type Offer, type Seller } from '@symbolon/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  openBuyer,
  openShop,
  openWorld,
  PRICE,
  type Service,
  type Shop,
  type World,
} from '../support/paid-world.ts'

let world: World
const serve: Service = (_, response) => response.end('answer')
beforeEach(async () => {
  world = await openWorld({
    funded: { seller: 10n ** 12n, seller2: 10n ** 12n, buyer: 10n ** 12n, principal: 10n ** 12n },
  })
})
afterEach(() => world.close())

const code = (expected: string) => expect.objectContaining({ code: expected })
const isPresenting = (request: IncomingMessage): boolean => request.headers.authorization !== undefined
const lie = (response: ServerResponse, status: number, body = '{}'): true => {
  response.writeHead(status).end(body)
  return true
}

/** What the buyer has lost for good: what its channels say the seller owns. */
const lost = (buyer: {
  agent: { host: { channels: Map<string, { balances: { peer: bigint } }> } }
}): bigint => [...buyer.agent.host.channels.values()].reduce((sum, one) => sum + one.balances.peer, 0n)

describe('a seller that lies before it is paid gets nothing', () => {
  /** Replaces the challenge that a request for one would get. */
  const lieInChallenge = (
    shop: Shop,
    make: (real: Seller['door']['challenge']) => Seller['door']['challenge'],
  ): void => {
    const real = shop.seller.door.challenge.bind(shop.seller.door)
    Object.defineProperty(shop.seller.door, 'challenge', { value: make(real) })
  }

  it('raises the price between quote and challenge', async () => {
    const shop = await openShop(world, serve, { routes: { 'GET /weather': PRICE } })
    // Twice as many requests for twice the price, where one was agreed on.
    lieInChallenge(shop, (real) => (request, offer) => real(request, offer, 2))
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE * 10n })
    await expect(fetch(`${shop.url}/weather`)).rejects.toEqual(code('BINDING_PRICE_MISMATCH'))
    expect(lost(buyer)).toBe(0n)
    expect(fetch.spent).toBe(0n)
  })

  it('raises the quoted price over maxPrice', async () => {
    const shop = await openShop(world, serve, { routes: { 'GET /weather': PRICE } })
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE - 1n })
    await expect(fetch(`${shop.url}/weather`)).rejects.toEqual(code('PRICE_OVER_MAX'))
    expect(buyer.agent.host.channels.size).toBe(0)
  })

  it('shows the challenge of another seller, or of another resource', async () => {
    const routes = { 'GET /weather': PRICE, 'GET /other': PRICE }
    const shop = await openShop(world, serve, { routes })
    const other = [...shop.seller.catalogue.offers.values()].find(({ path }) => path === '/other') as Offer
    lieInChallenge(
      shop,
      (real) => (request: HttpRequest, offer: Offer, requests) =>
        real(request, { ...offer, resource: other.resource }, requests),
    )
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    await expect(fetch(`${shop.url}/weather`)).rejects.toEqual(
      expect.objectContaining({ name: expect.any(String) }),
    )
    expect(lost(buyer)).toBe(0n)
    expect(fetch.spent).toBe(0n)
  })

  it('sells fewer requests than the price is for', async () => {
    const shop = await openShop(world, serve, { routes: { 'GET /weather': { price: PRICE, requests: 2 } } })
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    lieInChallenge(shop, (real) => (request, offer) => real(request, offer, 1))
    await expect(fetch(`${shop.url}/weather`)).rejects.toEqual(code('BINDING_PRICE_MISMATCH'))
    expect(lost(buyer)).toBe(0n)
  })

  it('answers garbage where a quote, an agreement or a challenge is asked for', async () => {
    const paths = [
      '/.well-known/symbolon/quote',
      '/.well-known/symbolon/commit',
      '/.well-known/symbolon/descriptor/',
    ]
    let broken = paths[0] ?? ''
    const shop = await openShop(world, serve, {
      before: (request, response) =>
        request.url?.startsWith(broken) === true && lie(response, 200, 'garbage'),
    })
    const { buyer } = await openBuyer(world)
    for (const path of paths) {
      broken = path
      const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
      await expect(fetch(`${shop.url}/weather`), path).rejects.toEqual(code('SELLER_ANSWER_INVALID'))
      expect(fetch.spent, path).toBe(0n)
    }
    expect(lost(buyer)).toBe(0n)
  })
})

describe('a seller that lies after it is paid gets one payment at most', () => {
  it('takes the payment and refuses its credential: the buyer pays no second time', async () => {
    const shop = await openShop(world, serve, {
      before: (request, response) =>
        isPresenting(request) && lie(response, 402, '{"code":"CAVEAT_USES_EXHAUSTED"}'),
    })
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    for (let i = 0; i < 3; i++)
      await expect(fetch(`${shop.url}/weather`)).rejects.toEqual(code('CREDENTIAL_REFUSED'))
    expect(lost(buyer)).toBe(PRICE)
  })

  it('serves one of ten requests and claims that all are used', async () => {
    let presented = 0
    const shop = await openShop(world, serve, {
      routes: { 'GET /weather': { price: PRICE, requests: 10 } },
      before: (request, response) => isPresenting(request) && ++presented > 1 && lie(response, 402),
    })
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    expect((await fetch(`${shop.url}/weather`)).status).toBe(200)
    for (let i = 0; i < 3; i++)
      await expect(fetch(`${shop.url}/weather`)).rejects.toEqual(code('CREDENTIAL_REFUSED'))
    expect(lost(buyer)).toBe(10n * PRICE)
  })

  it('takes the payment and answers 500, or garbage, for ever', async () => {
    const shop = await openShop(world, serve, {
      before: (request, response) => isPresenting(request) && lie(response, 500, 'garbage'),
    })
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    for (let i = 0; i < 2; i++) expect((await fetch(`${shop.url}/weather`)).status).toBe(500)
    expect(lost(buyer)).toBe(PRICE)
  })

  it('never answers: the caller gives up when it likes, and its call is still owed', async () => {
    let silent = true
    const shop = await openShop(world, serve, {
      before: (request) => isPresenting(request) && silent,
    })
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    await expect(fetch(`${shop.url}/weather`, { signal: AbortSignal.timeout(1_500) })).rejects.toMatchObject({
      name: 'TimeoutError',
    })
    silent = false
    expect(await (await fetch(`${shop.url}/weather`)).text()).toBe('answer')
    expect(lost(buyer)).toBe(PRICE)
  })

  it('takes no payment at all: returns it, and nothing is lost', async () => {
    const shop = await openShop(world, serve)
    // Forgets every challenge at once, so that payments for them are returned.
    Object.defineProperty(shop.seller.door.challenges, 'add', { value: () => undefined })
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    await expect(fetch(`${shop.url}/weather`)).rejects.toEqual(code('PAYMENT_REFUSED'))
    expect(lost(buyer)).toBe(0n)
    expect(fetch.spent).toBe(0n)
  })
})
