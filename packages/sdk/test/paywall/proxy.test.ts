import { createServer, type IncomingHttpHeaders } from 'node:http'
import { createPaidFetch, nodeHttpPaywall, proxyTo } from '@symbolon/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openBuyer, openServer, openShop, openWorld, PRICE, type World } from '../support/paid-world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const behind = (upstream: string, timeoutMs?: number) =>
  openShop(world, () => undefined, {
    routes: { '* /*': PRICE },
    mount: (paywall) =>
      nodeHttpPaywall(paywall, proxyTo(upstream, timeoutMs === undefined ? {} : { timeoutMs })),
  })

describe('proxyTo', () => {
  it('forwards method, target, body and headers, and keeps payment and connection to itself', async () => {
    let seen: { method?: string; url?: string; headers: IncomingHttpHeaders; body: string } | undefined
    const upstream = await openServer(world, async (request, response) => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      seen = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
      response.writeHead(201, { 'x-answer': 'yes', connection: 'x-hop', 'x-hop': 'secret' }).end('made')
    })
    const shop = await behind(`${upstream}/base/`)
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    const answer = await fetch(`${shop.url}/a/b?c=%20d`, {
      method: 'PUT',
      body: 'content',
      headers: { 'x-mine': '1', 'proxy-authorization': 'Basic x' },
    })
    expect(answer.status).toBe(201)
    expect(await answer.text()).toBe('made')
    expect(answer.headers.get('x-answer')).toBe('yes')
    expect(answer.headers.get('x-hop')).toBeNull()
    expect(seen).toMatchObject({ method: 'PUT', url: '/base/a/b?c=%20d', body: 'content' })
    expect(seen?.headers['x-mine']).toBe('1')
    expect(seen?.headers.host).toBe(new URL(upstream).host)
    for (const name of [
      'authorization',
      'symbolon-payer',
      'symbolon-channel',
      'symbolon-quote',
      'symbolon-request',
      'proxy-authorization',
    ])
      expect(seen?.headers[name], name).toBeUndefined()
  })

  it('charges nothing for an upstream that is away, and serves the same call when it is back', async () => {
    const parking = createServer((_, response) => response.end('back'))
    await new Promise<void>((resolve) => {
      parking.listen(0, '127.0.0.1', resolve)
    })
    const { port } = parking.address() as { port: number }
    await new Promise((resolve) => parking.close(resolve))
    const shop = await behind(`http://127.0.0.1:${port}`)
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    const away = await fetch(`${shop.url}/x`)
    expect(away.status).toBe(502)
    expect(await away.json()).toMatchObject({ code: 'UPSTREAM_UNREACHABLE' })
    await new Promise<void>((resolve) => {
      parking.listen(port, '127.0.0.1', resolve)
    })
    expect(await (await fetch(`${shop.url}/x`)).text()).toBe('back')
    expect(fetch.spent).toBe(PRICE)
    parking.closeAllConnections()
    await new Promise((resolve) => parking.close(resolve))
  })

  it('gives up on an upstream that does not answer in time', async () => {
    const upstream = await openServer(world, () => undefined)
    const shop = await behind(upstream, 50)
    const { buyer } = await openBuyer(world)
    const answer = await createPaidFetch({ buyer, maxPrice: PRICE })(`${shop.url}/x`)
    expect(answer.status).toBe(504)
    await answer.text()
  })

  it.each(['ftp://host', 'host', 'http://host/?q', 'http://user@host/', 'http://host/#a'])(
    'refuses %j',
    (upstream) => {
      expect(() => proxyTo(upstream)).toThrow(expect.objectContaining({ code: 'UPSTREAM_MALFORMED' }))
    },
  )
})
