/** Payloads of the `channels` module (CON-110…118). */
import {
  address,
  amount,
  domainDigest,
  encode,
  fixedBytes,
  type Hash,
  hash,
  type Infer,
  list,
  optional,
  record,
  u64,
  uint,
} from '@symbolon/primitives'
import { type ChannelState, channelState, signaturePair } from '../channel/state.ts'
import { STREAM_TICKS_MAX } from '../limits.ts'

/** What both parties agree before anything is locked; its digest is the channel's identifier. */
export const channelTerms = record('channel-terms', {
  parties: [1, list(address, 2, { lengthMin: 2, name: 'parties' })],
  /** Keys that sign channel states: used for nothing else, so the channel engine needs no account key. */
  keys: [2, list(fixedBytes(32, 'channel key'), 2, { lengthMin: 2, name: 'channel keys' })],
  deposits: [3, list(amount, 2, { lengthMin: 2, name: 'deposits' })],
  /** Each party keeps at least this much in every state in which it could gain by an older one (`ch01-02` CM-15). */
  reserve: [4, amount],
  /** Checkpoints in which a unilateral close can be answered. */
  challengePeriod: [5, u64('challenge period', 100_000n)],
  /** Nonce of the opening transaction: makes the terms, and with them the identifier, unique for ever. */
  nonce: [6, u64('nonce')],
  /** The quote for which the channel is opened (`ch09-10` PL-3); absent for a channel opened in advance. */
  quote: [7, optional(hash)],
})
export type ChannelTerms = Infer<typeof channelTerms>

export function channelId(frame: Hash, terms: ChannelTerms): Hash {
  return domainDigest('channel-open', frame, encode(channelTerms, terms))
}

/** The state that follows from the terms: each party has back what it put in. */
export function openingState(frame: Hash, terms: ChannelTerms): ChannelState {
  return {
    channel: channelId(frame, terms),
    sequence: 0n,
    balances: [...terms.deposits],
    pending: [],
    streams: [],
    proposer: 0,
    final: false,
    ...(terms.quote === undefined ? {} : { quote: terms.quote }),
  }
}

/** Locks the deposits. Sent by party 0; co-signed by party 1 if it deposits; state 0 signed by both channel keys. */
export const open = record('channels.open', { terms: [1, channelTerms], signatures: [2, signaturePair] })

/** Adds collateral to the sender's side; takes effect in the next state both sign (until then it is the depositor's). */
export const deposit = record('channels.deposit', {
  channel: [1, hash],
  party: [2, uint(1)],
  amount: [3, amount],
})

const evidence = { channel: [1, hash], state: [2, channelState], signatures: [3, signaturePair] } as const

/** Pays out at once; the state must be final. Anyone may send it. */
export const closeCooperative = record('channels.closeCooperative', evidence)

/** Starts the challenge period with the newest state the sender holds. */
export const closeUnilateral = record('channels.closeUnilateral', { ...evidence, party: [4, uint(1)] })

/** Answers a close with a state of higher sequence; a watcher may send it for the party it protects. */
export const challenge = record('channels.challenge', { ...evidence, party: [4, uint(1)] })

/** Shows the preimage of a pending payment of the disputed state. */
export const claimHtlc = record('channels.claimHtlc', {
  channel: [1, hash],
  htlc: [2, u64('htlc id')],
  preimage: [3, fixedBytes(32, 'preimage')],
})

/** Returns an expired, unclaimed payment of a settled state to its payer. */
export const timeoutHtlc = record('channels.timeoutHtlc', { channel: [1, hash], htlc: [2, u64('htlc id')] })

/** Shows the deepest preimage of a stream of the disputed state: redeems `ticks` ticks. */
export const redeemStream = record('channels.redeemStream', {
  channel: [1, hash],
  stream: [2, u64('stream id')],
  ticks: [3, uint(STREAM_TICKS_MAX, 'ticks')],
  preimage: [4, fixedBytes(32, 'preimage')],
})

/** After the challenge period: pays out the best state shown. Anyone may send it. */
export const settle = record('channels.settle', { channel: [1, hash] })
