/**
 * The procurement loop as a state machine (`ch09-10` PL-1…PL-6). A transition fires only if its predicate holds; each
 * predicate compares what the event brings with what the states before it established, so that every step of a purchase is bound
 * to the one before:
 *
 *   Idle ─quote─▶ Discovered ─channel─▶ ChannelReady ─402─▶ Authenticated ─stream─▶ Streaming ─close─▶ Settled
 *
 * | transition | predicate |
 * | --- | --- |
 * | quote | verified quote (type `VerifiedQuote`) and a verified commitment to its digest |
 * | channel | the newest co-signed state, or the channel's terms, name this quote digest |
 * | 402 | the challenge, signed by the payee, names this channel and this quote; its hash is that of the preimage obtained |
 * | stream | the co-signed stream names this quote at its unit price |
 * | close | what was paid is units verified × unit price, and not more than the quote |
 */
import type { ChallengeBinding } from '@symbolon/credentials'
import type { Commitment, VerifiedQuote } from '@symbolon/market'
import { type Amount, equalBytes, type Hash, sha256, toHex } from '@symbolon/primitives'
import { SdkError } from '../errors.ts'

export interface DiscoveredState {
  readonly name: 'Discovered'
  readonly quote: VerifiedQuote
  readonly commitment: Commitment
}
export interface ChannelReadyState extends Omit<DiscoveredState, 'name'> {
  readonly name: 'ChannelReady'
  readonly channel: Hash
  readonly warm: boolean
}
export interface AuthenticatedState extends Omit<ChannelReadyState, 'name'> {
  readonly name: 'Authenticated'
  readonly paymentHash: Hash
}
export interface StreamingState extends Omit<AuthenticatedState, 'name'> {
  readonly name: 'Streaming'
  /** Absent when the challenge paid for everything. */
  readonly run: bigint | undefined
}
export interface SettledState extends Omit<StreamingState, 'name'> {
  readonly name: 'Settled'
  readonly units: bigint
  readonly paid: Amount
  readonly sequence: bigint
}
export type LoopState =
  | { readonly name: 'Idle' }
  | DiscoveredState
  | ChannelReadyState
  | AuthenticatedState
  | StreamingState
  | SettledState
export type LoopStateName = LoopState['name']

export type LoopEvent =
  | { readonly kind: 'quoted'; readonly quote: VerifiedQuote; readonly commitment: Commitment }
  | {
      readonly kind: 'channel'
      readonly channel: Hash
      readonly warm: boolean /** Quote that the terms or the newest state name. */
      readonly bound: Hash | undefined
    }
  | { readonly kind: 'authenticated'; readonly binding: ChallengeBinding; readonly preimage: Uint8Array }
  | {
      readonly kind: 'streaming'
      readonly stream: { readonly run: bigint; readonly quote: Hash; readonly tickValue: Amount } | undefined
    }
  | { readonly kind: 'settled'; readonly units: bigint; readonly paid: Amount; readonly sequence: bigint }

const FROM: Readonly<Record<LoopEvent['kind'], LoopStateName>> = {
  quoted: 'Idle',
  channel: 'Discovered',
  authenticated: 'ChannelReady',
  streaming: 'Authenticated',
  settled: 'Streaming',
}

/** Errors: LOOP_OUT_OF_ORDER, then LOOP_PREDICATE naming the link that does not hold. The state stays as it was. */
export function advanceLoop(state: LoopState, event: LoopEvent): LoopState {
  if (state.name !== FROM[event.kind])
    throw new SdkError('LOOP_OUT_OF_ORDER', `"${event.kind}" cannot follow the state ${state.name}`)
  switch (event.kind) {
    case 'quoted': {
      const { quote, commitment } = event
      require(equalBytes(commitment.record.terms.quote, quote.digest), 'the commitment is to another quote')
      return { name: 'Discovered', quote, commitment }
    }
    case 'channel': {
      const { quote, commitment } = state as DiscoveredState
      require(event.bound !== undefined &&
        equalBytes(event.bound, quote.digest), 'the channel is not bound to this quote')
      return { name: 'ChannelReady', quote, commitment, channel: event.channel, warm: event.warm }
    }
    case 'authenticated': {
      const before = state as ChannelReadyState
      const { binding, preimage } = event
      require(binding.channel === toHex(before.channel), 'the challenge is for another channel')
      require(binding.quote === toHex(before.quote.digest), 'the challenge is for another quote')
      const paymentHash = sha256(preimage) as Hash
      require(binding.paymentHash === toHex(paymentHash), 'the preimage is not that of the challenge')
      return { ...before, name: 'Authenticated', paymentHash }
    }
    case 'streaming': {
      const before = state as AuthenticatedState
      const { quote, digest } = before.quote
      if (event.stream === undefined)
        require(quote.quantity === quote.unitsMin, 'without a stream only the prepaid units are paid')
      else
        require(equalBytes(event.stream.quote, digest) &&
          event.stream.tickValue === quote.unitPrice, 'the stream runs under other terms than the quote')
      return { ...before, name: 'Streaming', run: event.stream?.run }
    }
    case 'settled': {
      const before = state as StreamingState
      const { unitPrice, total } = before.quote.quote
      require(event.paid === event.units * unitPrice &&
        event.paid <= total, `${event.paid} paid for ${event.units} units is not what was quoted`)
      return { ...before, name: 'Settled', units: event.units, paid: event.paid, sequence: event.sequence }
    }
  }
}

function require(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new SdkError('LOOP_PREDICATE', `${otherwise}; nothing further is paid`)
}
