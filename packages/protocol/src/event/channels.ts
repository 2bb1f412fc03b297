/**
 * Data of the events of the `channels` module: enough for a party, its watcher and the projections to act without reading
 * the state. Amounts are base units, heights are checkpoints.
 */
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
import { party } from '../channel/state.ts'
import { STREAM_TICKS_MAX } from '../limits.ts'

const channel = hash
const parties = list(address, 2, { lengthMin: 2, name: 'parties' })
const amounts = list(amount, 2, { lengthMin: 2, name: 'amounts by party' })

export const channelOpened = record('channels.opened', {
  channel: [1, channel],
  parties: [2, parties],
  deposits: [3, amounts],
  challengePeriod: [4, u64('challenge period')],
  quote: [5, optional(hash)],
})

export const channelDeposited = record('channels.deposited', {
  channel: [1, channel],
  party: [2, party],
  amount: [3, amount],
  /** After the deposit. */
  collateral: [4, amount],
})

/** A unilateral close started, or was answered with a newer state: what a watcher reacts to. */
export const channelDisputed = record('channels.disputed', {
  channel: [1, channel],
  parties: [2, parties],
  closer: [3, party],
  /** Of the state that now stands, and its digest. */
  sequence: [4, u64('sequence')],
  state: [5, hash],
  /** Last height, inclusive, at which a newer state is accepted. */
  deadline: [6, u64('height')],
  bond: [7, amount],
})
export const channelChallenged = record('channels.challenged', {
  channel: [1, channel],
  parties: [2, parties],
  closer: [3, party],
  challenger: [4, party],
  /** Of the state that lost, and of the one that now stands. */
  superseded: [5, u64('sequence')],
  sequence: [6, u64('sequence')],
  state: [7, hash],
  deadline: [8, u64('height')],
  extended: [9, boolean],
})

export const channelRedeemed = record('channels.redeemed', {
  channel: [1, channel],
  stream: [2, u64('stream id')],
  payee: [3, party],
  ticks: [4, uint(STREAM_TICKS_MAX)],
  /** What the payee receives from this stream when the channel settles. */
  amount: [5, amount],
  quote: [6, hash],
})

/** The preimage is published: whoever forwarded the payment can claim its own incoming one with it. */
export const channelClaimed = record('channels.claimed', {
  channel: [1, channel],
  htlc: [2, u64('htlc id')],
  payee: [3, party],
  amount: [4, amount],
  preimage: [5, fixedBytes(32, 'preimage')],
  binding: [6, optional(hash)],
  /** False while the channel is disputed: the amount is then paid by the settlement. */
  paid: [7, boolean],
})
export const channelTimedOut = record('channels.timedOut', {
  channel: [1, channel],
  htlc: [2, u64('htlc id')],
  payer: [3, party],
  amount: [4, amount],
})

/** The outcome of a dispute. */
export const channelSettled = record('channels.settled', {
  channel: [1, channel],
  parties: [2, parties],
  closer: [3, party],
  /** Who was proven to have closed with a stale state (CON-115); absent if nobody was. */
  loser: [4, optional(party)],
  /** Bond and reserve that the loser forfeited to the other party. */
  forfeitedBond: [5, amount],
  forfeitedReserve: [6, amount],
  /** Paid out now, by party, without the bond. */
  payouts: [7, amounts],
  /** Still locked in payments that wait for a preimage or their expiry. */
  unresolved: [8, amount],
  sequence: [9, u64('sequence')],
  quote: [10, optional(hash)],
  auditHeads: [11, optional(list(hash, 2, { lengthMin: 2 }))],
  /** Lower bound of the fee of the settling transaction. */
  fee: [12, amount],
})
export type ChannelSettled = Infer<typeof channelSettled>

/** The end of a channel, exactly once in its life: nothing of its collateral is left. */
export const channelClosed = record('channels.closed', {
  channel: [1, channel],
  parties: [2, parties],
  cooperative: [3, boolean],
  /** Over the whole life of the channel; they sum to the collateral. */
  payouts: [4, amounts],
  sequence: [5, u64('sequence')],
  quote: [6, optional(hash)],
  auditHeads: [7, optional(list(hash, 2, { lengthMin: 2 }))],
  /** What each party received beyond what it had put in: the net volume towards it. */
  received: [8, amounts],
  /** Who lost a dispute that the agreement ended; the bond it forfeited to the other party. */
  loser: [9, optional(party)],
  forfeitedBond: [10, amount],
  /** Lower bound of the fee of the closing transaction. */
  fee: [11, amount],
})
export type ChannelClosed = Infer<typeof channelClosed>

/** By event type. */
export const CHANNEL_EVENTS = {
  'channels.opened': channelOpened,
  'channels.deposited': channelDeposited,
  'channels.disputed': channelDisputed,
  'channels.challenged': channelChallenged,
  'channels.redeemed': channelRedeemed,
  'channels.claimed': channelClaimed,
  'channels.timedOut': channelTimedOut,
  'channels.settled': channelSettled,
  'channels.closed': channelClosed,
} as const
