import { createPaidFetch } from '@symbolon/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { openBuyer, openShop, openWorld, PRICE, type World } from '../support/paid-world.ts'

let world: World
afterEach(() => world.close())

describe('paidFetch', () => {
  it('pays a stranger exactly the price of each request and returns what the service says', async () => {
    world = await openWorld()
    const served: string[] = []
    const shop = await openShop(world, (request, response) => {
      served.push(request.url ?? '')
      response.end(`sun at ${request.url}`)
    })
    const { buyer } = await openBuyer(world)
    const fetch = createPaidFetch({ buyer, maxPrice: PRICE })
    for (const city of ['a', 'b', 'c']) {
      const response = await fetch(`${shop.url}/weather?city=${city}`)
      expect(response.status).toBe(200)
      expect(await response.text()).toBe(`sun at /weather?city=${city}`)
    }
    expect(served).toEqual(['/weather?city=a', '/weather?city=b', '/weather?city=c'])
    expect(fetch.spent).toBe(3n * PRICE)
    const [channel] = [...buyer.agent.host.channels.values()]
    expect(channel?.balances.peer).toBe(3n * PRICE)
  })
})
