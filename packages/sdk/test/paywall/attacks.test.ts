import { attenuate, decodeMacaroonText, encodeMacaroonText, formatPresentation } from '@symbolon/credentials'
import { formatDid } from '@symbolon/primitives'
import { HEADER_CHANNEL, HEADER_PAYER, HEADER_QUOTE } from '@symbolon/sdk'
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
import { agree, codeOf, payFor, present, requestId } from '../support/payer.ts'

let world: World
let served: string[]
const serve: Service = (request, response) => {
  served.push(request.url ?? '')
  return response.end(`answer ${served.length}`)
}
beforeEach(async () => {
  served = []
  world = await openWorld({
    funded: Object.fromEntries(
      ['seller', 'seller2', 'buyer', 'buyer2', 'principal'].map((name) => [name, 10n ** 12n]),
    ),
  })
})
afterEach(() => world.close())

const routes = { 'GET /cheap': PRICE, 'GET /dear': PRICE * 1_000n }

describe('substitution: a credential is worth what was paid for and nothing else (target 0 leaks)', () => {
  it('refuses it at another resource, under another quote, channel, payer and seller', async () => {
    const shop = await openShop(world, serve, { routes })
    const other = await openShop(world, serve, { routes, name: 'seller2' })
    const { buyer } = await openBuyer(world)
    const { buyer: thief } = await openBuyer(world, { name: 'buyer2' })
    const agreed = await agree(buyer, shop, 'GET:/cheap')
    const cheap = await payFor(buyer, `${shop.url}/cheap`, agreed)
    const dear = await agree(buyer, shop, 'GET:/dear', 1n, agreed.channel)
    const second = await agree(buyer, shop, 'GET:/cheap')
    const stolen = await agree(thief, shop, 'GET:/cheap')
    const elsewhere = await agree(buyer, other, 'GET:/cheap')

    const attempts: [string, () => Promise<Response>, string][] = [
      // The $0.001 credential on the $1 route: with its own quote, and with the quote of the dear route.
      ['dear route', () => present(`${shop.url}/dear`, cheap), 'QUOTE_RESOURCE_MISMATCH'],
      [
        'dear route and quote',
        () => present(`${shop.url}/dear`, { ...cheap, bound: dear.bound }),
        'CAVEAT_QUOTE_MISMATCH',
      ],
      [
        'other quote',
        () =>
          present(`${shop.url}/cheap`, {
            ...cheap,
            bound: { ...cheap.bound, [HEADER_QUOTE]: second.bound[HEADER_QUOTE] ?? '' },
          }),
        'CAVEAT_QUOTE_MISMATCH',
      ],
      [
        'other channel',
        () =>
          present(`${shop.url}/cheap`, {
            ...cheap,
            bound: { ...cheap.bound, [HEADER_CHANNEL]: second.bound[HEADER_CHANNEL] ?? '' },
          }),
        'CAVEAT_CHANNEL_MISMATCH',
      ],
      [
        'thief with the payer changed',
        () =>
          present(`${shop.url}/cheap`, {
            ...cheap,
            bound: { ...cheap.bound, [HEADER_PAYER]: formatDid(thief.address) },
          }),
        'QUOTE_BUYER_MISMATCH',
      ],
      [
        'thief with a purchase of its own',
        () => present(`${shop.url}/cheap`, { ...cheap, bound: stolen.bound }),
        'CAVEAT_CHANNEL_MISMATCH',
      ],
      ['other seller', () => present(`${other.url}/cheap`, cheap), 'QUOTE_UNKNOWN'],
      [
        'other seller, with its own purchase',
        () => present(`${other.url}/cheap`, { ...cheap, bound: elsewhere.bound }),
        'MACAROON_SIGNATURE_INVALID',
      ],
    ]
    for (const [name, attempt, code] of attempts) {
      const answer = await attempt()
      expect(answer.status, name).toBe(402)
      expect(await codeOf(answer), name).toBe(code)
    }
    expect(served).toEqual([])
    // None of the attempts used it up.
    const honest = await present(`${shop.url}/cheap`, cheap)
    expect(await honest.text()).toBe('answer 1')
  })

  it('refuses a wrong preimage, a removed, added or widened caveat, and garbage', async () => {
    const shop = await openShop(world, serve, { routes })
    const { buyer } = await openBuyer(world)
    const paid = await payFor(buyer, `${shop.url}/cheap`, await agree(buyer, shop, 'GET:/cheap'))
    const { macaroon, preimage } = paid
    const wrong = preimage.slice()
    wrong[0] = (wrong[0] ?? 0) ^ 1
    const { caveats } = macaroon
    const widened = caveats.map((one) => ({
      ...one,
      identifier: Buffer.from(
        Buffer.from(one.identifier).toString().replace('requests_remaining <= 1', 'requests_remaining <= 9'),
      ),
    }))
    const forged: [string, string][] = [
      ['preimage', formatPresentation({ macaroon, preimage: wrong })],
      ['removed', formatPresentation({ macaroon: { ...macaroon, caveats: caveats.slice(0, -1) }, preimage })],
      ['widened', formatPresentation({ macaroon: { ...macaroon, caveats: widened }, preimage })],
      [
        'reordered',
        formatPresentation({ macaroon: { ...macaroon, caveats: [...caveats].reverse() }, preimage }),
      ],
      ['garbage', 'L402 AAAA:BBBB'],
      ['bearer', 'Bearer token'],
      [
        'narrowed to another path',
        formatPresentation({ macaroon: attenuate(macaroon, 'endpoint = /other'), preimage }),
      ],
    ]
    for (const [name, authorization] of forged) {
      const answer = await present(`${shop.url}/cheap`, { ...paid, authorization })
      expect(answer.status, name).toBe(402)
      await answer.text()
    }
    expect(decodeMacaroonText(encodeMacaroonText(macaroon))).toEqual(macaroon)
    expect(served).toEqual([])
    expect((await present(`${shop.url}/cheap`, paid)).status).toBe(200)
  })
})

describe('races and replays: every use is served once (target 0 leaks)', () => {
  it('serves exactly one of fifty requests that race for one use', async () => {
    const shop = await openShop(world, serve, { routes })
    const { buyer } = await openBuyer(world)
    const paid = await payFor(buyer, `${shop.url}/cheap`, await agree(buyer, shop, 'GET:/cheap'))
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        present(`${shop.url}/cheap`, paid, i % 2 === 0 ? { id: requestId(i) } : {}),
      ),
    )
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([200, ...new Array<number>(49).fill(402)])
    expect(served).toHaveLength(1)
    await Promise.all(answers.map((answer) => answer.text()))
  })

  it('refuses a used credential under a new request id, and answers the old id from memory', async () => {
    const shop = await openShop(world, serve, { routes })
    const { buyer } = await openBuyer(world)
    const paid = await payFor(buyer, `${shop.url}/cheap`, await agree(buyer, shop, 'GET:/cheap'))
    expect(await (await present(`${shop.url}/cheap`, paid, { id: requestId(1) })).text()).toBe('answer 1')
    const replayed = await present(`${shop.url}/cheap`, paid, { id: requestId(2) })
    expect(await codeOf(replayed)).toBe('CAVEAT_USES_EXHAUSTED')
    expect(await (await present(`${shop.url}/cheap`, paid, { id: requestId(1) })).text()).toBe('answer 1')
    expect(served).toHaveLength(1)
  })

  it('does not show the answer of a credential to a narrowed copy of it', async () => {
    const shop = await openShop(world, serve, { routes: { 'GET /cheap': { price: PRICE, requests: 2 } } })
    const { buyer } = await openBuyer(world)
    const paid = await payFor(buyer, `${shop.url}/cheap`, await agree(buyer, shop, 'GET:/cheap'))
    await (await present(`${shop.url}/cheap`, paid, { id: requestId(1) })).text()
    const helper = formatPresentation({
      macaroon: attenuate(paid.macaroon, 'delegate = helper'),
      preimage: paid.preimage,
    })
    const answer = await present(
      `${shop.url}/cheap`,
      { ...paid, authorization: helper },
      { id: requestId(1) },
    )
    expect(await answer.text()).toBe('answer 2')
    // Both uses of the parent are gone: the copy counted against it.
    expect((await present(`${shop.url}/cheap`, paid, { id: requestId(3) })).status).toBe(402)
  })

  it('forgets answers by count, and then says so instead of serving again', async () => {
    const shop = await openShop(world, serve, {
      routes: { 'GET /cheap': { price: PRICE, requests: 10 } },
      replay: { responsesMax: 2 },
    })
    const { buyer } = await openBuyer(world)
    const paid = await payFor(buyer, `${shop.url}/cheap`, await agree(buyer, shop, 'GET:/cheap'))
    for (let i = 1; i <= 3; i++) await (await present(`${shop.url}/cheap`, paid, { id: requestId(i) })).text()
    expect((await present(`${shop.url}/cheap`, paid, { id: requestId(1) })).status).toBe(409)
    expect(await (await present(`${shop.url}/cheap`, paid, { id: requestId(3) })).text()).toBe('answer 3')
    expect(served).toHaveLength(3)
  })
})

describe('crash of the seller', () => {
  const restart = async (shop: Shop, port: number): Promise<Shop> => {
    await shop.close()
    return openShop(world, serve, { routes, port })
  }

  it('between count and answer: the same request is served, and not counted again', async () => {
    let hang = true
    let began = (): void => {}
    const beginning = new Promise<void>((resolve) => {
      began = resolve
    })
    const shop = await openShop(
      world,
      (request, response) => {
        began()
        return hang ? undefined : serve(request, response)
      },
      { routes },
    )
    const { buyer } = await openBuyer(world)
    const paid = await payFor(buyer, `${shop.url}/cheap`, await agree(buyer, shop, 'GET:/cheap'))
    const lost = present(`${shop.url}/cheap`, paid, { id: requestId(1) }).catch(() => 'lost')
    await beginning
    const port = Number(new URL(shop.url).port)
    hang = false
    const again = await restart(shop, port)
    expect(await lost).toBe('lost')
    expect(await (await present(`${again.url}/cheap`, paid, { id: requestId(1) })).text()).toBe('answer 1')
    expect(served).toHaveLength(1)
    // It was the only use: nothing else is served for it, in this life either.
    expect((await present(`${again.url}/cheap`, paid, { id: requestId(2) })).status).toBe(402)
  })

  it('after the answer: uses that were counted stay counted, and another body under the id is refused', async () => {
    const shop = await openShop(world, serve, { routes })
    const { buyer } = await openBuyer(world)
    const paid = await payFor(buyer, `${shop.url}/cheap`, await agree(buyer, shop, 'GET:/cheap'))
    await (await present(`${shop.url}/cheap`, paid, { id: requestId(1) })).text()
    const again = await restart(shop, Number(new URL(shop.url).port))
    expect((await present(`${again.url}/cheap`, paid, { id: requestId(2) })).status).toBe(402)
    expect((await present(`${again.url}/cheap?other`, paid, { id: requestId(1) })).status).toBe(422)
  })

  it('before the first use: a credential that was paid for is honoured', async () => {
    const shop = await openShop(world, serve, { routes })
    const { buyer } = await openBuyer(world)
    const paid = await payFor(buyer, `${shop.url}/cheap`, await agree(buyer, shop, 'GET:/cheap'))
    const again = await restart(shop, Number(new URL(shop.url).port))
    expect(await (await present(`${again.url}/cheap`, paid)).text()).toBe('answer 1')
  })
})

describe('expiry', () => {
  it('honours a credential to its last second and no longer, and holds a price as long as its quote', async () => {
    let offset = 0
    const shop = await openShop(world, serve, {
      routes: { 'GET /cheap': { price: PRICE, requests: 5 } },
      seller: { clock: () => start + offset },
    })
    const { buyer } = await openBuyer(world)
    const agreed = await agree(buyer, shop, 'GET:/cheap')
    const paid = await payFor(buyer, `${shop.url}/cheap`, agreed)
    offset = 300_000
    expect(
      (await fetch(`${shop.url}/cheap`, { headers: agreed.bound })).headers.get('www-authenticate'),
    ).toMatch(/macaroon=/)
    offset = 302_000
    expect(await codeOf(await fetch(`${shop.url}/cheap`, { headers: agreed.bound }))).toBe('QUOTE_EXPIRED')
    offset = 599_000
    expect((await present(`${shop.url}/cheap`, paid)).status).toBe(200)
    offset = 603_000
    expect(await codeOf(await present(`${shop.url}/cheap`, paid))).toBe('CAVEAT_EXPIRED')
  })
  const start = Date.now()
})
