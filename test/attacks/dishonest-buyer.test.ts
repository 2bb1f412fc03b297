/**
 * Buyers that lie over the real transport. Each test asserts how many rows left the seller beyond those paid for: at most the
 * credit window, whatever the buyer says, repeats or claims to have lost.
 */

import { encodeMessage } from '@symbolon/channels'
import { domainDigest, hashChainWalk } from '@symbolon/primitives'
import { streamTag } from '@symbolon/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { World } from '../support/world.ts'
import { HandBuyer } from './hand-buyer.ts'
import {
  codeOf,
  onlyChannel,
  PRICE,
  ROWS,
  type Shop,
  shop,
  takeable,
  takings,
  until,
  WINDOW,
} from './stage.ts'

let world: World
afterEach(() => world.close())

/** Long enough for a seller that would deliver more to do so; an honest one has nothing to wait for. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150))

/** Rows go in aligned runs, so a window need not fill to the last row; it never overflows. */
function expectWithinWindow(buyer: HandBuyer, paid: number): void {
  expect(buyer.rows.size).toBeGreaterThan(paid)
  expect(buyer.rows.size).toBeLessThanOrEqual(paid + WINDOW)
}

async function scene(more: Parameters<typeof World.create>[0] = {}): Promise<{ of: Shop; buyer: HandBuyer }> {
  world = await World.create({ sync: 'none', ...more })
  return { of: await shop(world), buyer: await HandBuyer.open(world) }
}

/** Prepaid, authenticated, with an open stream that nothing is paid on yet. */
async function streaming(more: Parameters<typeof World.create>[0] = {}) {
  const { of, buyer } = await scene(more)
  const bought = await buyer.authenticated(of)
  const { channel, quote } = bought
  const payer = await channel.openStream({ tickValue: PRICE, quote: quote.digest, length: ROWS - 1 })
  return { of, buyer, payer, ...bought }
}

describe('rows without payment', () => {
  it('who begins without having paid gets nothing', async () => {
    const { of, buyer } = await scene()
    const quote = await buyer.agreed(of)
    const channel = await buyer.openChannel(of, quote.digest)
    const payer = await channel.openStream({ tickValue: PRICE, quote: quote.digest, length: ROWS - 1 })
    buyer.begin(channel, quote.digest, payer.run, 0n)
    await until(() => buyer.aborts.length > 0)
    expect(buyer.aborts).toEqual(['NOT_AUTHENTICATED'])
    expect(buyer.rows.size).toBe(0)
  })

  it('who stops paying has got the prepaid unit and one credit window', async () => {
    const { buyer, channel, quote, payer, of } = await streaming()
    buyer.begin(channel, quote.digest, payer.run, 0n)
    await until(() => buyer.rows.size > WINDOW / 2)
    await settle()
    expectWithinWindow(buyer, 1)
    expect(takings(of.seller)).toBe(PRICE)
  })

  it('who pays late is served on, to the last row, for exactly the price', async () => {
    const { buyer, channel, quote, payer, of } = await streaming()
    buyer.begin(channel, quote.digest, payer.run, 0n)
    await until(() => buyer.rows.size > WINDOW / 2)
    await settle()
    for (let paid = 0; paid < ROWS - 1; ) {
      const units = Math.min(50, ROWS - 1 - paid)
      await payer.ready(units)
      payer.pay(units)
      paid += units
      await until(() => buyer.rows.size >= Math.min(ROWS, 1 + paid))
      expect(buyer.rows.size).toBeLessThanOrEqual(1 + paid + WINDOW)
    }
    await until(() => buyer.rows.size === ROWS)
    await payer.close()
    expect(takings(of.seller)).toBe(PRICE * BigInt(ROWS))
  })

  it('who asks for rows beyond what is paid is refused', async () => {
    const { buyer, channel, quote, payer } = await streaming()
    buyer.begin(channel, quote.digest, payer.run, 2n)
    buyer.begin(channel, quote.digest, payer.run, BigInt(ROWS) - 1n)
    await until(() => buyer.aborts.length === 2)
    expect(buyer.aborts).toEqual(['UNIT_NOT_PAID', 'UNIT_NOT_PAID'])
    expect(buyer.rows.size).toBe(0)
  })

  it('who claims after every reconnect that everything was lost gets the same unpaid rows again, never new ones', async () => {
    const { buyer, channel, quote, payer, of } = await streaming()
    buyer.begin(channel, quote.digest, payer.run, 0n)
    await until(() => buyer.rows.size > WINDOW / 2)
    payer.pay(25)
    await until(() => buyer.rows.size > 26)
    payer.pay(35)
    await until(() => buyer.rows.size > 61)
    for (let attempt = 0; attempt < 5; attempt++) {
      payer.receivedUnits = 0n
      buyer.taps.at(-1)?.close('lost')
      await until(() => !channel.isOnline)
      await buyer.reconnect(channel, of)
      buyer.begin(channel, quote.digest, payer.run, attempt % 2 === 0 ? 61n : 0n)
      await settle()
      expectWithinWindow(buyer, 61)
    }
    expect(takings(of.seller)).toBe(61n * PRICE)
  })

  it('twenty begins at once are one delivery', async () => {
    const { buyer, channel, quote, payer } = await streaming()
    for (let i = 0; i < 20; i++) buyer.begin(channel, quote.digest, payer.run, 0n)
    await until(() => buyer.rows.size > WINDOW / 2)
    await settle()
    expectWithinWindow(buyer, 1)
  })

  it.each([
    ['half the price', { tickValue: PRICE / 2n }],
    ['another quote', { quote: new Uint8Array(32).fill(7) as never }],
  ])('a stream under %s pays for nothing', async (_, terms) => {
    const { of, buyer } = await scene()
    const { channel, quote } = await buyer.authenticated(of)
    const payer = await channel.openStream({ tickValue: PRICE, quote: quote.digest, length: 10, ...terms })
    buyer.begin(channel, quote.digest, payer.run, 0n)
    await until(() => buyer.aborts.length > 0)
    expect(buyer.aborts).toEqual(['STREAM_UNKNOWN'])
  })
})

describe('ticks', () => {
  it('sent again, or older than the newest, add nothing', async () => {
    const { channel, payer, of, buyer } = await streaming()
    payer.pay(10)
    await until(() => takings(of.seller) === 11n * PRICE)
    const ticks = (buyer.taps.at(-1)?.sent ?? []).slice(-1)
    for (const tick of ticks) for (let i = 0; i < 50; i++) buyer.taps.at(-1)?.send(tick)
    await settle()
    expect(takings(of.seller)).toBe(11n * PRICE)
    expect(channel.isOnline).toBe(true)
  })

  it.each(['made up', 'of another channel'])('%s end the connection and pay nothing', async (kind) => {
    const { channel, payer, of, buyer } = await streaming()
    const [chain] = payer.chains
    if (chain === undefined) throw new Error('no chain')
    const { frame } = buyer.agent.client
    const tag = streamTag(frame, new Uint8Array(32).fill(3) as never, chain.stream)
    const preimage =
      kind === 'made up'
        ? domainDigest('stream-seed', frame, new Uint8Array(8))
        : hashChainWalk(chain.chain.preimage(5), tag, 3)
    buyer.taps
      .at(-1)
      ?.send(encodeMessage({ kind: 'tick', body: { stream: chain.stream, index: 2, preimage } }))
    await until(() => !channel.isOnline)
    expect(takings(of.seller)).toBe(PRICE)
    await buyer.reconnect(channel, of)
    payer.pay(3)
    await until(() => takings(of.seller) === 4n * PRICE)
  })
})

describe('an old state, while the seller is away', () => {
  it('is answered by the restarted seller with the newest one: it gets everything that it was paid', async () => {
    world = await World.create({ sync: 'none', heartbeatMs: 40, parameters: { challengePeriod: 40n } })
    const of = await shop(world)
    const buyer = await HandBuyer.open(world)
    const { channel, quote } = await buyer.authenticated(of)
    const stale = channel.signed
    const payer = await channel.openStream({ tickValue: PRICE, quote: quote.digest, length: ROWS - 1 })
    buyer.begin(channel, quote.digest, payer.run, 0n)
    await until(() => buyer.rows.size > WINDOW / 2)
    payer.pay(120)
    await until(() => takings(of.seller) === 121n * PRICE)
    // The seller's process ends; the buyer puts the state before the stream on the ledger.
    await of.seller.close()
    const { state, signatures } = stale
    const { agent } = buyer
    channel.stop()
    await agent.ledger.transact({
      kind: 'channels.closeUnilateral',
      body: { channel: channel.id, state, signatures: [...signatures], party: channel.party },
    })
    const again = await world.seller('seller', {})
    await until(async () => (await agent.ledger.channel(channel.id))?.payouts !== undefined)
    const record = await agent.ledger.channel(channel.id)
    expect(record?.payouts?.[1]).toBeGreaterThanOrEqual(121n * PRICE)
    expect(again.seller.agent.host.get(channel.id)).toBeUndefined()
  })

  it.each([
    ['of the same sequence', 0n],
    ['of a lower sequence', 1n],
  ])('a challenge with a state %s is refused by the ledger', async (_, below) => {
    const { channel, buyer, payer } = await streaming({ heartbeatMs: 100 })
    const before = channel.signed
    await payer.close()
    const shown = below === 0n ? channel.signed : before
    const { agent } = buyer
    const close = { channel: channel.id, state: channel.signed.state, party: channel.party }
    const signatures = [...channel.signed.signatures]
    channel.stop()
    await agent.ledger.transact({ kind: 'channels.closeUnilateral', body: { ...close, signatures } })
    const challenge = {
      channel: channel.id,
      state: shown.state,
      signatures: [...shown.signatures],
      party: channel.party,
    }
    expect(await codeOf(() => agent.ledger.transact({ kind: 'channels.challenge', body: challenge }))).toBe(
      'CHANNEL_STALE',
    )
  })
})

it('what the seller believes to have earned is what it can take', async () => {
  const { of, payer } = await streaming()
  payer.pay(7)
  await until(() => takeable(onlyChannel(of.seller)) === 8n * PRICE)
})
