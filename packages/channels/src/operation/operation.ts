/**
 * What a co-signed update does. A proposal carries operations, never a state: both sides derive the next state from
 * the one they both signed, so nothing can change that was not announced, and a signature fits the announced change or
 * nothing (CM-6, ST-6).
 */
import {
  amount,
  fixedBytes,
  hash,
  type Infer,
  list,
  optional,
  record,
  u64,
  uint,
  union,
} from '@symbolon/primitives'
import { HTLCS_MAX, party, STREAM_TICKS_MAX } from '@symbolon/protocol'
import { CHANNEL_LIMITS } from '../limits.ts'

const ticks = uint(STREAM_TICKS_MAX, 'ticks')
const preimage = fixedBytes(32, 'preimage')

/** Moves base units from the proposer to the other party. */
const pay = record('pay', { amount: [1, amount] })

/** The proposer locks a payment for whoever shows the preimage: to the other party, until `expiry`. */
const addHtlc = record('add-htlc', {
  id: [1, u64('htlc id')],
  amount: [2, amount],
  paymentHash: [3, hash],
  expiry: [4, u64('expiry height')],
  binding: [5, optional(hash)],
})

/** The payee takes the payment by revealing the preimage. */
const fulfilHtlc = record('fulfil-htlc', { id: [1, u64('htlc id')], preimage: [2, preimage] })

/** Returns a payment to its payer: the payee at any time, the payer once it has expired. */
const failHtlc = record('fail-htlc', { id: [1, u64('htlc id')] })

/** The proposer locks `length × tickValue` to be paid by preimages. */
const openStream = record('open-stream', {
  id: [1, u64('stream id')],
  root: [2, hash],
  tickValue: [3, amount],
  length: [4, uint(STREAM_TICKS_MAX, 'ticks')],
  quote: [5, hash],
  /** The first chain of the run that this chain goes on; absent for a new run. */
  continues: [6, optional(u64('stream id'))],
})

/** Moves `ticks` proven ticks into the payee's balance; `preimage` lies that many steps before the stream's root. */
const foldStream = record('fold-stream', {
  id: [1, u64('stream id')],
  ticks: [2, ticks],
  preimage: [3, preimage],
})

/** Folds, then returns what is left to the payer and frees the slot. Without ticks there is no preimage. */
const closeStream = record('close-stream', {
  id: [1, u64('stream id')],
  ticks: [2, ticks],
  preimage: [3, optional(preimage)],
})

/** Binds the quote digest of the purchase to the channel (`ch09-10` PL-3 Note: warm channel). */
const agreeQuote = record('agree-quote', { quote: [1, hash] })

/** Anchors the head of the proposer's audit log (AL-5 Note). */
const anchorAudit = record('anchor-audit', { head: [1, hash] })

/** Takes a deposit into the balances that the ledger has recorded after the opening; `index` counts them from 0. */
const absorbDeposit = record('absorb-deposit', {
  index: [1, uint(16)],
  party: [2, party],
  amount: [3, amount],
})

/** Makes the state final: the last operation of the last update. */
const close = record('close', {})

export const operation = union('operation', {
  pay: [1, pay],
  addHtlc: [2, addHtlc],
  fulfilHtlc: [3, fulfilHtlc],
  failHtlc: [4, failHtlc],
  openStream: [5, openStream],
  foldStream: [6, foldStream],
  closeStream: [7, closeStream],
  agreeQuote: [8, agreeQuote],
  anchorAudit: [9, anchorAudit],
  absorbDeposit: [10, absorbDeposit],
  close: [11, close],
})
export type Operation = Infer<typeof operation>

/** Room for one merged update: both sides' operations never exceed it, because each side proposes at most half. */
export const operations = list(operation, CHANNEL_LIMITS.operationsPerUpdateMax, { name: 'operations' })

/** How many pending payments a state may hold; named here so that errors can name it. */
export const PENDING_MAX = HTLCS_MAX
