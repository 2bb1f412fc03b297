import { MemorySink } from '@symbolon/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { csv, UNIT, World } from './support/world.ts'

const PRICE = UNIT / 1_000n
const QUANTITY = 20n
let world: World
beforeEach(async () => {
  world = await World.create()
})
afterEach(() => world.close())

async function market(): Promise<Awaited<ReturnType<World['buyer']>>> {
  const { seller } = await world.seller('seller', { creditWindow: 8 })
  await seller.sellFile({ name: 'samples.csv', format: 'csv', content: csv(100) }, PRICE)
  await seller.publish()
  return world.buyer()
}

const wide = { min: 0n, max: 10n * UNIT }
const order = { capability: 'data.rows', quantity: QUANTITY, unitPriceMax: PRICE, totalMax: UNIT }
const preferred = {
  priceCapPerUnit: PRICE,
  collateral: QUANTITY * PRICE + PRICE,
  challengePeriod: 20n,
  creditWindow: 64n,
}

describe('terms that are negotiated', () => {
  it('bind the quote, the commitment and the channel', async () => {
    const { buyer } = await market()
    const limits = {
      priceCapPerUnit: wide,
      collateral: wide,
      challengePeriod: { min: 10n, max: 50n },
      creditWindow: { min: 1n, max: 64n },
    }
    const purchase = await buyer.buy({ ...order, sink: new MemorySink(), negotiate: { preferred, limits } })
    // The seller delivers at most 8 rows unpaid: it countered 64, and the buyer could live with that.
    expect(purchase.settled.quote.quote.creditWindow).toBe(8)
    const { negotiated, negotiation } = purchase.settled.commitment.record.terms
    expect(negotiated).toEqual({ ...preferred, creditWindow: 8n })
    expect(negotiation).toHaveLength(32)
    expect(purchase.units).toBe(QUANTITY)
  })

  it('end the attempt before anything is funded when they do not meet', async () => {
    const { buyer } = await market()
    const limits = {
      priceCapPerUnit: wide,
      collateral: wide,
      challengePeriod: wide,
      creditWindow: { min: 32n, max: 64n },
    }
    const before = await buyer.agent.client.balance(buyer.address)
    await expect(
      buyer.buy({ ...order, sink: new MemorySink(), negotiate: { preferred, limits } }),
    ).rejects.toThrow(/creditWindow/)
    expect(await buyer.agent.client.balance(buyer.address)).toBe(before)
    expect(buyer.agent.host.channels.size).toBe(0)
  })
})
