/**
 * One delivery of rows: what is paid for in advance by the challenge goes first, then as much as ticks have paid plus the
 * credit window allows, in packets that prove themselves. It stops when the connection does; the buyer begins a new one
 * at the first row that it has not verified.
 */
import type { Channel, StreamPayee } from '@symbolon/channels'
import { packetRowsForWindow, RowSeller } from '@symbolon/market'
import { isSymbolonError } from '@symbolon/primitives'
import { encodeStreamMessage } from '../wire/stream-message.ts'
import type { IssuedQuote } from './quotes.ts'

export interface Delivery {
  stop(): void
  readonly done: Promise<void>
}

/**
 * What may be unpaid is counted from the position in the quote, not from what was sent: units that were lost, or that the buyer
 * says were lost, are sent again, but never more than the credit window beyond what is paid.
 * @param from first unit of the quote that the buyer has not verified; not beyond what is paid
 */
export function deliverRows(
  channel: Channel,
  issued: IssuedQuote,
  payee: StreamPayee | undefined,
  from: bigint,
): Delivery {
  let stopped = false
  let wake: (() => void) | undefined
  const stop = (): void => {
    stopped = true
    wake?.()
  }
  const offline = channel.events.on('offline', stop)
  if (payee !== undefined) payee.onPaid = () => wake?.()
  const run = async (): Promise<void> => {
    const { quote, offer } = issued
    const { goods } = offer
    if (goods === undefined || quote.goods === undefined) return
    const first = quote.goods.first + Number(from)
    const end = quote.goods.first + Number(quote.quantity)
    const rowsMax = packetRowsForWindow(quote.creditWindow)
    const rows = new RowSeller(goods.tree, goods.rows, { first, end }, rowsMax)
    let unit = from
    if (payee !== undefined) payee.deliveredUnits = from > quote.unitsMin ? from - quote.unitsMin : 0n
    while (unit < quote.quantity && !stopped) {
      const prepaid = unit < quote.unitsMin
      const packet = rows.next(prepaid ? Number(quote.unitsMin - unit) : rowsMax)
      if (packet === undefined) break
      const bytes = encodeStreamMessage({ kind: 'rows', body: { quote: issued.digest, packet } })
      if (prepaid) await send(() => channel.sendApplication(bytes))
      else await deliver(packet.rows.length, bytes)
      unit += BigInt(packet.rows.length)
    }
    if (unit >= quote.quantity && !stopped)
      await send(() =>
        channel.sendApplication(
          encodeStreamMessage({ kind: 'end', body: { quote: issued.digest, units: quote.quantity } }),
        ),
      )
  }

  const deliver = async (units: number, bytes: Uint8Array): Promise<void> => {
    if (payee === undefined) return stop()
    while (!stopped && payee.deliverableUnits < BigInt(units))
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    if (!stopped) await send(() => payee.deliver(units, bytes))
  }

  /** Waits for room in the send buffer; a lost connection ends the delivery, which is not an error. */
  const send = async (attempt: () => void): Promise<void> => {
    while (!stopped) {
      try {
        return attempt()
      } catch (error) {
        if (isSymbolonError(error, 'CHANNEL_OFFLINE')) return stop()
        if (!isSymbolonError(error, 'CHANNEL_BACKPRESSURE')) throw error
        await channel.drained()
      }
    }
  }

  const done = run().finally(() => {
    offline()
    if (payee !== undefined) payee.onPaid = undefined
  })
  return { stop, done }
}
