/** Two parties with an open channel, and the states that they sign. */
import { asHash, decode, type Hash, hashChainWalk, sha256, utf8 } from '@symbolon/primitives'
import {
  type ChannelRecord,
  type ChannelState,
  type ChannelTerms,
  channelId,
  channelKey,
  channelRecord,
  channelStateDigest,
  type Htlc,
  openingState,
  type Payload,
  type Stream,
  streamTag,
} from '@symbolon/protocol'
import { type Agent, agent, FRAME, type Outcome, type Sending, TestFrame } from '../harness.ts'

export type Body<K extends Payload['kind']> = Extract<Payload, { kind: K }>['body']

export const UNIT = 1_000_000_000n
export const A = agent(1)
export const B = agent(2)
export const STRANGER = agent(3)
export const KEYS = [agent(1, 1).key, agent(2, 1).key] as const

/** Signs as both parties, in order; a forger may pass other keys or another frame. */
export function sign(
  state: ChannelState,
  keys: readonly Agent['key'][] = KEYS,
  frame: Hash = FRAME,
): Uint8Array[] {
  const digest = channelStateDigest(frame, state)
  return keys.map((key) => key.sign(digest))
}

export class TestChannel {
  readonly frame: TestFrame
  readonly terms: ChannelTerms
  readonly id: Hash

  private constructor(frame: TestFrame, terms: ChannelTerms) {
    this.frame = frame
    this.terms = terms
    this.id = channelId(FRAME, terms)
  }

  /** Opens a channel of A and B on a frame where both have 1,000,000 base units beyond the bond and their deposits. */
  static open(
    deposits: [bigint, bigint] = [100n, 0n],
    terms: Partial<ChannelTerms> = {},
    frame = new TestFrame(),
  ): TestChannel {
    for (const [party, { address }] of [A, B].entries())
      if (frame.balance(address) < 2n * UNIT) frame.fund(address, 2n * UNIT + (deposits[party] ?? 0n))
    const channel = new TestChannel(frame, makeTerms(frame, deposits, terms))
    const outcome = channel.submitOpen()
    if (outcome.code !== 'OK') throw new Error(outcome.message)
    return channel
  }

  submitOpen(): Outcome {
    const cosigners = (this.terms.deposits[1] ?? 0n) > 0n ? [B.key.publicKey] : []
    return this.frame.send(
      A,
      {
        kind: 'channels.open',
        body: { terms: this.terms, signatures: sign(openingState(FRAME, this.terms)) },
      },
      { cosigners },
    )
  }

  get record(): ChannelRecord {
    const stored = this.frame.get('channels', channelKey(this.id))
    if (stored === undefined) throw new Error('the channel is not in the state')
    return decode(channelRecord, stored)
  }

  get opening(): ChannelState {
    return openingState(FRAME, this.terms)
  }

  state(sequence: bigint, balances: [bigint, bigint], more: Partial<ChannelState> = {}): ChannelState {
    return {
      channel: this.id,
      sequence,
      balances,
      pending: [],
      streams: [],
      proposer: 0,
      final: false,
      ...more,
    }
  }

  evidence(state: ChannelState): { channel: Hash; state: ChannelState; signatures: Uint8Array[] } {
    return { channel: this.id, state, signatures: sign(state) }
  }

  close(party: 0 | 1, state: ChannelState): Outcome {
    return this.frame.send(party === 0 ? A : B, {
      kind: 'channels.closeUnilateral',
      body: { ...this.evidence(state), party },
    })
  }

  challenge(party: 0 | 1, state: ChannelState, from: Agent = party === 0 ? A : B): Outcome {
    return this.frame.send(from, { kind: 'channels.challenge', body: { ...this.evidence(state), party } })
  }

  agree(state: ChannelState, from: Agent = A, sending: Sending = {}): Outcome {
    return this.frame.send(from, { kind: 'channels.closeCooperative', body: this.evidence(state) }, sending)
  }

  settle(from: Agent = STRANGER): Outcome {
    return this.frame.send(from, { kind: 'channels.settle', body: { channel: this.id } })
  }

  deposit(party: 0 | 1, amount: bigint, from: Agent = party === 0 ? A : B): Outcome {
    return this.frame.send(from, { kind: 'channels.deposit', body: { channel: this.id, party, amount } })
  }

  claim(htlc: bigint, preimage: Uint8Array): Outcome {
    return this.frame.send(STRANGER, {
      kind: 'channels.claimHtlc',
      body: { channel: this.id, htlc, preimage },
    })
  }

  timeout(htlc: bigint): Outcome {
    return this.frame.send(STRANGER, { kind: 'channels.timeoutHtlc', body: { channel: this.id, htlc } })
  }

  redeem(stream: bigint, ticks: number, preimage: Uint8Array): Outcome {
    return this.frame.send(STRANGER, {
      kind: 'channels.redeemStream',
      body: { channel: this.id, stream, ticks, preimage },
    })
  }

  /** What both have, for comparing before and after. */
  balances(): [bigint, bigint] {
    return [this.frame.balance(A.address), this.frame.balance(B.address)]
  }
}

export function makeTerms(
  frame: TestFrame,
  deposits: [bigint, bigint],
  terms: Partial<ChannelTerms> = {},
): ChannelTerms {
  return {
    parties: [A.address, B.address],
    keys: KEYS.map((key) => key.publicKey),
    deposits,
    reserve: 0n,
    challengePeriod: 100n,
    nonce: frame.nonce(A.address),
    ...terms,
  }
}

export function preimageOf(name: string): Uint8Array {
  return sha256(utf8(name))
}

export function htlcOf(
  id: bigint,
  payer: 0 | 1,
  amount: bigint,
  expiry: bigint,
  secret = `secret ${id}`,
): Htlc {
  return { id, payer, amount, paymentHash: asHash(sha256(preimageOf(secret))), expiry }
}

/** Not this channel, and not this frame. */
export const OTHER = asHash(new Uint8Array(32).fill(0x0e))
export const QUOTE = asHash(new Uint8Array(32).fill(0x51))

/** A stream and its chain: `chain(k)` is the preimage that pays k ticks. */
export function streamOf(
  channel: Hash,
  id: bigint,
  payer: 0 | 1,
  tickValue: bigint,
  length: number,
  frame: Hash = FRAME,
): { stream: Stream; chain(ticks: number): Uint8Array } {
  const seed = preimageOf(`stream ${id}`)
  const chain = (ticks: number): Uint8Array =>
    hashChainWalk(seed, streamTag(frame, channel, id), length - ticks)
  return { stream: { id, payer, root: asHash(chain(0)), tickValue, length, quote: QUOTE }, chain }
}
