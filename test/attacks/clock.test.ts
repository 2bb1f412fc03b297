/** Clocks: every expiry at its last valid second and one later, clocks that differ, and clocks that are set back. */
import { afterEach, describe, expect, it } from 'vitest'
import { World } from '../support/world.ts'
import { HandBuyer } from './hand-buyer.ts'
import { codeOf, order, PRICE, type Shop, shop, takings, until } from './stage.ts'

let world: World
afterEach(() => world.close())

const START = Math.floor(Date.now() / 1_000)

/** A seller whose clock stands wherever the test puts it, seconds after START. */
async function scene(): Promise<{ of: Shop; buyer: HandBuyer; at: (seconds: number) => void }> {
  world = await World.create({ sync: 'none' })
  let now = START
  const of = await shop(world, 'seller', { clock: () => now * 1_000 })
  const at = (seconds: number): void => {
    now = START + seconds
  }
  const buyer = await HandBuyer.open(world)
  buyer.now = () => now
  return { of, buyer, at }
}

describe('at the seller', () => {
  it('a quote can be agreed on until its expiry, inclusive (300 s)', async () => {
    const { of, buyer, at } = await scene()
    const [early, late] = [await buyer.quote(of), await buyer.quote(of)]
    at(300)
    expect(await codeOf(() => buyer.commit(early, of))).toBe('OK')
    at(301)
    expect(await codeOf(() => buyer.commit(late, of))).toBe('QUOTE_EXPIRED')
    // A clock that is set back is the seller's own loss, and only of a quote that it had given.
    at(300)
    expect(await codeOf(() => buyer.commit(late, of))).toBe('OK')
  })

  it('a proposal is taken 30 s early and until its validity and 30 s are over', async () => {
    const { of, buyer, at } = await scene()
    const commitAt = async (proposed: number, received: number): Promise<string> => {
      at(0)
      const quote = await buyer.quote(of)
      const terms = buyer.termsFor(quote, of)
      buyer.termsFor = () => ({ ...terms, proposed: BigInt(START + proposed) })
      at(received)
      try {
        return await codeOf(() => buyer.commit(quote, of))
      } finally {
        buyer.termsFor = HandBuyer.prototype.termsFor
      }
    }
    expect(await commitAt(30, 0)).toBe('OK')
    expect(await commitAt(31, 0)).toBe('COMMITMENT_VALIDITY')
    expect(await commitAt(0, 90)).toBe('OK')
    expect(await commitAt(0, 91)).toBe('COMMITMENT_EXPIRED')
  })

  it('an agreement that nobody pays is no option: after the quote’s expiry there is no challenge', async () => {
    const { of, buyer, at } = await scene()
    const { digest } = await buyer.agreed(of)
    const channel = await buyer.openChannel(of, digest)
    at(300)
    expect((await buyer.get(of, { channel: channel.id, quote: digest })).code).toBe('PAYMENT_REQUIRED')
    at(301)
    expect((await buyer.get(of, { channel: channel.id, quote: digest })).code).toBe('QUOTE_EXPIRED')
  })

  it('a challenge is paid until its expiry, inclusive (60 s); later the payment comes back', async () => {
    const { of, buyer, at } = await scene()
    const { digest } = await buyer.agreed(of)
    const channel = await buyer.openChannel(of, digest)
    const [early, late] = [
      await buyer.challenge(of, channel.id, digest),
      await buyer.challenge(of, channel.id, digest),
    ]
    at(60)
    expect(await codeOf(() => buyer.pay(channel, early))).toBe('OK')
    at(61)
    expect(await codeOf(() => buyer.pay(channel, late))).toBe('PAYMENT_REFUSED')
    expect(takings(of.seller)).toBe(PRICE)
  })

  it('a credential opens until its expiry, inclusive (600 s), and not after, however the client’s clock stands', async () => {
    const { of, buyer, at } = await scene()
    const { channel, quote, authorization } = await buyer.authenticated(of)
    const names = { channel: channel.id, quote: quote.digest }
    at(600)
    expect((await buyer.get(of, names, authorization)).status).toBe(200)
    at(601)
    expect((await buyer.get(of, names, authorization)).status).toBe(402)
  })

  it('what was authenticated in time is delivered, whatever the time is then', async () => {
    const { of, buyer, at } = await scene()
    const { channel, quote } = await buyer.authenticated(of)
    const payer = await channel.openStream({ tickValue: PRICE, quote: quote.digest, length: 10 })
    at(100_000)
    buyer.begin(channel, quote.digest, payer.run, 0n)
    await until(() => buyer.rows.size > 0)
    expect(buyer.aborts).toEqual([])
  })
})

describe('at the buyer', () => {
  const buyWith = async (skewSeconds: number): Promise<string> => {
    world = await World.create({ sync: 'none' })
    const of = await shop(world)
    const clock = (): number => Date.now() + skewSeconds * 1_000
    const { buyer } = await world.buyer('buyer', undefined, { sync: 'none', clock })
    try {
      await buyer.buy(order())
      return 'OK'
    } catch (error) {
      expect(takings(of.seller)).toBe(0n)
      return (error as { cause?: { code: string } }).cause?.code ?? (error as { code: string }).code
    }
  }

  it.each([
    [-20, 'OK'],
    [20, 'OK'],
  ])('a clock that is %i s off buys', async (skew, code) => expect(await buyWith(skew)).toBe(code))

  it.each([
    [-120, 'QUOTE_NOT_YET_VALID'],
    [400, 'QUOTE_EXPIRED'],
  ])('a clock that is %i s off refuses, and pays nothing', async (skew, code) =>
    expect(await buyWith(skew)).toBe(code),
  )
})

describe('a mandate', () => {
  it('signs until its expiry, inclusive, and a clock that is set back brings it to life no more', async () => {
    world = await World.create({ sync: 'none' })
    let now = START
    const mandate = await world.mandate('buyer', PRICE * 1_000n, { expiresAt: BigInt(START + 60) })
    const keys = await world.mandatedKeys('buyer', [mandate], { clock: () => now })
    const client = await world.client()
    const spend = async (nonce: bigint): Promise<string> => {
      const body = await client.prepare({
        payload: { kind: 'accounts.transfer', body: { to: mandate.mandate.issuer, amount: 1n } },
        sender: keys.address,
        gasLimit: 10_000n,
        nonce,
      })
      return codeOf(() => keys.signTransaction(body))
    }
    now = START + 60
    expect(await spend(0n)).toBe('OK')
    now = START + 61
    expect(await spend(1n)).toBe('MANDATE_EXPIRED')
    now = START
    expect(await spend(2n)).toBe('MANDATE_EXPIRED')
  })
})
