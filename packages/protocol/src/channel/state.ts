/**
 * What two parties of a channel sign (CON-112, DESIGN §5.8).
 *
 * A state divides the collateral exactly: balances + pending payments + what open streams still lock. The state with the
 * highest sequence that both signed is the truth; the ledger never needs more than that one state, the preimages shown
 * for its pending payments, and the deepest preimage shown for each of its streams.
 *
 * Party 0 opened the channel; party 1 is the counterparty.
 */
import {
  type Amount,
  amount,
  boolean,
  domainDigest,
  encode,
  fixedBytes,
  type Hash,
  hash,
  type Infer,
  list,
  optional,
  record,
  SymbolonError,
  u64,
  uint,
} from '@symbolon/primitives'
import { HTLCS_MAX, STREAM_TICKS_MAX, STREAMS_MAX } from '../limits.ts'

/** 0 or 1. */
export const party = uint(1, 'party')
export type Party = 0 | 1
export function otherParty(of: number): Party {
  return of === 0 ? 1 : 0
}

/**
 * A payment conditional on a preimage: to the payee if SHA-256(preimage) = paymentHash is shown by `expiry`
 * (ledger height, inclusive), otherwise back to the payer.
 */
export const htlc = record('htlc', {
  id: [1, u64('htlc id')],
  payer: [2, party],
  amount: [3, amount],
  paymentHash: [4, hash],
  expiry: [5, u64('expiry height')],
  /** What the payment is for: the digest of the 402 challenge, or of another agreement. */
  binding: [6, optional(hash)],
})
export type Htlc = Infer<typeof htlc>

/**
 * A one-way run of micropayments: `length` ticks of `tickValue` each, paid by revealing preimages of a hash chain that
 * ends in `root`: step(preimage₁) = root, step(preimage₂) = preimage₁, …, with step(x) = SHA-256(x ‖ tag) and the tag of
 * this stream (see stream.ts). Showing preimage k pays k × tickValue. Folding k ticks replaces `root` by
 * preimage k, shortens `length` by k and moves k × tickValue to the payee.
 */
export const stream = record('stream', {
  id: [1, u64('stream id')],
  payer: [2, party],
  root: [3, hash],
  tickValue: [4, amount],
  length: [5, uint(STREAM_TICKS_MAX, 'ticks')],
  /** The quote under which it runs: a tick can never be spent on another agreement. */
  quote: [6, hash],
})
export type Stream = Infer<typeof stream>

export const channelState = record('channel-state', {
  channel: [1, hash],
  /** Strictly increasing; 0 is the opening state, which refunds both deposits. */
  sequence: [2, u64('sequence')],
  balances: [3, list(amount, 2, { lengthMin: 2, name: 'balances' })],
  pending: [4, list(htlc, HTLCS_MAX)],
  streams: [5, list(stream, STREAMS_MAX)],
  proposer: [6, party],
  /** Only a final state closes without a challenge period (CON-113). Nothing may be pending in it. */
  final: [7, boolean],
  /** The newest quote agreed in this channel: binds a warm channel to the purchase (`ch09-10` PL-3 Note). */
  quote: [8, optional(hash)],
  /** Head of each party's audit log when it signed, so that a close anchors both (AL-5 Note). */
  auditHeads: [9, optional(list(hash, 2, { lengthMin: 2 }))],
})
export type ChannelState = Infer<typeof channelState>

/** Both parties' signatures over the state's digest, in party order. */
export const signaturePair = list(fixedBytes(64, 'signature'), 2, { lengthMin: 2, name: 'signatures' })

export const signedChannelState = record('signed-channel-state', {
  state: [1, channelState],
  signatures: [2, signaturePair],
})
export type SignedChannelState = Infer<typeof signedChannelState>

/** What both parties sign, and the name of the state. */
export function channelStateDigest(frame: Hash, state: ChannelState): Hash {
  return domainDigest('channel-state', frame, encode(channelState, state))
}

/** Base units that a stream still locks. */
export function streamLocked(of: Stream): Amount {
  return of.tickValue * BigInt(of.length)
}

/** Balances plus everything locked; equal to the collateral in every state that may exist (DESIGN §6.4). */
export function stateTotal(state: ChannelState): Amount {
  let total = (state.balances[0] ?? 0n) + (state.balances[1] ?? 0n)
  for (const payment of state.pending) total += payment.amount
  for (const run of state.streams) total += streamLocked(run)
  return total
}

/**
 * The rules that hold for a state by itself. In order of precedence: CHANNEL_CONSERVATION (the parts do not sum to the
 * collateral), CHANNEL_DUPLICATE_ID (two pending payments or two streams share an id), CHANNEL_NOT_SETTLED (final, but
 * something is pending).
 */
export function checkChannelState(state: ChannelState, collateral: Amount): void {
  const total = stateTotal(state)
  if (total !== collateral)
    throw new SymbolonError(
      'CHANNEL_CONSERVATION',
      `the state divides ${total} base units, the collateral is ${collateral}`,
      {
        details: { total, collateral },
      },
    )
  if (new Set(state.pending.map(({ id }) => id)).size !== state.pending.length)
    throw new SymbolonError('CHANNEL_DUPLICATE_ID', 'two pending payments have the same id')
  if (new Set(state.streams.map(({ id }) => id)).size !== state.streams.length)
    throw new SymbolonError('CHANNEL_DUPLICATE_ID', 'two streams have the same id')
  if (state.final && (state.pending.length > 0 || state.streams.length > 0))
    throw new SymbolonError('CHANNEL_NOT_SETTLED', 'a final state may hold no pending payment and no stream')
}
