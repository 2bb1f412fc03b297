/** A mandate under a thousand spends at once, by every way that money can leave: it is not exceeded by one base unit. */
import type { Channel } from '@symbolon/channels'
import { type Amount, hashKey } from '@symbolon/primitives'
import { afterEach, describe, expect, it } from 'vitest'
import { addressFor, seed, UNIT, World } from '../support/world.ts'
import { HandBuyer } from './hand-buyer.ts'
import { codeOf, PRICE, shop } from './stage.ts'

let world: World
afterEach(() => world.close())

/** Small enough that a thousand spends want several times as much. */
const TOTAL: Amount = 40n * UNIT

describe('a thousand spends at once', () => {
  it('through transfers, payments and streams in three channels stay within the mandate', async () => {
    world = await World.create({ sync: 'none', heartbeatMs: 50 })
    const of = await shop(world)
    const { buyer, keys } = await world.buyer('buyer', TOTAL, { sync: 'none' })
    const { agent } = buyer
    const { interceptor } = keys
    const hand = HandBuyer.over(agent)
    const channels: Channel[] = []
    for (let i = 0; i < 3; i++) channels.push(await hand.openChannel(of, undefined, 8n * UNIT))
    const nonce = await agent.ledger.nextNonce()
    const height = await agent.client.height()
    /** Oracle: what has been signed for, computed from the things that were signed. */
    let transferred = 0n
    const wanted = Array.from({ length: 1_000 }, (_, i) => async (): Promise<string> => {
      const channel = channels[i % 3] as Channel
      if (i % 4 === 0) {
        const amount = UNIT / 10n + BigInt(i)
        const body = await agent.client.prepare({
          payload: { kind: 'accounts.transfer', body: { to: addressFor('seller'), amount } },
          sender: agent.keys.address,
          gasLimit: 100_000n,
          nonce: nonce + BigInt(i),
        })
        const code = await codeOf(() => agent.keys.signTransaction({ ...body, validUntil: height + 100n }))
        if (code === 'OK') transferred += amount + body.fee
        return code
      }
      if (i % 4 === 1)
        return codeOf(() => channel.openStream({ tickValue: PRICE, quote: seed('q') as never, length: 300 }))
      return codeOf(() => channel.pay(UNIT / 20n + BigInt(i)))
    })
    const codes = await Promise.all(wanted.map((spend) => spend()))
    const report = interceptor.report()
    expect(codes.filter((code) => code === 'OK').length).toBeGreaterThan(100)
    expect(codes).toContain('CAP_TOTAL')
    // Nothing appears or vanishes in the books …
    expect(report.available + report.committed + report.spent).toBe(TOTAL)
    expect(report.available).toBeGreaterThanOrEqual(0n)
    // … and outside of them: transfers that were signed, deposits that were locked and their fees are all there is.
    const deposits = channels.reduce((sum, channel) => sum + (channel.terms.deposits[0] ?? 0n), 0n)
    expect(transferred + deposits).toBeLessThanOrEqual(TOTAL)
    // The counterparties hold no state that takes more than was put in.
    for (const channel of channels) {
      const theirs = of.seller.agent.host.channels.get(hashKey(channel.id))
      expect(theirs?.balances.own).toBeLessThanOrEqual(8n * UNIT)
    }
  })

  it('leaves less than the smallest spend unspent: the bound is reached, and not by luck', async () => {
    world = await World.create({ sync: 'none' })
    const { buyer, keys } = await world.buyer('buyer', UNIT, { sync: 'none' })
    const { agent } = buyer
    const body = await agent.client.prepare({
      payload: { kind: 'accounts.transfer', body: { to: addressFor('seller'), amount: 0n + 7_777_777n } },
      sender: agent.keys.address,
      gasLimit: 100_000n,
    })
    const each = 7_777_777n + body.fee
    const codes = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) =>
        codeOf(() => agent.keys.signTransaction({ ...body, nonce: BigInt(i) })),
      ),
    )
    const signed = BigInt(codes.filter((code) => code === 'OK').length)
    expect(signed).toBe(UNIT / each)
    expect(keys.interceptor.report().available).toBe(UNIT - signed * each)
  })
})
