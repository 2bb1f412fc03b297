import { fromUtf8 } from '@symbolon/primitives'
import { MemorySink } from '@symbolon/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { csv, UNIT, World } from './support/world.ts'

let world: World
afterEach(() => world.close())

describe('a purchase from a stranger', () => {
  it('finds, pays per row, verifies every row, settles, and leaves the seller exactly the price', async () => {
    world = await World.create()
    const { seller } = await world.seller()
    await seller.sellFile({ name: 'samples.csv', format: 'csv', content: csv(1_000) }, UNIT / 1_000n)
    await seller.publish()
    const { buyer } = await world.buyer()
    const sink = new MemorySink()
    const states: string[] = []
    const purchase = await buyer.buy({
      capability: 'data.rows',
      quantity: 1_000n,
      unitPriceMax: UNIT / 1_000n,
      totalMax: UNIT,
      sink,
      onEvent: (event) => {
        if (event.kind === 'state') states.push(event.state)
      },
    })
    expect(states).toEqual(['Idle', 'Discovered', 'ChannelReady', 'Authenticated', 'Streaming', 'Settled'])
    expect(purchase.units).toBe(1_000n)
    expect(purchase.paid).toBe(UNIT)
    expect(purchase.warm).toBe(false)
    expect(sink.units.map(fromUtf8)).toEqual(fromUtf8(csv(1_000)).trim().split('\n').slice(1))
    const channel = buyer.agent.host.get(purchase.channel)
    await channel?.closeCooperative()
    const record = await buyer.agent.ledger.channel(purchase.channel)
    expect(record?.payouts?.[1]).toBe(UNIT)
  })
})
