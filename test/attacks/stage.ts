/** What the attacks share: sellers with a file, buyers with time, and the one figure that counts: what a seller can take. */
import type { Channel } from '@symbolon/channels'
import { type Amount, type Hash, isSymbolonError } from '@symbolon/primitives'
import {
  type Buyer,
  COLD_BUDGET,
  MemorySink,
  type Offer,
  type PurchaseOrder,
  type Seller,
  type SellerOptions,
  WARM_BUDGET,
} from '@symbolon/sdk'
import { csv, type World } from '../support/world.ts'

export const PRICE: Amount = 1_000_000n
export const ROWS = 200
export const WINDOW = 32

export interface Shop {
  readonly seller: Seller
  readonly offer: Offer
  readonly url: string
}

export async function shop(
  world: World,
  name = 'seller',
  options: Partial<SellerOptions> & { rows?: number; file?: string } = {},
): Promise<Shop> {
  const { rows = ROWS, file = `${name}.csv`, ...more } = options
  const { seller, server } = await world.seller(name, more)
  const offer = await seller.sellFile({ name: file, format: 'csv', content: csv(rows) }, PRICE)
  await seller.publish()
  return { seller, offer, url: server.url }
}

/** An order with so much time that a slow machine decides nothing. */
export function order(more: Partial<PurchaseOrder> = {}): PurchaseOrder & { sink: MemorySink } {
  return {
    capability: 'data.rows',
    quantity: BigInt(ROWS),
    unitPriceMax: PRICE,
    totalMax: PRICE * BigInt(ROWS),
    collateral: PRICE * BigInt(ROWS) * 4n,
    warmBudget: { ...WARM_BUDGET, envelopeMs: 60_000 },
    coldBudget: { ...COLD_BUDGET, envelopeMs: 60_000 },
    stallMs: 400,
    sink: new MemorySink(),
    ...more,
  } as PurchaseOrder & { sink: MemorySink }
}

/** Base units that this side can take out of the channel with what it holds now, above its deposit of nothing. */
export function takeable(channel: Channel | undefined): Amount {
  if (channel === undefined) return 0n
  let amount = channel.balances.own
  for (const stream of channel.signed.state.streams)
    if (stream.payer !== channel.party)
      amount += BigInt(channel.streams.ticksShown(stream.id)) * stream.tickValue
  for (const payment of channel.signed.state.pending)
    if (payment.payer !== channel.party && channel.preimageOf(payment.paymentHash as Hash) !== undefined)
      amount += payment.amount
  return amount
}

/** What a seller can take from all its channels. */
export function takings(seller: Seller): Amount {
  let sum = 0n
  for (const channel of seller.agent.host.channels.values()) sum += takeable(channel)
  return sum
}

/** The only channel of an agent. */
export function onlyChannel(of: Buyer | Seller): Channel {
  const [channel] = of.agent.host.channels.values()
  if (channel === undefined) throw new Error('there is no channel')
  return channel
}

/** Code that the promise is rejected with, or OK. */
export async function codeOf(run: () => unknown): Promise<string> {
  try {
    await run()
    return 'OK'
  } catch (error) {
    if (isSymbolonError(error)) return error.code
    throw error
  }
}

/** Resolves when the condition holds; the test's own timeout is the bound. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}
