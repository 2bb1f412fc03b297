/**
 * What two channel engines say to each other: one deterministic CBOR union per transport message. Security fields have fixed
 * lengths and are refused at byte level, before any state is looked at (MSG-8).
 */
import {
  address,
  amount,
  boolean,
  bytes,
  decode,
  encode,
  fixedBytes,
  hash,
  type Infer,
  list,
  optional,
  record,
  text,
  u64,
  uint,
  union,
} from '@symbolon/primitives'
import { channelTerms, party, STREAM_TICKS_MAX, STREAMS_MAX, signedChannelState } from '@symbolon/protocol'
import { ChannelError } from '../errors.ts'
import { CHANNEL_LIMITS } from '../limits.ts'
import { operations } from '../operation/operation.ts'

export const PROTOCOL_VERSION = 1

const signature = fixedBytes(64, 'signature')
const nonce = fixedBytes(32, 'nonce')
const streamId = u64('stream id')
const ticks = uint(STREAM_TICKS_MAX, 'ticks')
const errorText = text(256, { name: 'error text' })
const errorCode = text(64, { name: 'error code', pattern: /^[A-Z][A-Z0-9_]*$/ })

/** First words on every connection: which channel, and a fresh nonce that the peer's hello must sign. */
const greet = record('greet', { version: [1, uint(255)], channel: [2, hash], nonce: [3, nonce] })

/** How far one chain has come: paid (payer's side) or durably received with its proof (payee's side). */
export const tickPosition = record('tick-position', {
  stream: [1, streamId],
  index: [2, ticks],
  preimage: [3, optional(fixedBytes(32, 'preimage'))],
})

/** Units of one run of chains that have arrived (payer) or been sent (payee). */
export const unitPosition = record('unit-position', { stream: [1, streamId], units: [2, u64('units')] })

/** What is signed in a hello, together with both nonces: see hello.ts. */
export const position = record('position', {
  party: [1, party],
  /** Newest state that I hold with both signatures. */
  sequence: [2, u64('sequence')],
  /** Sequence of my proposal that waits for your signature. */
  proposal: [3, optional(u64('sequence'))],
  ticks: [4, list(tickPosition, STREAMS_MAX)],
  units: [5, list(unitPosition, STREAMS_MAX)],
})
export type Position = Infer<typeof position>

const hello = record('hello', { position: [1, position], signature: [2, signature] })

/** The opener's half of the terms; the other side adds its address and key. */
export const offer = record('offer', {
  party: [1, address],
  key: [2, fixedBytes(32, 'channel key')],
  deposits: [3, list(amount, 2, { lengthMin: 2, name: 'deposits' })],
  reserve: [4, amount],
  challengePeriod: [5, u64('challenge period', 100_000n)],
  nonce: [6, u64('nonce')],
  quote: [7, optional(hash)],
})
export type Offer = Infer<typeof offer>

/** The whole terms, and party 1's signature on the opening state. */
const terms = record('terms', { terms: [1, channelTerms], signature: [2, signature] })
/**
 * Party 0's signature on the opening state: now both hold a way out, and only now may a deposit be locked (CH-6). If party 1
 * deposits too, with the transaction that it is to co-sign.
 */
const openingBytes = bytes(1, CHANNEL_LIMITS.openingTransactionBytesMax, 'opening transaction')
const countersign = record('countersign', {
  signature: [1, signature],
  transaction: [2, optional(openingBytes)],
})
/** Party 1 holds the opening state, durably; if it deposits, with its signature on the transaction. */
const ready = record('ready', { cosignature: [1, optional(bytes(1, 256, 'co-signature'))] })

const update = record('update', {
  sequence: [1, u64('sequence')],
  operations: [2, operations],
  signature: [3, signature],
})

/**
 * Answers an outstanding proposal with one of the next sequence, built on the same base: with the other's operations
 * before my own (both proposed at once) or without them (I refuse). Either way the old proposal is superseded as soon as this
 * one is signed, so nobody is left holding a signature that still counts.
 */
const counter = record('counter', {
  sequence: [1, u64('sequence')],
  included: [2, boolean],
  operations: [3, operations],
  signature: [4, signature],
  code: [5, optional(errorCode)],
  reason: [6, optional(errorText)],
})

const accept = record('accept', { sequence: [1, u64('sequence')], signature: [2, signature] })

/** Which run a chain belongs to, and how long it was when it was opened. */
export const link = record('link', { stream: [1, streamId], run: [2, streamId], length: [3, ticks] })
export type Link = Infer<typeof link>
export const links = list(link, STREAMS_MAX, { name: 'links' })

/** Brings a peer that is behind to the newest state; it finds its own signature on it. */
const state = record('state', { signed: [1, signedChannelState], links: [2, links] })
/** The same for a peer that has lost the whole channel. */
const restore = record('restore', {
  terms: [1, channelTerms],
  signed: [2, signedChannelState],
  links: [3, links],
})

/** Pays all ticks of a chain up to `index`. */
const tick = record('tick', {
  stream: [1, streamId],
  index: [2, ticks],
  preimage: [3, fixedBytes(32, 'preimage')],
})
/** All ticks up to `index` are on the payee's disk. */
const tickDurable = record('tick-durable', { stream: [1, streamId], index: [2, ticks] })

/** Application bytes in order with ticks; `units` of `stream` are delivered by them. */
const data = record('data', {
  bytes: [1, bytes(0, CHANNEL_LIMITS.applicationBytesMax, 'application bytes')],
  stream: [2, optional(streamId)],
  units: [3, optional(uint(0xffff_ffff, 'units'))],
})

const error = record('error', { code: [1, errorCode], reason: [2, errorText] })

export const message = union('channel-message', {
  greet: [1, greet],
  hello: [2, hello],
  offer: [3, offer],
  terms: [4, terms],
  countersign: [5, countersign],
  ready: [6, ready],
  update: [7, update],
  counter: [8, counter],
  accept: [9, accept],
  state: [10, state],
  restore: [11, restore],
  tick: [12, tick],
  tickDurable: [13, tickDurable],
  data: [14, data],
  error: [15, error],
})
export type Message = Infer<typeof message>
export type MessageOf<K extends Message['kind']> = Extract<Message, { kind: K }>['body']

export function encodeMessage(value: Message): Uint8Array {
  return encode(message, value)
}

/** Errors in order: CHANNEL_MESSAGE_TOO_LARGE, CHANNEL_MESSAGE_MALFORMED (with the schema's reason as cause). */
export function decodeMessage(bytes: Uint8Array): Message {
  if (bytes.length > CHANNEL_LIMITS.messageBytesMax)
    throw new ChannelError(
      'CHANNEL_MESSAGE_TOO_LARGE',
      `A message of ${bytes.length} bytes is over messageBytesMax (${CHANNEL_LIMITS.messageBytesMax}).`,
      { details: { bytes: bytes.length, messageBytesMax: CHANNEL_LIMITS.messageBytesMax } },
    )
  try {
    return decode(message, bytes, CHANNEL_LIMITS.messageBytesMax)
  } catch (cause) {
    throw new ChannelError(
      'CHANNEL_MESSAGE_MALFORMED',
      `The message is not one of this protocol: ${(cause as Error).message}`,
      { cause },
    )
  }
}

/** An error as it goes over the wire. */
export function errorMessage(cause: unknown): Message {
  const code = cause instanceof ChannelError ? cause.code : 'CHANNEL_REFUSED'
  const reason = cause instanceof Error ? cause.message : 'refused'
  return { kind: 'error', body: { code, reason: shorten(reason) } }
}

/** Cuts a reason to what the wire allows; ASCII only, so that bytes are characters. */
export function shorten(reason: string): string {
  return reason.replace(/[^\x20-\x7e]/g, '?').slice(0, 256)
}
