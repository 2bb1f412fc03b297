/** Rows on their way: one delivery per purchase and channel, begun by the buyer who has paid for it. */

import type { Channel, StreamPayee } from '@symbolon/channels'
import { equalBytes, type Hash, hashKey } from '@symbolon/primitives'
import { decodeStreamMessage, encodeStreamMessage } from '../wire/stream-message.ts'
import type { Agreements } from './agreements.ts'
import { type Delivery, deliverRows } from './delivery.ts'
import type { SellerIdentity } from './identity.ts'
import type { IssuedQuote } from './quotes.ts'

export class Deliveries {
  readonly #seller: SellerIdentity
  readonly #agreements: Agreements
  readonly #running = new Map<string, Delivery>()

  constructor(seller: SellerIdentity, agreements: Agreements) {
    this.#seller = seller
    this.#agreements = agreements
  }

  /** Application messages of a buyer. What does not belong to an authenticated purchase of this channel is refused. */
  receive(bytes: Uint8Array, channel: Channel): void {
    const message = decodeStreamMessage(bytes)
    if (message.kind !== 'begin') return
    const { quote, run, from } = message.body
    const issued = this.#agreements.quotes.get(quote as Hash)
    const payee = channel.streams.payees.get(run)
    const refusal = this.#refusal(issued, payee, channel, from)
    if (issued === undefined || refusal !== undefined) {
      const { code, message: reason } = refusal ?? {
        code: 'QUOTE_UNKNOWN',
        message: 'this seller gave no such quote',
      }
      channel.sendApplication(encodeStreamMessage({ kind: 'abort', body: { quote, code, message: reason } }))
      return
    }
    const key = `${hashKey(quote)}${hashKey(channel.id)}`
    this.#running.get(key)?.stop()
    const delivery = deliverRows(channel, issued, payee, from)
    this.#running.set(key, delivery)
    delivery.done
      .catch((error: unknown) => this.#seller.options.onError?.(error))
      .finally(() => {
        if (this.#running.get(key) === delivery) this.#running.delete(key)
      })
  }

  /** In order: NOT_AUTHENTICATED, STREAM_UNKNOWN, UNIT_NOT_PAID. */
  #refusal(
    issued: IssuedQuote | undefined,
    payee: StreamPayee | undefined,
    channel: Channel,
    from: bigint,
  ): { code: string; message: string } | undefined {
    const paidIn =
      issued === undefined ? undefined : this.#seller.journal.authenticated.get(hashKey(issued.digest))
    if (issued === undefined || paidIn === undefined || !equalBytes(paidIn, channel.id))
      return {
        code: 'NOT_AUTHENTICATED',
        message: 'this purchase has not been paid for in this channel; present its credential first',
      }
    const { quote, digest } = issued
    const paysForIt =
      payee !== undefined && equalBytes(payee.quote, digest) && payee.tickValue === quote.unitPrice
    if (!paysForIt && quote.quantity > quote.unitsMin)
      return {
        code: 'STREAM_UNKNOWN',
        message: 'open a stream under this quote, with its unit price as tick value',
      }
    // What is paid may be fetched again; what is not is delivered in order.
    const paid = quote.unitsMin + (payee?.paidUnits ?? 0n)
    return from > paid
      ? { code: 'UNIT_NOT_PAID', message: `units up to ${paid} are paid, not ${from}` }
      : undefined
  }

  /** Ends all of them and waits. */
  async stop(): Promise<void> {
    for (const delivery of this.#running.values()) delivery.stop()
    await Promise.allSettled([...this.#running.values()].map(({ done }) => done))
  }
}
