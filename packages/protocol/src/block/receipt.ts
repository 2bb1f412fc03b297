/** What became of a transaction, and the events it emitted: both are committed by the header. */
import {
  address,
  amount,
  bytes,
  enumeration,
  type Hash,
  hash,
  type Infer,
  list,
  optional,
  record,
  sha256,
  text,
  u64,
  uint,
} from '@symbolon/primitives'
import { BUCKETS } from './header.ts'

/** One side of a movement: `owner` is an address, or a channel or other record that holds the units. */
export const posting = record('posting', {
  bucket: [1, enumeration(BUCKETS, 'bucket')],
  owner: [2, hash],
  amount: [3, amount],
})
export type Posting = Infer<typeof posting>

/**
 * An event. `debits` and `credits` sum to the same amount unless the event issues or destroys units, which its type
 * says. The idempotency key is (height, index in the block): every event has exactly one.
 */
export const event = record('event', {
  height: [1, u64('height')],
  index: [2, uint(0xffffffff, 'index')],
  /** `module.what`, such as `channels.settled`; the part before the dot names the one module that may author it. */
  type: [3, text(64, { name: 'event type', pattern: /^[a-z]+\.[a-zA-Z]+$/, bytesMin: 3 })],
  /** The transaction that caused it; absent for what the end of a block does by itself. */
  transaction: [4, optional(hash)],
  /** Addresses and channels that the event concerns: what subscriptions filter by. */
  subjects: [5, list(hash, 16)],
  debits: [6, list(posting, 600)],
  credits: [7, list(posting, 600)],
  /** Further facts, canonical CBOR of the schema registered for the event type. */
  data: [8, bytes(0, 4_096, 'event data')],
})
export type LedgerEvent = Infer<typeof event>

export const receipt = record('receipt', {
  transaction: [1, hash],
  /** `OK`, or the error code for which the transaction had no effect but its fee and nonce. */
  code: [2, text(64, { name: 'result code', pattern: /^[A-Z0-9_]+$/ })],
  gasUsed: [3, u64('gas')],
  feeCharged: [4, amount],
  /** Indices of its events in the block: first and count. */
  eventsFirst: [5, uint(0xffffffff)],
  eventsCount: [6, uint(0xffffffff)],
  sender: [7, address],
})
export type Receipt = Infer<typeof receipt>

/** Leaf and empty-root rules are those of RFC 9162; the root of an empty list is SHA-256 of nothing. */
export const EMPTY_LOG_ROOT = sha256(new Uint8Array(0)) as Hash
