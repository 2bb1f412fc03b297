/**
 * Sales of a running seller, as they happen. The seller's journal is the authority for what was paid; this compares it with what was
 * shown before. What a sale earned is what the seller's side of the channel gained since the sale before it.
 */
import type { Channel } from '@symbolon/channels'
import { type Address, type Amount, type Hash, hashKey } from '@symbolon/primitives'
import type { Seller } from '@symbolon/sdk'
import { SALES_POLL_MS } from '../limits.ts'

export interface Sale {
  readonly quote: Hash
  readonly buyer: Address
  readonly resource: string
  readonly quantity: bigint
  readonly unitPrice: Amount
}
export interface SaleEvent {
  readonly kind: 'began' | 'paid'
  readonly sale: Sale
  /** Base units that are paid, in a state that both have signed. */
  readonly paid: Amount
}

interface OpenSale {
  readonly sale: Sale
  readonly channel: Channel
  /** Base units of this sale that were counted. */
  counted: Amount
}

export class SalesWatch {
  readonly #seller: Seller
  readonly #tell: (event: SaleEvent) => void
  readonly #seen = new Set<string>()
  readonly #open: OpenSale[] = []
  /** By channel: what the seller's side has gained and this watch has counted, or found at its start. */
  readonly #counted = new Map<string, Amount>()
  #timer: NodeJS.Timeout | undefined
  /** Sales since this watch began, and what was paid for them, base units. */
  sales = 0
  revenue: Amount = 0n

  constructor(seller: Seller, tell: (event: SaleEvent) => void) {
    this.#seller = seller
    this.#tell = tell
  }

  start(): void {
    // What an earlier run sold is not news.
    for (const key of this.#seller.journal.authenticated.keys()) this.#seen.add(key)
    for (const channel of this.#seller.agent.host.channels.values())
      this.#counted.set(hashKey(channel.id), gainOf(channel))
    this.#timer = setInterval(() => this.look(), SALES_POLL_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.look()
  }

  /** PERF: linear in the sales that were ever made, which the seller holds in memory anyway; only when there is a new one. */
  look(): void {
    const { authenticated } = this.#seller.journal
    if (authenticated.size > this.#seen.size)
      for (const [key, channel] of authenticated) if (!this.#seen.has(key)) this.#begin(key, channel)
    for (const open of [...this.#open]) this.#follow(open)
  }

  #begin(key: string, channelId: Hash): void {
    this.#seen.add(key)
    const { agreements, agent } = this.#seller
    const issued = agreements.quotes.get(Uint8Array.from(key, (byte) => byte.charCodeAt(0)) as Hash)
    const channel = agent.host.get(channelId)
    if (issued === undefined || channel === undefined) return
    const { buyer, resource, quantity, unitPrice } = issued.quote
    const sale: Sale = { quote: issued.digest, buyer, resource, quantity, unitPrice }
    this.sales += 1
    this.#tell({ kind: 'began', sale, paid: 0n })
    this.#open.push({ sale, channel, counted: 0n })
  }

  #follow(open: OpenSale): void {
    const { sale, channel } = open
    const key = hashKey(channel.id)
    const before = this.#counted.get(key) ?? 0n
    const gained = gainOf(channel) - before
    if (gained <= 0n) return
    const missing = sale.quantity * sale.unitPrice - open.counted
    // A channel serves one quote at a time; what goes beyond it belongs to the next.
    const taken = gained < missing ? gained : missing
    this.#counted.set(key, before + taken)
    open.counted += taken
    this.revenue += taken
    if (taken < missing) return
    this.#open.splice(this.#open.indexOf(open), 1)
    this.#tell({ kind: 'paid', sale, paid: open.counted })
  }
}

/** What this side has beyond what it put in: a stream counts once it is folded or closed. */
function gainOf(channel: Channel): Amount {
  return channel.balances.own - (channel.terms.deposits[channel.party] ?? 0n)
}
