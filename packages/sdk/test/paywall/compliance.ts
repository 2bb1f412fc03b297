/** What every adapter must do, over real HTTP. The frameworks differ; the buyer must not be able to tell. */
import type { RequestListener } from 'node:http'
import type { Buyer, Paywall } from '@symbolon/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBuyer, openShop, openWorld, PRICE, type Shop, type World } from '../support/paid-world.ts'
import { agree, codeOf, type Paid, payFor, present, requestId } from '../support/payer.ts'

/** What the application behind the paywall did, by path. */
export type Calls = Map<string, number>

/**
 * An application with these paths; each counts its call first:
 * GET /weather text `weather N`; POST /echo the JSON member `word` of its body; GET /fail 500 the first time, then `works`;
 * GET /throw throws the first time, then `works`; GET /big 2 MiB of `b`; GET /cookies two Set-Cookie and status 201;
 * GET /free text `free`.
 */
export interface App {
  readonly name: string
  mount(paywall: Paywall, calls: Calls): Promise<RequestListener> | RequestListener
}

export const count = (calls: Calls, path: string): number => {
  const n = (calls.get(path) ?? 0) + 1
  calls.set(path, n)
  return n
}

export const BIG = 2 * 1_048_576

export function paywallCompliance(app: App): void {
  describe(`paywall: ${app.name}`, () => {
    const calls: Calls = new Map()
    let world: World
    let shop: Shop
    let buyer: Buyer
    const paid = new Map<string, Paid>()

    beforeAll(async () => {
      world = await openWorld()
      const terms = { price: PRICE, requests: 20 }
      shop = await openShop(world, () => undefined, {
        routes: {
          'GET /weather': terms,
          'POST /echo': terms,
          'GET /fail': terms,
          'GET /throw': terms,
          'GET /big': terms,
          'GET /cookies': terms,
        },
        mount: (paywall) => app.mount(paywall, calls),
      })
      ;({ buyer } = await openBuyer(world))
      let first: Awaited<ReturnType<typeof agree>> | undefined
      for (const [method, path] of [
        ['GET', '/weather'],
        ['POST', '/echo'],
        ['GET', '/fail'],
        ['GET', '/throw'],
        ['GET', '/big'],
        ['GET', '/cookies'],
      ] as const) {
        const agreed = await agree(buyer, shop, `${method}:${path}`, 20n, first?.channel)
        first ??= agreed
        paid.set(path, await payFor(buyer, shop.url + path, agreed, method))
      }
    })
    afterAll(() => world.close())

    const call = (path: string, more: Parameters<typeof present>[2] = {}): Promise<Response> =>
      present(shop.url + path, paid.get(path.replace(/\?.*/, '')) as Paid, more)

    it('asks a stranger for payment and tells it where to begin', async () => {
      const before = calls.get('/weather') ?? 0
      const answer = await fetch(`${shop.url}/weather`)
      expect(answer.status).toBe(402)
      expect(answer.headers.get('www-authenticate')).toBe('L402 realm="symbolon"')
      expect(await answer.json()).toMatchObject({
        code: 'PAYMENT_REQUIRED',
        resource: 'GET:/weather',
        price: PRICE.toString(),
        requests: 20,
      })
      expect(calls.get('/weather') ?? 0).toBe(before)
    })

    it('serves what is free', async () => {
      expect(await (await fetch(`${shop.url}/free`)).text()).toBe('free')
    })

    it('serves each paid request once, and a repeat with the same answer', async () => {
      const before = calls.get('/weather') ?? 0
      const first = await (await call('/weather', { id: requestId(1) })).text()
      expect(first).toBe(`weather ${before + 1}`)
      expect(await (await call('/weather', { id: requestId(1) })).text()).toBe(first)
      expect(await (await call('/weather', { id: requestId(2) })).text()).toBe(`weather ${before + 2}`)
      expect(calls.get('/weather')).toBe(before + 2)
    })

    it('makes repeats that come together wait for the one answer', async () => {
      const before = calls.get('/weather') ?? 0
      const answers = await Promise.all(
        Array.from({ length: 5 }, async () => (await call('/weather', { id: requestId(3) })).text()),
      )
      expect(new Set(answers)).toEqual(new Set([`weather ${before + 1}`]))
      expect(calls.get('/weather')).toBe(before + 1)
    })

    it('leaves the body for the application, and refuses another body under the same request id', async () => {
      const headers = { 'content-type': 'application/json' }
      const first = await call('/echo', { id: requestId(4), method: 'POST', body: '{"word":"one"}', headers })
      expect(await first.text()).toBe('one')
      const again = await call('/echo', { id: requestId(4), method: 'POST', body: '{"word":"one"}', headers })
      expect(await again.text()).toBe('one')
      const other = await call('/echo', { id: requestId(4), method: 'POST', body: '{"word":"two"}', headers })
      expect(other.status).toBe(422)
      expect(await codeOf(other)).toBe('REQUEST_ID_REUSED')
      expect(calls.get('/echo')).toBe(1)
    })

    it('refuses another query under the same request id', async () => {
      await (await call('/weather', { id: requestId(5) })).text()
      const other = await call('/weather?city=b', { id: requestId(5) })
      expect(other.status).toBe(422)
      await other.text()
    })

    it.each(['/fail', '/throw'])(
      'serves a request again that failed at %s, without counting it again',
      async (path) => {
        const failed = await call(path, { id: requestId(6) })
        expect(failed.status).toBe(500)
        await failed.text()
        expect(await (await call(path, { id: requestId(6) })).text()).toBe('works')
        expect(calls.get(path)).toBe(2)
        // 20 uses were paid: with the failed one not counted, 19 are left.
        for (let i = 0; i < 19; i++) expect((await call(path, { id: requestId(100 + i) })).status).toBe(200)
        const spent = await call(path, { id: requestId(200) })
        expect(spent.status).toBe(402)
        expect(await codeOf(spent)).toBe('CAVEAT_USES_EXHAUSTED')
      },
    )

    it('repeats status and headers, each cookie by itself', async () => {
      for (let i = 0; i < 2; i++) {
        const answer = await call('/cookies', { id: requestId(7) })
        expect(answer.status).toBe(201)
        expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
        await answer.text()
      }
      expect(calls.get('/cookies')).toBe(1)
    })

    it('streams what is too long to be kept, and says so to a repeat', async () => {
      const answer = await call('/big', { id: requestId(8) })
      expect((await answer.arrayBuffer()).byteLength).toBe(BIG)
      let again = await call('/big', { id: requestId(8) })
      // The seller learns that its last byte was taken a moment after the buyer has it.
      for (let i = 0; again.status === 200 && i < 3; i++) {
        await again.arrayBuffer()
        again = await call('/big', { id: requestId(8) })
      }
      expect(again.status).toBe(409)
      expect(await codeOf(again)).toBe('REPLAY_NOT_KEPT')
    })

    it('lets no other spelling and no other method through', async () => {
      const before = calls.get('/weather') ?? 0
      for (const [method, path] of [
        ['GET', '/Weather'],
        ['GET', '/weather/'],
        ['GET', '/%77eather'],
        ['GET', '/free/..%2fweather'],
        ['GET', '//weather'],
        ['HEAD', '/weather'],
        ['POST', '/weather'],
        ['OPTIONS', '/weather'],
      ] as const) {
        const answer = await rawStatus(shop.url, method, path)
        expect([400, 405], `${method} ${path}`).toContain(answer)
      }
      expect(calls.get('/weather') ?? 0).toBe(before)
    })

    it('refuses a malformed request id', async () => {
      const answer = await call('/weather', { id: 'once' })
      expect(answer.status).toBe(400)
      expect(await codeOf(answer)).toBe('REQUEST_ID_MALFORMED')
    })

    it('refuses a body over its bound', async () => {
      const answer = await call('/echo', {
        id: requestId(9),
        method: 'POST',
        body: 'x'.repeat(1_048_577),
      }).catch(() => undefined)
      // The connection may end before the client has sent everything.
      if (answer !== undefined) expect(answer.status).toBe(413)
      expect(calls.get('/echo')).toBe(1)
    })
  })
}

/** `fetch` would tidy the path up first. */
async function rawStatus(url: string, method: string, path: string): Promise<number> {
  const { request } = await import('node:http')
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.once('error', reject)
    sent.end()
  })
}
