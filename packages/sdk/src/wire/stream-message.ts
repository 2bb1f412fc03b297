/**
 * What buyer and seller say to each other inside the channel's connection while goods are delivered: in order with the
 * ticks that pay for them.
 */

import { rowPacket } from '@symbolon/market'
import { bytes, decode, encode, hash, type Infer, record, text, u64, uint, union } from '@symbolon/primitives'

export const streamMessage = union('stream-message', {
  /** Buyer: begin, or go on after a reconnect, at the first unit of the quote that is not verified yet. */
  begin: [1, record('begin', { quote: [1, hash], run: [2, u64('run')], from: [3, u64('unit')] })],
  /** Seller: rows with their proof. */
  rows: [2, record('rows', { quote: [1, hash], packet: [2, rowPacket] })],
  /** Seller: the last unit has been delivered. */
  end: [3, record('end', { quote: [1, hash], units: [2, u64('units')] })],
  /** Either: the delivery stops; nothing more is delivered or paid under this quote. */
  abort: [4, record('abort', { quote: [1, hash], code: [2, text(64)], message: [3, text(512)] })],
  /** Seller: opaque bytes of a function or stream that is not a file: one unit each, unproven. */
  unit: [5, record('unit', { quote: [1, hash], index: [2, u64('unit')], body: [3, bytes(0, 65_536)] })],
  /** Buyer: units verified; the seller may forget what it kept for a repeated delivery. */
  progress: [6, record('progress', { quote: [1, hash], units: [2, uint()] })],
})
export type StreamMessage = Infer<typeof streamMessage>

export function encodeStreamMessage(of: StreamMessage): Uint8Array {
  return encode(streamMessage, of)
}

/** Throws SchemaError for anything else. */
export function decodeStreamMessage(from: Uint8Array): StreamMessage {
  return decode(streamMessage, from)
}
