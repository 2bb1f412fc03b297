/** Honest parties in a hurry: several purchases at once, connections that break, disks that are slow. Paid exactly, kept exactly. */
import { join } from 'node:path'
import { fromUtf8 } from '@symbolon/primitives'
import { Buyer, MemorySink } from '@symbolon/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { csv, UNIT, World } from '../support/world.ts'
import { onlyChannel, order, PRICE, ROWS, shop, takings } from './stage.ts'

let world: World
afterEach(() => world.close())

const expected = fromUtf8(csv(ROWS)).trim().split('\n').slice(1)

describe('several purchases of one buyer', () => {
  it('without a channel open one each, and none is refused for its nonce', async () => {
    world = await World.create({ sync: 'none' })
    const { seller } = await shop(world)
    const { buyer } = await world.buyer('buyer', undefined, { sync: 'none' })
    const bought = await Promise.all(Array.from({ length: 3 }, () => buyer.buy(order({ stallMs: 30_000 }))))
    expect(bought.map(({ units }) => units)).toEqual([BigInt(ROWS), BigInt(ROWS), BigInt(ROWS)])
    expect(takings(seller)).toBe(3n * PRICE * BigInt(ROWS))
  })

  it('in one warm channel take turns to bind it, and stream side by side', async () => {
    world = await World.create({ sync: 'none' })
    const { seller } = await shop(world)
    const { buyer } = await world.buyer('buyer', undefined, { sync: 'none' })
    await buyer.buy(order({ collateral: PRICE * BigInt(ROWS) * 10n }))
    const sinks = Array.from({ length: 5 }, () => new MemorySink())
    const bought = await Promise.all(sinks.map((sink) => buyer.buy(order({ sink, stallMs: 30_000 }))))
    for (const { units, paid, warm } of bought)
      expect({ units, paid, warm }).toEqual({ units: BigInt(ROWS), paid: PRICE * BigInt(ROWS), warm: true })
    for (const { units } of sinks) expect(units.map(fromUtf8)).toEqual(expected)
    expect(takings(seller)).toBe(6n * PRICE * BigInt(ROWS))
  })
})

/** Codes of an error and of everything that caused it. */
function causes(error: unknown): string[] {
  const { code = '', cause } = error as { code?: string; cause?: unknown }
  return cause === undefined ? [code] : [code, ...causes(cause)]
}

describe('purchases side by side under task caps', () => {
  it('are each charged to their own task', async () => {
    world = await World.create({ sync: 'none' })
    await shop(world)
    const cost = PRICE * BigInt(ROWS)
    // One purchase per task, and two rows: whatever is charged to the wrong one does not fit. (Opening the channel costs a fee.)
    const caps = { total: 200n * UNIT, perTask: cost + 2n * PRICE }
    const mandate = await world.mandate('buyer', caps.total, { caps })
    const keys = await world.mandatedKeys('buyer', [mandate])
    const directory = join(world.directory, 'buyer')
    const buyer = await Buyer.open({ client: await world.client(), keys, directory, sync: 'none' })
    world.onClose(() => buyer.close())
    const opening = await buyer.buy(order({ task: 'opening', collateral: cost * 10n }))
    expect(opening.warm).toBe(false)
    const tasks = ['one', 'two', 'three', 'four']
    const bought = await Promise.all(tasks.map((task) => buyer.buy(order({ task, stallMs: 30_000 }))))
    expect(bought.map(({ paid, warm }) => ({ paid, warm }))).toEqual(
      tasks.map(() => ({ paid: cost, warm: true })),
    )
    for (const task of tasks) {
      const more = order({ task, quantity: 2n, totalMax: 2n * PRICE })
      expect((await buyer.buy(more)).paid).toBe(2n * PRICE)
      const refused = await buyer.buy(order({ task, quantity: 2n, totalMax: 2n * PRICE })).catch(causes)
      expect(refused).toContain('CAP_PER_TASK')
    }
  })
})

describe('a connection that breaks while rows arrive', () => {
  it.each([
    ['a fast sink', 0],
    ['a sink so slow that packets of the lost connection still wait', 150],
  ])('into %s: every row once, paid once', async (_, delayMs) => {
    world = await World.create({ sync: 'none' })
    const { seller } = await shop(world)
    const { buyer } = await world.buyer('buyer', undefined, { sync: 'none' })
    const kept: string[] = []
    let cuts = 0
    const sink = {
      write: async (units: readonly Uint8Array[]): Promise<void> => {
        kept.push(...units.map(fromUtf8))
        const isCut = cuts < 3 && kept.length > 40 * (cuts + 1)
        if (isCut) {
          cuts += 1
          for (const channel of seller.agent.host.channels.values()) channel.stop('cut')
        }
        if (delayMs > 0 && (isCut || kept.length < 20))
          await new Promise((resolve) => setTimeout(resolve, delayMs))
      },
    }
    const { units, paid } = await buyer.buy({ ...order({ stallMs: 30_000 }), sink })
    expect({ units, paid, cuts }).toEqual({ units: BigInt(ROWS), paid: PRICE * BigInt(ROWS), cuts: 3 })
    expect(kept).toEqual(expected)
    expect(takings(seller)).toBe(PRICE * BigInt(ROWS))
    expect(onlyChannel(buyer).signed.state.streams).toEqual([])
  })
})
