import { Buyer, createPaidFetch, FrameClient } from '@symbolon/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CredentialJournal } from '../../src/paid-fetch/credential-journal.ts'
import { openBuyer, openShop, openWorld, PRICE, type Service, type World } from '../support/paid-world.ts'

let world: World
let served = 0
const serve: Service = (_, response) => response.end(`answer ${++served}`)
beforeEach(async () => {
  served = 0
  world = await openWorld()
})
afterEach(() => world.close())

describe('crash of the buyer', () => {
  it('between payment and preimage: the payment is found in the channel and not made again', async () => {
    const shop = await openShop(world, serve, { routes: { 'GET /weather': { price: PRICE, requests: 4 } } })
    const { buyer, keys } = await openBuyer(world)
    await (await createPaidFetch({ buyer, maxPrice: PRICE })(`${shop.url}/weather`)).text()
    // What the disk holds if the process dies after the payment and before it wrote the preimage down.
    const [record] = CredentialJournal.of(buyer).ofResource(shop.url, 'GET:/weather', shop.seller.address)
    if (record === undefined) throw new Error('nothing was bought')
    await CredentialJournal.of(buyer).save({ ...record, preimage: undefined })
    await buyer.close()

    const client = await FrameClient.connect({ url: world.url, frame: world.frame })
    const again = await Buyer.open({ client, keys, directory: `${world.directory}/buyer`, sync: 'none' })
    const fetch = createPaidFetch({ buyer: again, maxPrice: PRICE })
    expect(await (await fetch(`${shop.url}/weather`)).text()).toBe('answer 2')
    expect(fetch.spent).toBe(0n)
    const [channel] = [...again.agent.host.channels.values()]
    expect(channel?.balances.peer).toBe(4n * PRICE)
    await again.close()
    client.close()
  })

  it('between stub and payment: nothing was paid, and the next purchase pays once', async () => {
    const shop = await openShop(world, serve)
    const { buyer, keys } = await openBuyer(world)
    await (await createPaidFetch({ buyer, maxPrice: PRICE })(`${shop.url}/weather`)).text()
    const [record] = CredentialJournal.of(buyer).ofResource(shop.url, 'GET:/weather', shop.seller.address)
    if (record === undefined) throw new Error('nothing was bought')
    const { preimage: _, ...stub } = record
    await CredentialJournal.of(buyer).save({ ...stub, paymentHash: record.quote })
    await buyer.close()

    const client = await FrameClient.connect({ url: world.url, frame: world.frame })
    const again = await Buyer.open({ client, keys, directory: `${world.directory}/buyer`, sync: 'none' })
    const fetch = createPaidFetch({ buyer: again, maxPrice: PRICE })
    expect((await fetch(`${shop.url}/weather`)).status).toBe(200)
    expect(fetch.spent).toBe(PRICE)
    await again.close()
    client.close()
  })
})

describe('leakage, target 0 (of what was tried, the share that got through)', () => {
  it('cross-resource, duplicate settlement, overdraft, denial', async () => {
    const TRIES = 200
    const LOST = 20
    const cut = new Set<string>()
    const unreliable: Service = (request, response) => {
      const url = request.url ?? ''
      if (url.startsWith('/flaky') && !cut.has(url)) {
        cut.add(url)
        request.socket.destroy()
      }
      return serve(request, response)
    }
    const shop = await openShop(world, unreliable, {
      routes: { 'GET /cheap': PRICE, 'GET /dear': PRICE * 1_000n, 'GET /flaky': PRICE },
    })
    const { buyer } = await openBuyer(world, { total: 1_000n * 1_000_000n })
    const spend = 20n * PRICE
    const bounded = createPaidFetch({ buyer, maxPrice: PRICE, maxTotal: spend })

    // Allowance overdraft: 200 calls at once with money for 20.
    const calls = await Promise.allSettled(Array.from({ length: TRIES }, () => bounded(`${shop.url}/cheap`)))
    const overdraft = calls.filter(({ status }) => status === 'fulfilled').length - 20
    const credential = CredentialJournal.of(buyer)
      .ofResource(shop.url, 'GET:/cheap', shop.seller.address)
      .at(-1)
    if (credential === undefined) throw new Error('nothing was bought')
    const { Credential } = await import('../../src/paid-fetch/credential.ts')
    const { headers } = new Credential(buyer, credential, false)

    // Cross-resource substitution, and duplicate settlement: a used cheap credential at both routes.
    const statusesOf = async (path: string): Promise<number> => {
      const answers = await Promise.all(
        Array.from({ length: TRIES }, () => fetch(shop.url + path, { headers: { ...headers } })),
      )
      await Promise.all(answers.map((answer) => answer.text()))
      return answers.filter(({ status }) => status === 200).length
    }
    const substituted = await statusesOf('/dear')
    const duplicated = await statusesOf('/cheap')

    // Denial of settlement: paid calls that never got their answer, with the connection cut before each answer.
    let denied = 0
    const paying = createPaidFetch({ buyer, maxPrice: PRICE })
    for (let i = 0; i < LOST; i++) if ((await paying(`${shop.url}/flaky?${i}`)).status !== 200) denied++
    expect({ substituted, duplicated, overdraft, denied }).toEqual({
      substituted: 0,
      duplicated: 0,
      overdraft: 0,
      denied: 0,
    })
    expect(bounded.spent).toBe(spend)
    expect(paying.spent).toBe(BigInt(LOST) * PRICE)
    console.log(
      `leakage: cross-resource ${substituted}/${TRIES}, duplicate settlement ${duplicated}/${TRIES}, overdraft ${overdraft}/${TRIES}, denial ${denied}/${LOST}`,
    )
  })
})
