/**
 * The seller's side of HTTP: where its documents and its channel are. All bodies are JSON; signed records travel as the
 * hexadecimal of their canonical bytes, so that what is verified is what was signed.
 */

import { DESCRIPTOR_BYTES_MAX, MARKET_RECORD_BYTES_MAX, RESOURCE_BYTES_MAX } from '@symbolon/market'
import {
  bytes,
  did,
  fromJson,
  hash,
  type Infer,
  list,
  optional,
  record,
  type Schema,
  SymbolonError,
  text,
  toJson,
  u64,
  uint,
} from '@symbolon/primitives'
import { parseStrictJson } from './strict-json.ts'

export const WELL_KNOWN = '/.well-known/symbolon'
export const ROUTES = {
  /** GET: what is sold here. */
  offers: `${WELL_KNOWN}`,
  /** GET /descriptor/<digest>: a signed descriptor. */
  descriptor: `${WELL_KNOWN}/descriptor/`,
  /** GET /beacon/<digest>: the newest liveness beacon for a descriptor. */
  beacon: `${WELL_KNOWN}/beacon/`,
  /** POST: a quote for one buyer. */
  quote: `${WELL_KNOWN}/quote`,
  /** POST: one negotiation message, answered by the next. */
  negotiate: `${WELL_KNOWN}/negotiate`,
  /** POST: COMMIT_PROPOSE, answered by COMMIT_ACCEPT. */
  commit: `${WELL_KNOWN}/commit`,
  /** WebSocket: the channel engine. */
  channel: `${WELL_KNOWN}/channel`,
} as const

/** Headers of a paid request. */
export const HEADER_CHANNEL = 'symbolon-channel'
export const HEADER_QUOTE = 'symbolon-quote'
export const HEADER_PAYER = 'symbolon-payer'
/** Chosen by the buyer, 16 random bytes: a repeated request is answered with the same response and not counted again. */
export const HEADER_REQUEST = 'symbolon-request'

export const offersAnswer = record('offers', {
  provider: [1, did],
  frame: [2, hash],
  descriptors: [3, list(hash, 64)],
})

export const signedRecord = record('signed-record', {
  record: [1, bytes(1, DESCRIPTOR_BYTES_MAX, 'signed record')],
})

export const quoteRequest = record('quote-request', {
  buyer: [1, did],
  descriptor: [2, hash],
  resource: [3, text(RESOURCE_BYTES_MAX, { name: 'resource', bytesMin: 1 })],
  quantity: [4, u64('quantity')],
  /** First row, for goods that are rows of a file. */
  first: [5, optional(uint())],
  /** Digest of the acceptance, if terms were negotiated: the quote must keep to them. */
  negotiation: [6, optional(hash)],
})
export type QuoteRequestBody = Infer<typeof quoteRequest>

export const marketMessage = record('market-message', {
  record: [1, bytes(1, MARKET_RECORD_BYTES_MAX, 'record')],
})
/** The answer to a message that ended the negotiation holds no record. */
export const negotiationAnswer = record('negotiation-answer', {
  record: [1, optional(bytes(1, MARKET_RECORD_BYTES_MAX, 'record'))],
})
/** A proposal names the quote that it is for, so that the seller need not search. */
export const commitRequest = record('commit-request', {
  quote: [1, hash],
  record: [2, bytes(1, MARKET_RECORD_BYTES_MAX, 'record')],
})

/** RFC 9457. */
export const problem = record('problem', {
  type: [1, text(256)],
  title: [2, text(256)],
  status: [3, uint(599)],
  detail: [4, text(2_048)],
  code: [5, text(64)],
})
export type Problem = Infer<typeof problem>

export function problemOf(error: unknown, status: number): Problem {
  const known =
    error instanceof SymbolonError
      ? error
      : new SymbolonError('INTERNAL', 'internal error; the seller has been told')
  return {
    type: `urn:symbolon:error:${known.code.toLowerCase()}`,
    title: known.code,
    status: error instanceof SymbolonError ? status : 500,
    detail: known.message.slice(0, 1_000),
    code: known.code,
  }
}

export function writeJson<T>(schema: Schema<T>, value: T): string {
  return JSON.stringify(toJson(schema, value))
}

export function readJson<T>(schema: Schema<T>, text: string): T {
  return fromJson(schema, parseStrictJson(text))
}
