/** One purchase's quote, challenge, credential, payment, stream or channel in the place of another's: refused at every door. */
import { formatPresentation } from '@symbolon/credentials'
import { decodeSigned, quoteForm, verifyQuote } from '@symbolon/market'
import type { Hash } from '@symbolon/primitives'
import { afterEach, describe, expect, it } from 'vitest'
import { addressFor, UNIT, World } from '../support/world.ts'
import { HandBuyer } from './hand-buyer.ts'
import { codeOf, PRICE, ROWS, type Shop, shop, takings, until } from './stage.ts'

const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

const FUNDED = { seller: 10_000n * UNIT, other: 10_000n * UNIT, buyer: 10_000n * UNIT, thief: 10_000n * UNIT }

async function scene(): Promise<{ world: World; a: Shop; b: Shop; buyer: HandBuyer; thief: HandBuyer }> {
  const world = await World.create({ sync: 'none', funded: FUNDED })
  worlds.push(world)
  const [a, b] = [await shop(world, 'seller'), await shop(world, 'other')]
  return {
    world,
    a,
    b,
    buyer: await HandBuyer.open(world, 'buyer'),
    thief: await HandBuyer.open(world, 'thief'),
  }
}

describe('a quote', () => {
  it('of another buyer, another seller, another channel or another channel’s purchase gets no challenge', async () => {
    const { a, b, buyer, thief } = await scene()
    const quote = (await buyer.agreed(a)).digest
    const later = (await buyer.agreed(a, 10n)).digest
    const channel = (await buyer.openChannel(a, quote)).id
    const own = (await thief.openChannel(a, (await thief.agreed(a)).digest)).id
    const codes = {
      honest: (await buyer.get(a, { channel, quote })).code,
      otherBuyer: (await thief.get(a, { channel: own, quote })).code,
      otherBuyersName: (await thief.get(a, { payer: buyer.agent.keys.address, channel: own, quote })).code,
      otherSeller: (await buyer.get(b, { channel, quote })).code,
      otherPurchase: (await buyer.get(a, { channel, quote: later })).code,
      noChannel: (await buyer.get(a, { channel: quote, quote })).code,
      noQuote: (await buyer.get(a, { channel, quote: channel })).code,
    }
    expect(codes).toEqual({
      honest: 'PAYMENT_REQUIRED',
      otherBuyer: 'QUOTE_BUYER_MISMATCH',
      otherBuyersName: 'CHANNEL_PARTY',
      otherSeller: 'QUOTE_UNKNOWN',
      otherPurchase: 'CHANNEL_QUOTE',
      noChannel: 'CHANNEL_UNKNOWN',
      noQuote: 'QUOTE_UNKNOWN',
    })
  })

  it('is agreed on once, for itself, by its buyer', async () => {
    const { a, b, buyer, thief } = await scene()
    const [quote, other] = [await buyer.quote(a), await buyer.quote(a, 10n)]
    expect(await codeOf(() => buyer.commit(quote, a, other.digest))).toBe('COMMITMENT_QUOTE_MISMATCH')
    expect(await codeOf(() => thief.commit(quote, a))).toBe('QUOTE_BUYER_MISMATCH')
    expect(await codeOf(() => buyer.commit(quote, b))).toBe('QUOTE_UNKNOWN')
    const { journal } = a.seller
    const commit = journal.commitPurchase.bind(journal)
    let agreements = 0
    journal.commitPurchase = (purchase) => {
      agreements += 1
      return commit(purchase)
    }
    expect(await codeOf(() => Promise.all(Array.from({ length: 8 }, () => buyer.commit(quote, a))))).toBe(
      'OK',
    )
    expect(await codeOf(() => buyer.commit(quote, a))).toBe('OK')
    expect(agreements).toBe(1)
  })

  it('of another buyer, or not yet agreed, opens no channel', async () => {
    const { a, buyer, thief } = await scene()
    const agreed = await buyer.agreed(a)
    const fresh = await buyer.quote(a)
    expect(await codeOf(() => thief.openChannel(a, agreed.digest))).toBe('CHANNEL_TERMS_REFUSED')
    expect(await codeOf(() => buyer.openChannel(a, fresh.digest))).toBe('CHANNEL_TERMS_REFUSED')
    expect(await codeOf(() => buyer.openChannel(a, agreed.digest, PRICE))).toBe('CHANNEL_TERMS_REFUSED')
    expect(a.seller.agent.host.channels.size).toBe(0)
  })

  it('of another frame does not verify in this one, and its seller does not know ours', async () => {
    const { a, buyer } = await scene()
    const elsewhere = await World.create({ sync: 'none', funded: FUNDED })
    worlds.push(elsewhere)
    const twin = await shop(elsewhere, 'seller')
    const abroad = await HandBuyer.open(elsewhere, 'buyer')
    const foreign = await abroad.quote(twin)
    const descriptor = a.offer.descriptor.body
    const verify = () =>
      verifyQuote(decodeSigned(quoteForm, abroad.signedQuote(foreign)), {
        frame: buyer.agent.client.frame,
        descriptor,
        descriptorDigest: a.offer.digest,
        buyer: addressFor('buyer'),
        resource: a.offer.resource,
        quantity: BigInt(ROWS),
        unitPriceMax: PRICE,
        totalMax: PRICE * BigInt(ROWS),
        creditWindowMax: 1_024,
        goodsRequired: true,
        now: BigInt(buyer.now()),
      })
    expect(await codeOf(verify)).toBe('RECORD_FRAME_MISMATCH')
    expect(await codeOf(() => buyer.commit(foreign, a))).toBe('QUOTE_UNKNOWN')
  })
})

describe('a payment', () => {
  it('of another amount, for another challenge, or in another channel comes back, and shows no preimage', async () => {
    const { a, buyer } = await scene()
    const quote = (await buyer.agreed(a)).digest
    const channel = await buyer.openChannel(a, quote)
    const second = (await buyer.agreed(a)).digest
    const other = await buyer.openChannel(a, second)
    const challenge = await buyer.challenge(a, channel.id, quote)
    const elsewhere = await buyer.challenge(a, other.id, second)
    const before = channel.balances.own
    const attempts = {
      less: () => buyer.pay(channel, { ...challenge, amount: PRICE - 1n }),
      more: () => buyer.pay(channel, { ...challenge, amount: PRICE + 1n }),
      otherBinding: () => buyer.pay(channel, { ...challenge, binding: elsewhere.binding }),
      otherChannel: () => buyer.pay(channel, elsewhere),
      unknown: () => buyer.pay(channel, { ...challenge, paymentHash: quote as Hash }),
    }
    for (const [name, attempt] of Object.entries(attempts))
      expect([name, await codeOf(attempt)]).toEqual([name, 'PAYMENT_REFUSED'])
    expect(channel.balances.own).toBe(before)
    expect(takings(a.seller)).toBe(0n)
    // The challenge itself was not used up by the attempts.
    expect(await codeOf(() => buyer.pay(channel, challenge))).toBe('OK')
    expect(takings(a.seller)).toBe(PRICE)
  })
})

describe('a credential', () => {
  it('opens nothing for another purchase, channel, buyer or seller, nor with another preimage', async () => {
    const { a, b, buyer, thief } = await scene()
    const { channel, quote, authorization, challenge } = await buyer.authenticated(a)
    const second = await buyer.agreed(a)
    const other = await buyer.openChannel(a, second.digest)
    const stolen = await thief.agreed(a)
    const thiefs = await thief.openChannel(a, stolen.digest)
    const foreign = await buyer.agreed(b)
    const there = await buyer.openChannel(b, foreign.digest)
    const unpaid = formatPresentation({ macaroon: challenge.macaroon, preimage: new Uint8Array(32).fill(1) })
    const attempts = {
      otherPurchase: await buyer.get(a, { channel: other.id, quote: second.digest }, authorization),
      otherChannel: await buyer.get(a, { channel: other.id, quote: quote.digest }, authorization),
      otherBuyer: await thief.get(a, { channel: thiefs.id, quote: stolen.digest }, authorization),
      otherSeller: await buyer.get(b, { channel: there.id, quote: foreign.digest }, authorization),
      otherPreimage: await buyer.get(a, { channel: channel.id, quote: quote.digest }, unpaid),
    }
    for (const [name, { status }] of Object.entries(attempts))
      expect([name, status === 200]).toEqual([name, false])
    const authenticated = a.seller.journal.authenticated
    expect(authenticated.size).toBe(1)
    expect(b.seller.journal.authenticated.size).toBe(0)
  })

  it('paid in one channel delivers nothing in another channel of the same pair', async () => {
    const { a, buyer } = await scene()
    const { quote } = await buyer.authenticated(a)
    const other = await buyer.openChannel(a, (await buyer.agreed(a)).digest)
    const payer = await other.openStream({ tickValue: PRICE, quote: quote.digest, length: ROWS - 1 })
    buyer.begin(other, quote.digest, payer.run, 0n)
    await until(() => buyer.aborts.length > 0)
    expect(buyer.aborts).toEqual(['NOT_AUTHENTICATED'])
  })

  it('of the same pair and another stream: the run must be of this channel', async () => {
    const { a, buyer } = await scene()
    const { channel, quote } = await buyer.authenticated(a)
    const other = await buyer.openChannel(a, (await buyer.agreed(a)).digest)
    const payer = await other.openStream({ tickValue: PRICE, quote: quote.digest, length: ROWS - 1 })
    payer.pay(50)
    buyer.begin(channel, quote.digest, payer.run, 0n)
    await until(() => buyer.aborts.length > 0)
    expect(buyer.aborts).toEqual(['STREAM_UNKNOWN'])
  })
})
