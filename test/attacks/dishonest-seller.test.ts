/**
 * Sellers that lie over the real transport. Each test asserts why the buyer stopped, what its sink holds, and what the seller can
 * take with everything that it was given: the prepaid window that the quote named, and rows that arrived, and nothing else.
 */

import {
  type ChallengeBinding,
  decodeBinding,
  encodeBinding,
  formatChallenge,
  parseChallenge,
} from '@symbolon/credentials'
import {
  beaconForm,
  decodeSigned,
  descriptorForm,
  encodeSigned,
  fileRows,
  offerRows,
  quoteForm,
  type RowPacket,
  RowSeller,
  signQuote,
} from '@symbolon/market'
import {
  domainDigest,
  Ed25519KeyPair,
  encode,
  formatDid,
  fromHex,
  type Hash,
  isSymbolonError,
  toHex,
} from '@symbolon/primitives'
import {
  formatInvoice,
  type HttpAnswer,
  type HttpRequest,
  type PurchaseEvent,
  ROUTES,
  type Seller,
} from '@symbolon/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { addressFor, csv, seed, World } from '../support/world.ts'
import { deliverRowsOf } from './lying-delivery.ts'
import { codeOf, onlyChannel, order, PRICE, ROWS, type Shop, shop, takings, until } from './stage.ts'

let world: World
afterEach(() => world.close())

/** Answers some requests otherwise than an honest seller. */
function lieOverHttp(
  seller: Seller,
  lie: (
    request: HttpRequest,
    honest: (request: HttpRequest) => Promise<HttpAnswer | undefined>,
  ) => Promise<HttpAnswer | undefined>,
): void {
  const honest = seller.http.bind(seller)
  seller.http = (request) => lie(request, honest)
}

async function purchaseFrom({ seller }: Shop, more: Parameters<typeof order>[0] = {}) {
  const { buyer } = await world.buyer('buyer', undefined, { sync: 'none' })
  const asked = order(more)
  const events: PurchaseEvent[] = []
  const code = await codeOf(() => buyer.buy({ ...asked, onEvent: (event) => events.push(event) }))
  const reason = events.find((event) => event.kind === 'retry')
  return {
    buyer,
    code,
    reason: reason?.kind === 'retry' ? reason.code : undefined,
    rows: asked.sink.units.length,
    taken: takings(seller),
  }
}

describe('a seller that delivers something else than it sold', () => {
  const packetsOf = ({ offer }: Shop, content?: Uint8Array): RowPacket[] => {
    const goods = content === undefined ? offer.goods : offerRows(fileRows(content, 'csv').rows)
    if (goods === undefined) throw new Error('no goods')
    const rows = new RowSeller(goods.tree, goods.rows, { first: 0, end: ROWS }, 1)
    return Array.from({ length: 8 }, () => rows.next(1) as RowPacket)
  }
  const first = (packets: RowPacket[]): RowPacket => packets[0] as RowPacket

  it.each<[string, (shop: Shop) => RowPacket[], string, number]>([
    [
      'a row that is not in the file',
      (of) => [{ ...first(packetsOf(of)), rows: [new TextEncoder().encode('0,1')] }],
      'GOODS_ROW_FORGED',
      0,
    ],
    ['the same row twice', (of) => [first(packetsOf(of)), first(packetsOf(of))], 'GOODS_OUT_OF_ORDER', 1],
    ['the second row first', (of) => packetsOf(of).slice(1), 'GOODS_OUT_OF_ORDER', 0],
    ['a row of another file', (of) => packetsOf(of, csv(ROWS + 1)), 'GOODS_ROW_FORGED', 0],
    [
      'a row of a file of the same length',
      (of) => packetsOf(of, new TextEncoder().encode(`index,value\n${'7,7\n'.repeat(ROWS)}`)),
      'GOODS_ROW_FORGED',
      0,
    ],
    ['no proof', (of) => [{ ...first(packetsOf(of)), proof: [] }], 'GOODS_PROOF_LENGTH', 0],
    [
      'the proof of another row',
      (of) => [{ ...first(packetsOf(of)), proof: [...first(packetsOf(of)).proof].reverse() }],
      'GOODS_ROW_FORGED',
      0,
    ],
    [
      'more rows than were sold',
      (of) => [{ ...first(packetsOf(of)), rows: Array.from({ length: 64 }, () => new Uint8Array(1)) }],
      'GOODS_ROWS_EXCEEDED',
      0,
    ],
  ])('%s: nothing is paid beyond the prepaid unit', async (_, packets, code, kept) => {
    world = await World.create({ sync: 'none' })
    const lying = await shop(world)
    deliverRowsOf(lying.seller, () => packets(lying).map((packet) => ({ kind: 'rows', packet })))
    const outcome = await purchaseFrom(lying)
    expect(outcome).toMatchObject({ code, rows: kept, taken: PRICE })
  })

  it.each<[string, Parameters<typeof deliverRowsOf>[1], string]>([
    ['takes the prepayment and sends nothing', () => [], 'DELIVERY_STALLED'],
    ['ends before the first row', () => [{ kind: 'end' }], 'DELIVERY_SHORT'],
    ['aborts', () => [{ kind: 'abort' }], 'DELIVERY_ABORTED'],
    ['sends bytes that are no message, again and again', () => [{ kind: 'garbage' }], 'DELIVERY_INTERRUPTED'],
    ['drops every connection', () => [{ kind: 'drop' }], 'DELIVERY_INTERRUPTED'],
  ])('%s: the prepaid unit is lost, as the quote said', async (_, script, code) => {
    world = await World.create({ sync: 'none' })
    const lying = await shop(world)
    deliverRowsOf(lying.seller, script)
    // Connections that are lost at once are tried again for some six seconds.
    const stallMs = code === 'DELIVERY_INTERRUPTED' ? 60_000 : 300
    expect(await purchaseFrom(lying, { stallMs })).toMatchObject({ code, rows: 0, taken: PRICE })
  })

  it('takes ticks and falls silent: exactly the rows that arrived are paid, and the rest comes back', async () => {
    world = await World.create({ sync: 'none', heartbeatMs: 20 })
    const lying = await shop(world)
    deliverRowsOf(lying.seller, () => packetsOf(lying).map((packet) => ({ kind: 'rows', packet })))
    const { buyer, ...outcome } = await purchaseFrom(lying)
    expect(outcome).toEqual({ code: 'DELIVERY_STALLED', reason: undefined, rows: 8, taken: 8n * PRICE })
    const channel = onlyChannel(buyer)
    await channel.closeCooperative()
    const record = await buyer.agent.ledger.channel(channel.id)
    expect(record?.payouts?.[1]).toBe(8n * PRICE)
  })
})

describe('a seller that asks for something else than it quoted', () => {
  /** The seller's own signature over another binding, and an invoice that fits it. */
  const rebinding =
    (change: Partial<ChallengeBinding>) =>
    async (answer: HttpAnswer, frame: Hash): Promise<HttpAnswer> => {
      const challenge = parseChallenge(answer.headers['www-authenticate'] ?? '')
      const honest = decodeBinding(challenge.binding?.bytes ?? new Uint8Array(0))
      const lie = { ...honest, ...change }
      const bytes = encodeBinding(lie)
      const digest = domainDigest('challenge', frame, bytes)
      const signature = new Ed25519KeyPair(seed('seller/account')).sign(digest)
      const invoice = formatInvoice({
        channel: fromHex(lie.channel) as Hash,
        paymentHash: fromHex(lie.paymentHash) as Hash,
        amount: lie.price,
        binding: digest,
      })
      const { macaroon } = challenge
      const header = formatChallenge({ macaroon, invoice, binding: { bytes, signature } })
      return { ...answer, headers: { ...answer.headers, 'www-authenticate': header } }
    }

  it.each<[string, Partial<ChallengeBinding>, string]>([
    ['a higher price', { price: PRICE * 2n }, 'BINDING_PRICE_MISMATCH'],
    ['another channel', { channel: '09'.repeat(32) }, 'BINDING_CHANNEL_MISMATCH'],
    ['another quote', { quote: '09'.repeat(32) }, 'BINDING_QUOTE_MISMATCH'],
    ['another resource', { resource: 'other.csv' }, 'BINDING_RESOURCE_MISMATCH'],
    ['another frame', { frame: '09'.repeat(32) }, 'BINDING_FRAME_MISMATCH'],
    ['another payer', { payer: formatDid(addressFor('other')) }, 'BINDING_PAYER_MISMATCH'],
    ['another payee', { payee: formatDid(addressFor('other')) }, 'BINDING_PAYEE_MISMATCH'],
    ['another payment', { paymentHash: '09'.repeat(32) }, 'L402_PAYMENT_HASH_MISMATCH'],
    ['a time that is over', { expiresAt: 1 }, 'BINDING_EXPIRED'],
  ])('a challenge, signed, for %s is not paid', async (_, change, code) => {
    world = await World.create({ sync: 'none' })
    const lying = await shop(world)
    lieOverHttp(lying.seller, async (request, honest) => {
      const answer = await honest(request)
      const isChallenge = request.path.startsWith('/goods') && answer?.status === 402
      return isChallenge ? rebinding(change)(answer, world.frame) : answer
    })
    const { reason, taken } = await purchaseFrom(lying)
    expect({ reason, taken }).toEqual({ reason: code, taken: 0n })
  })

  it.each([
    ['everything in advance', BigInt(ROWS), 'QUOTE_PREPAYMENT'],
    ['one unit more in advance than buyers risk', 33n, 'QUOTE_PREPAYMENT'],
  ])('%s is not agreed to', async (_, unitsMin, code) => {
    world = await World.create({ sync: 'none' })
    const lying = await shop(world)
    const account = new Ed25519KeyPair(seed('seller/account'))
    const signer = { publicKey: account.publicKey, sign: (digest: Uint8Array) => account.sign(digest) }
    lieOverHttp(lying.seller, async (request, honest) => {
      const answer = await honest(request)
      if (request.path !== ROUTES.quote || answer === undefined) return answer
      const { record } = JSON.parse(String(answer.body)) as { record: string }
      const { body } = decodeSigned(quoteForm, fromHex(record))
      const greedy = await signQuote({ ...body, unitsMin }, signer)
      return { ...answer, body: JSON.stringify({ record: toHex(encodeSigned(quoteForm, greedy)) }) }
    })
    const { reason, taken, buyer } = await purchaseFrom(lying)
    expect({ reason, taken, agreed: buyer.purchases.unfinished() }).toEqual({
      reason: code,
      taken: 0n,
      agreed: [],
    })
  })
})

describe('a seller that is not what the registry says', () => {
  const droppedBecause = async (): Promise<string[]> => {
    const { buyer } = await world.buyer('buyer', undefined, { sync: 'none' })
    try {
      await buyer.buy(order())
    } catch (error) {
      if (isSymbolonError(error, 'DISCOVERY_EMPTY')) return error.details['dropped'] as string[]
    }
    return []
  }

  it('serves another descriptor than it registered', async () => {
    world = await World.create({ sync: 'none' })
    const { seller, offer } = await shop(world)
    const other = await seller.sellFile({ name: 'other.csv', format: 'csv', content: csv(3) }, 1n)
    lieOverHttp(seller, (request, honest) =>
      honest({
        ...request,
        header: request.header,
        path: request.path.replace(toHex(offer.digest), toHex(other.digest)),
      }),
    )
    expect(await droppedBecause()).toEqual([expect.stringContaining('another descriptor')])
  })

  it('serves a descriptor that somebody else signed', async () => {
    world = await World.create({ sync: 'none' })
    const { seller } = await shop(world)
    const thief = new Ed25519KeyPair(seed('thief/account'))
    lieOverHttp(seller, async (request, honest) => {
      const answer = await honest(request)
      if (!request.path.startsWith(ROUTES.descriptor) || answer === undefined) return answer
      const { record } = JSON.parse(String(answer.body)) as { record: string }
      const signed = decodeSigned(descriptorForm, fromHex(record))
      const forged = {
        ...signed,
        publicKey: thief.publicKey,
        signature: thief.sign(encode(descriptorForm.body, signed.body)),
      }
      return { ...answer, body: JSON.stringify({ record: toHex(encodeSigned(descriptorForm, forged)) }) }
    })
    expect(await droppedBecause()).toEqual([expect.stringMatching(/key|sign/)])
  })

  it('shows a beacon of an epoch that is over', async () => {
    world = await World.create({ sync: 'none', heartbeatMs: 10, parameters: { epochLength: 2n } })
    const { seller, offer } = await shop(world)
    const old = await seller.catalogue.beacon(offer)
    const { epoch } = decodeSigned(beaconForm, old).body
    await until(async () => {
      const { checkpoint } = await seller.agent.client.call('checkpoint.latest', {})
      return checkpoint.header.epoch > epoch + 2n
    })
    lieOverHttp(seller, async (request, honest) => {
      const answer = await honest(request)
      if (!request.path.startsWith(ROUTES.beacon) || answer === undefined) return answer
      return { ...answer, body: JSON.stringify({ record: toHex(old) }) }
    })
    expect(await droppedBecause()).toEqual([expect.stringContaining(`the beacon is of epoch ${epoch}`)])
  })

  it('answers at no address: the buyer loses nothing and buys from the one that does', async () => {
    world = await World.create({
      sync: 'none',
      funded: { phantom: 10_000_000_000_000n, seller: 10_000_000_000_000n, buyer: 10_000_000_000_000n },
    })
    const client = await world.client()
    const honest = await shop(world)
    const { server, seller: phantom } = await world.seller('phantom')
    await phantom.sellFile({ name: 'phantom.csv', format: 'csv', content: csv(ROWS) }, PRICE / 2n)
    await phantom.publish()
    await server.close()
    const { buyer } = await world.buyer('buyer', undefined, { sync: 'none' })
    const before = await client.balance(addressFor('buyer'))
    const asked = order()
    const { units, provider } = await buyer.buy(asked)
    expect({ units, from: toHex(provider) }).toEqual({
      units: BigInt(ROWS),
      from: toHex(honest.seller.address),
    })
    expect(takings(phantom)).toBe(0n)
    const { seller } = honest
    expect(takings(seller)).toBe(PRICE * BigInt(ROWS))
    expect(before - (await client.balance(addressFor('buyer')))).toBeGreaterThanOrEqual(
      PRICE * BigInt(ROWS) * 4n,
    )
  })

  it('of another purchase cannot end this one, though it knows the quote', async () => {
    world = await World.create({
      sync: 'none',
      funded: { seller: 10_000_000_000_000n, other: 10_000_000_000_000n, buyer: 10_000_000_000_000n },
    })
    const honest = await shop(world, 'seller')
    const { buyer } = await world.buyer('buyer', undefined, { sync: 'none' })
    await buyer.buy(order())
    const other = await shop(world, 'other')
    await buyer.buy(order({ resource: 'other.csv' }))
    const intruder = onlyChannel(other.seller)
    const asked = order({ resource: 'seller.csv' })
    let intrusions = 0
    const { units } = await buyer.buy({
      ...asked,
      onEvent: (event) => {
        if (event.kind !== 'progress') return
        const quote = (onlyChannel(honest.seller).signed.state.quote ?? new Uint8Array(32)) as Hash
        intrusions += 1
        deliverRowsOf.say(intruder, { kind: 'abort' }, quote)
      },
    })
    expect(units).toBe(BigInt(ROWS))
    expect(intrusions).toBeGreaterThan(0)
    expect(takings(other.seller)).toBe(PRICE * BigInt(ROWS))
  })
})
