/**
 * A small faithful ledger: signatures, sequences, challenge period, bond rule, streams and conditional payments, with heights that the
 * test advances. It shares no code with the engine's own checks beyond the formats.
 */
import { ed25519, equalBytes, type Hash, hashKey, sha256 } from '@symbolon/primitives'
import {
  CHANNEL_STATUS,
  type ChannelRecord,
  type ChannelState,
  channelId,
  channelStateDigest,
  checkChannelState,
  openingState,
  type Payload,
  streamTag,
  verifyTick,
} from '@symbolon/protocol'
import type { ChannelLedger } from '../src/index.ts'

type Listener = (record: ChannelRecord, height: bigint) => void

export class SimulatedLedger implements ChannelLedger {
  readonly frame: Hash
  readonly records = new Map<string, ChannelRecord>()
  readonly submitted: Payload[] = []
  /** Base units forfeited by party (CON-115). */
  readonly forfeited: { closer: number }[] = []
  #height = 1n
  readonly #listeners = new Map<string, Set<Listener>>()
  /** Test hook: refuse or fail the next submissions. */
  refuse: ((payload: Payload) => string | undefined) | undefined
  bond = 10n

  constructor(frame: Hash = new Uint8Array(32).fill(7) as Hash) {
    this.frame = frame
  }

  height(): bigint {
    return this.#height
  }

  /** New checkpoints; disputed channels are shown to their listeners. */
  advance(by = 1n): void {
    this.#height += by
    for (const [key, record] of this.records)
      if (record.status !== CHANNEL_STATUS.open) this.#notify(key, record)
  }

  async channel(id: Hash): Promise<ChannelRecord | undefined> {
    return this.records.get(hashKey(id))
  }

  subscribe(id: Hash, listener: Listener): () => void {
    const key = hashKey(id)
    const set = this.#listeners.get(key) ?? new Set()
    set.add(listener)
    this.#listeners.set(key, set)
    return () => set.delete(listener)
  }

  async submit(payload: Payload): Promise<{ height: bigint; code: string }> {
    this.submitted.push(payload)
    const code = this.refuse?.(payload) ?? this.#execute(payload)
    return { height: this.#height, code }
  }

  #notify(key: string, record: ChannelRecord): void {
    for (const listener of this.#listeners.get(key) ?? [])
      queueMicrotask(() => listener(record, this.#height))
  }

  #put(key: string, record: ChannelRecord): string {
    this.records.set(key, record)
    this.#notify(key, record)
    return 'OK'
  }

  #execute(payload: Payload): string {
    if (payload.kind === 'channels.open') {
      const { terms, signatures } = payload.body
      const key = hashKey(channelId(this.frame, terms))
      if (this.records.has(key)) return 'CHANNEL_EXISTS'
      if (!this.#isSigned(openingState(this.frame, terms), signatures, terms.keys)) return 'BAD_SIGNATURE'
      const collateral = (terms.deposits[0] ?? 0n) + (terms.deposits[1] ?? 0n)
      return this.#put(key, {
        terms,
        status: CHANNEL_STATUS.open,
        opened: this.#height,
        collateral,
        deposits: [],
      })
    }
    if (!payload.kind.startsWith('channels.')) return 'UNKNOWN_KIND'
    const key = hashKey((payload.body as { channel: Hash }).channel)
    const record = this.records.get(key)
    if (record === undefined) return 'NO_CHANNEL'
    switch (payload.kind) {
      case 'channels.deposit': {
        const { party, amount } = payload.body
        return this.#put(key, {
          ...record,
          collateral: record.collateral + amount,
          deposits: [...record.deposits, { party, amount }],
        })
      }
      case 'channels.closeCooperative': {
        const { state, signatures } = payload.body
        if (record.status === CHANNEL_STATUS.closed) return 'CLOSED'
        if (!state.final) return 'NOT_FINAL'
        if (!this.#isValid(record, state, signatures)) return 'BAD_STATE'
        return this.#put(key, {
          ...record,
          status: CHANNEL_STATUS.closed,
          payouts: state.balances,
          closed: this.#height,
          finalSequence: state.sequence,
        })
      }
      case 'channels.closeUnilateral': {
        const { state, signatures, party } = payload.body
        if (record.status !== CHANNEL_STATUS.open) return 'NOT_OPEN'
        if (!this.#isValid(record, state, signatures)) return 'BAD_STATE'
        const deadline = this.#height + record.terms.challengePeriod
        const dispute = {
          closer: party,
          state,
          closingSequence: state.sequence,
          started: this.#height,
          deadline,
          extended: false,
          bond: this.bond,
          claimed: [],
          redeemed: [],
        }
        return this.#put(key, { ...record, status: CHANNEL_STATUS.disputed, dispute })
      }
      case 'channels.challenge': {
        const { state, signatures, party } = payload.body
        const { dispute } = record
        if (record.status !== CHANNEL_STATUS.disputed || dispute === undefined) return 'NOT_DISPUTED'
        if (this.#height > dispute.deadline) return 'TOO_LATE'
        if (state.sequence <= dispute.state.sequence) return 'NOT_NEWER'
        if (!this.#isValid(record, state, signatures)) return 'BAD_STATE'
        const distance = state.sequence - dispute.closingSequence
        if (distance >= 2n || (distance === 1n && state.proposer !== dispute.closer))
          this.forfeited.push({ closer: dispute.closer })
        return this.#put(key, {
          ...record,
          dispute: { ...dispute, state, claimed: [], redeemed: [], challenger: party },
        })
      }
      case 'channels.redeemStream': {
        const { dispute } = record
        const { stream: id, ticks, preimage } = payload.body
        if (record.status !== CHANNEL_STATUS.disputed || dispute === undefined) return 'NOT_DISPUTED'
        if (this.#height > dispute.deadline) return 'TOO_LATE'
        const stream = dispute.state.streams.find((at) => at.id === id)
        if (stream === undefined) return 'NO_STREAM'
        const before = dispute.redeemed.find((at) => at.stream === id)?.ticks ?? 0
        if (ticks <= before || ticks > stream.length) return 'BAD_TICKS'
        if (!verifyTick(stream.root, streamTag(this.frame, dispute.state.channel, id), preimage, ticks))
          return 'BAD_PREIMAGE'
        const redeemed = [...dispute.redeemed.filter((at) => at.stream !== id), { stream: id, ticks }]
        return this.#put(key, { ...record, dispute: { ...dispute, redeemed } })
      }
      case 'channels.claimHtlc': {
        const { dispute } = record
        if (record.status !== CHANNEL_STATUS.disputed || dispute === undefined) return 'NOT_DISPUTED'
        const payment = dispute.state.pending.find((at) => at.id === payload.body.htlc)
        if (payment === undefined || dispute.claimed.includes(payment.id)) return 'NO_PAYMENT'
        if (this.#height > payment.expiry) return 'EXPIRED'
        if (!equalBytes(sha256(payload.body.preimage), payment.paymentHash)) return 'BAD_PREIMAGE'
        return this.#put(key, {
          ...record,
          dispute: { ...dispute, claimed: [...dispute.claimed, payment.id] },
        })
      }
      case 'channels.settle': {
        const { dispute } = record
        if (record.status !== CHANNEL_STATUS.disputed || dispute === undefined) return 'NOT_DISPUTED'
        if (this.#height <= dispute.deadline) return 'TOO_EARLY'
        const payouts = [dispute.state.balances[0] ?? 0n, dispute.state.balances[1] ?? 0n]
        for (const stream of dispute.state.streams) {
          const ticks = dispute.redeemed.find((at) => at.stream === stream.id)?.ticks ?? 0
          payouts[1 - stream.payer] = (payouts[1 - stream.payer] ?? 0n) + BigInt(ticks) * stream.tickValue
          payouts[stream.payer] =
            (payouts[stream.payer] ?? 0n) + BigInt(stream.length - ticks) * stream.tickValue
        }
        // Simplification: payments are decided at settlement, as if their expiry were the deadline.
        for (const payment of dispute.state.pending) {
          const side = dispute.claimed.includes(payment.id) ? 1 - payment.payer : payment.payer
          payouts[side] = (payouts[side] ?? 0n) + payment.amount
        }
        return this.#put(key, {
          ...record,
          status: CHANNEL_STATUS.closed,
          payouts,
          closed: this.#height,
          finalSequence: dispute.state.sequence,
        })
      }
      default:
        return 'UNKNOWN_KIND'
    }
  }

  #isValid(record: ChannelRecord, state: ChannelState, signatures: readonly Uint8Array[]): boolean {
    if (!equalBytes(state.channel, channelId(this.frame, record.terms))) return false
    if (!this.#isSigned(state, signatures, record.terms.keys)) return false
    let collateral = (record.terms.deposits[0] ?? 0n) + (record.terms.deposits[1] ?? 0n)
    for (const deposit of [undefined, ...record.deposits]) {
      collateral += deposit?.amount ?? 0n
      try {
        checkChannelState(state, collateral)
        return true
      } catch {
        // Another prefix of the deposits may be absorbed.
      }
    }
    return false
  }

  #isSigned(state: ChannelState, signatures: readonly Uint8Array[], keys: readonly Uint8Array[]): boolean {
    const digest = channelStateDigest(this.frame, state)
    return [0, 1].every((side) =>
      ed25519.verify(signatures[side] as Uint8Array, digest, keys[side] as Uint8Array),
    )
  }
}
