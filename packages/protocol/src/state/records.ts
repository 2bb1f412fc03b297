/** What the state holds under the keys of keys.ts: canonical CBOR of these records. */
import {
  address,
  amount,
  boolean,
  fixedBytes,
  hash,
  type Infer,
  list,
  optional,
  record,
  u64,
  uint,
} from '@symbolon/primitives'
import { channelState } from '../channel/state.ts'
import { HTLCS_MAX, STREAM_TICKS_MAX, STREAMS_MAX } from '../limits.ts'
import { channelTerms } from '../transaction/channels.ts'
import { profile } from '../transaction/identity.ts'

export const accountRecord = record('account', { balance: [1, amount], nonce: [2, u64('nonce')] })
export type AccountRecord = Infer<typeof accountRecord>

/** A key and the heights between which its signatures count: `from` inclusive, `until` exclusive. */
export const keyPeriod = record('key', {
  publicKey: [1, fixedBytes(32)],
  from: [2, u64()],
  until: [3, optional(u64())],
})

export const KEY_HISTORY_MAX = 32
export const identityRecord = record('identity', {
  subject: [1, address],
  /** Newest last; exactly one without `until`, unless deactivated. */
  keys: [2, list(keyPeriod, KEY_HISTORY_MAX, { lengthMin: 1 })],
  controller: [3, optional(address)],
  version: [4, u64('version')],
  profile: [5, profile],
  bond: [6, amount],
  registered: [7, u64('height')],
  /** Height of the deactivation; permanent. */
  deactivated: [8, optional(u64('height'))],
})
export type IdentityRecord = Infer<typeof identityRecord>

/** What a disputed channel has been shown so far. */
export const dispute = record('dispute', {
  closer: [1, uint(1)],
  /** Best state shown; its signatures were checked when it was shown. */
  state: [2, channelState],
  /** First state shown, for the bond rule (CON-115). */
  closingSequence: [3, u64('sequence')],
  started: [4, u64('height')],
  /** Last height, inclusive, at which an answer counts. */
  deadline: [5, u64('height')],
  extended: [6, boolean],
  bond: [7, amount],
  claimed: [8, list(u64('htlc id'), HTLCS_MAX)],
  redeemed: [
    9,
    list(record('redeemed', { stream: [1, u64()], ticks: [2, uint(STREAM_TICKS_MAX)] }), STREAMS_MAX),
  ],
  /** Who answered last, for the bond. */
  challenger: [10, optional(uint(1))],
})
export type Dispute = Infer<typeof dispute>

export const DEPOSITS_MAX = 16
export const channelRecord = record('channel', {
  terms: [1, channelTerms],
  status: [2, uint(3)],
  opened: [3, u64('height')],
  /** Opening deposits plus later ones, base units. */
  collateral: [4, amount],
  /** Later deposits in ledger order; a state absorbs a prefix of them, the rest returns to who paid it in. */
  deposits: [5, list(record('deposit', { party: [1, uint(1)], amount: [2, amount] }), DEPOSITS_MAX)],
  dispute: [6, optional(dispute)],
  /** Paid out, by party; set when closed. */
  payouts: [7, optional(list(amount, 2, { lengthMin: 2 }))],
  closed: [8, optional(u64('height'))],
  /** Payments that outlived the settlement and still wait for their preimage or their expiry. */
  unresolved: [9, optional(channelState)],
  finalSequence: [10, optional(u64('sequence'))],
  closing: [11, optional(hash)],
})
export type ChannelRecord = Infer<typeof channelRecord>
/** `status` of a channel record. */
export const CHANNEL_STATUS = { open: 0, disputed: 1, settling: 2, closed: 3 } as const

/** Distinct counterparties whose channels count towards one agent's score in one epoch. */
export const COUNTERPARTIES_MAX = 16

/**
 * The score at the start of `epoch`, and what that epoch has counted so far (CON-100…106). Counts are weights in parts per
 * million: a channel weighs as much as the counterparty's score (CON-104).
 */
export const reputationRecord = record('reputation', {
  /** Parts per million, 100,000 … 1,000,000. */
  score: [1, uint(1_000_000)],
  epoch: [2, u64('epoch')],
  /** Weight of the channels closed in agreement, and of all that count. */
  settled: [3, u64('parts per million')],
  settlements: [4, u64('parts per million')],
  /** Weight of the disputes lost, and of all that were decided against somebody. */
  disputesLost: [5, u64('parts per million')],
  disputes: [6, u64('parts per million')],
  /** Fees paid in the epoch, base units, weighted and capped per counterparty. */
  volume: [7, amount],
  /** Settled channels that counted over the whole life: what matures a bond. */
  lifetime: [8, u64('channels')],
  /** Who has counted in this epoch: each counts once. */
  counterparties: [9, list(address, COUNTERPARTIES_MAX)],
})
export type ReputationRecord = Infer<typeof reputationRecord>
