import { formatDid } from '@symbolon/primitives'
import { createPaidFetch, FrameClient } from '@symbolon/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  openBuyer,
  openServer,
  openShop,
  openWorld,
  PRICE,
  type Service,
  UNIT,
  type World,
} from '../support/paid-world.ts'

let world: World
let served: string[]
const serve: Service = (request, response) => {
  served.push(request.url ?? '')
  return response.end(`answer ${served.length}`)
}
beforeEach(async () => {
  served = []
  world = await openWorld()
})
afterEach(() => world.close())

const code = (expected: string) => expect.objectContaining({ code: expected })

describe('what paidFetch passes through', () => {
  it('leaves free answers, errors and foreign 402s alone', async () => {
    const url = await openServer(world, (request, response) => {
      if (request.url === '/402')
        response.writeHead(402, { 'www-authenticate': 'L402 macaroon="x"' }).end('pay')
      else if (request.url === '/500') response.writeHead(500).end('broken')
      else response.end('free')
    })
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    expect(await (await fetch(`${url}/`)).text()).toBe('free')
    expect((await fetch(`${url}/500`)).status).toBe(500)
    const foreign = await fetch(`${url}/402`)
    expect(foreign.status).toBe(402)
    expect(await foreign.text()).toBe('pay')
    expect(fetch.spent).toBe(0n)
  })

  it('refuses bodies that it could not send again', async () => {
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    const stream = new Blob(['x']).stream()
    const url = 'http://127.0.0.1:9/x'
    const init = { method: 'POST', body: stream, duplex: 'half' } as RequestInit
    await expect(fetch(url, init)).rejects.toEqual(code('BODY_NOT_REPLAYABLE'))
    await expect(fetch(url, { method: 'POST', body: new FormData() })).rejects.toEqual(
      code('BODY_NOT_REPLAYABLE'),
    )
    await expect(fetch(new Request(url, { method: 'POST', body: 'x' }))).rejects.toEqual(
      code('BODY_NOT_REPLAYABLE'),
    )
  })

  it('sends a body, and sends it again with the payment', async () => {
    const shop = await openShop(
      world,
      async (request, response) => {
        let text = ''
        for await (const chunk of request) text += String(chunk)
        response.end(`${request.headers['content-type']} ${text}`)
      },
      { routes: { 'POST /echo': PRICE } },
    )
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    const answer = await fetch(`${shop.url}/echo`, { method: 'POST', body: new URLSearchParams({ a: '1' }) })
    expect(await answer.text()).toBe('application/x-www-form-urlencoded;charset=UTF-8 a=1')
  })
})

describe('what paidFetch refuses to pay', () => {
  it('a price over maxPrice, more requests at a time than agreed, and a total over maxTotal', async () => {
    const shop = await openShop(world, serve, {
      routes: { 'GET /dear': PRICE + 1n, 'GET /bulk': { price: 1n, requests: 101 }, 'GET /cheap': PRICE },
    })
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE, maxTotal: 2n * PRICE })
    await expect(fetch(`${shop.url}/dear`)).rejects.toEqual(code('PRICE_OVER_MAX'))
    await expect(fetch(`${shop.url}/bulk`)).rejects.toEqual(code('REQUESTS_OVER_MAX'))
    expect(buyer.agent.host.channels.size).toBe(0)
    await (await fetch(`${shop.url}/cheap`)).text()
    await (await fetch(`${shop.url}/cheap`)).text()
    await expect(fetch(`${shop.url}/cheap`)).rejects.toEqual(code('TOTAL_EXCEEDED'))
    expect(fetch.spent).toBe(2n * PRICE)
    expect(served).toHaveLength(2)
  })

  it('a stranger that shows another seller’s challenge, or one that the registry does not know', async () => {
    const shop = await openShop(world, serve)
    const relay = await openServer(world, (request, response) => {
      globalThis
        .fetch(shop.url + request.url)
        .then(async (answer) => {
          response.writeHead(answer.status, Object.fromEntries(answer.headers))
          response.end(await answer.text())
        })
        .catch(() => response.destroy())
    })
    const unknown = await openServer(world, (_, response) => {
      response.writeHead(402, { 'www-authenticate': 'L402 realm="symbolon"' }).end(
        JSON.stringify({
          offers: 'http://127.0.0.1/x',
          descriptor: '11'.repeat(32),
          provider: formatDid(buyer.address),
          frame: Buffer.from(world.frame).toString('hex'),
          resource: 'GET:/weather',
          price: '1',
          requests: 1,
        }),
      )
    })
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    await expect(fetch(`${relay}/weather`)).rejects.toEqual(code('PROVIDER_ORIGIN'))
    await expect(fetch(`${unknown}/weather`)).rejects.toEqual(code('PROVIDER_UNKNOWN'))
    expect(fetch.spent).toBe(0n)
    expect(buyer.agent.host.channels.size).toBe(0)
  })

  it('another provider at an address that it bought from before, unless allowed', async () => {
    await world.close()
    world = await openWorld({
      funded: { seller: 10n ** 12n, seller2: 10n ** 12n, buyer: 10n ** 12n, principal: 10n ** 12n },
    })
    const shop = await openShop(world, serve)
    const port = Number(new URL(shop.url).port)
    const { buyer } = await openBuyer(world)
    await (await createPaidFetch({ buyer, maxPrice: PRICE })(`${shop.url}/weather`)).text()
    await shop.close()
    const successor = await openShop(world, serve, { name: 'seller2', port })
    await expect(createPaidFetch({ buyer, maxPrice: PRICE })(`${shop.url}/weather`)).rejects.toEqual(
      code('PROVIDER_CHANGED'),
    )
    const asked: string[] = []
    const fetch = createPaidFetch({
      buyer,
      maxPrice: PRICE,
      allowProvider: (origin, before, now) => {
        asked.push(origin, formatDid(before), formatDid(now))
        return true
      },
    })
    expect((await fetch(`${shop.url}/weather`)).status).toBe(200)
    expect(asked).toEqual([shop.url, formatDid(shop.seller.address), formatDid(successor.seller.address)])
  })

  it('an address that only redirects to a paid one; and it follows no redirect with a credential', async () => {
    const shop = await openShop(world, (_, response) =>
      response.writeHead(302, { location: `${thief}/steal` }).end(),
    )
    const seen: (string | undefined)[] = []
    const thief = await openServer(world, (request, response) => {
      seen.push(request.headers.authorization)
      if (request.url === '/steal') response.end('stolen')
      else response.writeHead(302, { location: `${shop.url}/weather` }).end()
    })
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    await expect(fetch(`${thief}/start`)).rejects.toEqual(code('PAYMENT_REDIRECTED'))
    expect(fetch.spent).toBe(0n)
    expect((await fetch(`${shop.url}/weather`)).status).toBe(302)
    expect(seen).toEqual([undefined])
  })
})

describe('lost and failed answers', () => {
  it('repeats a lost request under its id: served once, paid once', async () => {
    let lose = 2
    const shop = await openShop(world, (request, response) => {
      served.push(request.url ?? '')
      if (lose-- > 0) request.socket.destroy()
      response.end(`answer ${served.length}`)
    })
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    // The handler finished although its client was gone: the repeat gets that answer.
    expect(await (await fetch(`${shop.url}/weather`)).text()).toBe('answer 1')
    expect(served).toHaveLength(1)
    expect(fetch.spent).toBe(PRICE)
  })

  it('gets what it paid for from a service that fails three times', async () => {
    let failures = 3
    const shop = await openShop(world, (request, response) =>
      failures-- > 0 ? response.writeHead(503).end('busy') : serve(request, response),
    )
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    expect(await (await fetch(`${shop.url}/weather`)).text()).toBe('answer 1')
    expect(fetch.spent).toBe(PRICE)
  })

  it('does not pay again for a call whose answer never came, however late it is repeated', async () => {
    let broken = true
    const shop = await openShop(world, (request, response) =>
      broken ? response.writeHead(500).end('broken') : serve(request, response),
    )
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    expect((await fetch(`${shop.url}/weather`)).status).toBe(500)
    expect((await fetch(`${shop.url}/weather`)).status).toBe(500)
    broken = false
    expect(await (await fetch(`${shop.url}/weather`)).text()).toBe('answer 1')
    expect(fetch.spent).toBe(PRICE)
  })

  it('uses after a restart of the buyer what it paid for before', async () => {
    const shop = await openShop(world, serve, { routes: { 'GET /weather': { price: PRICE, requests: 4 } } })
    const { buyer, keys } = await openBuyer(world)
    await (await createPaidFetch({ buyer, maxPrice: PRICE })(`${shop.url}/weather`)).text()
    await buyer.close()
    const { Buyer } = await import('@symbolon/sdk')
    const client = await FrameClient.connect({ url: world.url, frame: world.frame })
    const again = await Buyer.open({ client, keys, directory: `${world.directory}/buyer`, sync: 'none' })
    const fetch = createPaidFetch({ buyer: again, maxPrice: PRICE })
    await (await fetch(`${shop.url}/weather`)).text()
    expect(fetch.spent).toBe(0n)
    expect(served).toHaveLength(2)
    await again.close()
    client.close()
  })
})

describe('load', () => {
  it('shares one purchase among concurrent strangers, and serves a steady load without a 402', async () => {
    const statuses: number[] = []
    const shop = await openShop(world, serve, {
      routes: { 'GET /weather': { price: PRICE, requests: 20 } },
      before: (request, response) => {
        if (request.headers.authorization !== undefined)
          response.once('finish', () => statuses.push(response.statusCode))
        return false
      },
    })
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    await Promise.all(Array.from({ length: 10 }, async () => (await fetch(`${shop.url}/weather`)).text()))
    expect(fetch.spent).toBe(20n * PRICE)
    for (let i = 0; i < 40; i++)
      await Promise.all(Array.from({ length: 5 }, async () => (await fetch(`${shop.url}/weather`)).text()))
    expect(served).toHaveLength(210)
    expect(statuses).toHaveLength(210)
    expect(statuses.every((status) => status === 200)).toBe(true)
    // 210 requests are 11 payments of 20; renewal ahead may have bought one more.
    expect(fetch.spent / (20n * PRICE)).toBeLessThanOrEqual(12n)
  })

  it('never exceeds its mandate by one base unit, with a thousand calls at once', async () => {
    const shop = await openShop(world, serve, { routes: { 'GET /weather': { price: PRICE, requests: 10 } } })
    // Collateral of the channel is exposure: the mandate bounds what is committed, so it bounds what can be paid.
    const total = 50n * PRICE
    const { buyer } = await openBuyer(world, { total })
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE, deposit: 40n * PRICE, maxTotal: 10n * UNIT })
    const results = await Promise.allSettled(
      Array.from({ length: 1_000 }, async () => (await fetch(`${shop.url}/weather`)).text()),
    )
    const answered = results.filter(({ status }) => status === 'fulfilled').length
    const paid = [...buyer.agent.host.channels.values()].reduce((sum, one) => sum + one.balances.peer, 0n)
    expect(paid).toBeLessThanOrEqual(total)
    expect(fetch.spent).toBe(paid)
    expect(BigInt(answered) * PRICE).toBeLessThanOrEqual(paid)
    expect(answered).toBe(served.length)
    expect(answered).toBeGreaterThan(0)
    expect(answered).toBeLessThan(1_000)
  })
})
