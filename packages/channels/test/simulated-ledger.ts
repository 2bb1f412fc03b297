/**
 * A small faithful ledger: signatures, sequences, challenge period with its extension, bond rule, deposits, streams and conditional
 * payments, with heights that the test advances. It shares no code with the engine's checks or the real ledger beyond the
 * formats; test/channels-on-ledger.test.ts of the repository holds it to the real one, answer by answer and record by record.
 * Accounts, fees and who sends are left out.
 */
import { isDeepStrictEqual } from 'node:util'
import { ed25519, equalBytes, type Hash, hashKey, sha256 } from '@symbolon/primitives'
import {
  CHANNEL_STATUS,
  type ChannelRecord,
  type ChannelState,
  channelId,
  channelStateDigest,
  type Dispute,
  type Htlc,
  openingState,
  type Payload,
  stateTotal,
  streamTag,
  verifyTick,
} from '@symbolon/protocol'
import type { ChannelLedger } from '../src/index.ts'

type Listener = (record: ChannelRecord, height: bigint) => void

export class SimulatedLedger implements ChannelLedger {
  readonly frame: Hash
  readonly records = new Map<string, ChannelRecord>()
  readonly submitted: Payload[] = []
  /** Closers that a settlement has found stale (CON-115). */
  readonly forfeited: { closer: number }[] = []
  #height: bigint
  readonly #listeners = new Map<string, Set<Listener>>()
  /** Test hook: refuse or fail the next submissions. */
  refuse: ((payload: Payload) => string | undefined) | undefined
  bond = 10n
  /** Checkpoints by which a late answer prolongs a dispute, and for which streams may be redeemed after it. */
  challengeExtension = 0n

  constructor(frame: Hash = new Uint8Array(32).fill(7) as Hash, height = 1n) {
    this.frame = frame
    this.#height = height
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
    if (payload.kind === 'channels.open') return this.#open(payload.body)
    if (!payload.kind.startsWith('channels.')) return 'UNKNOWN_KIND'
    const id = (payload.body as { channel: Hash }).channel
    const key = hashKey(id)
    const record = this.records.get(key)
    if (record === undefined) return 'CHANNEL_UNKNOWN'
    const { dispute } = record
    const isDisputed = record.status === CHANNEL_STATUS.disputed && dispute !== undefined
    switch (payload.kind) {
      case 'channels.deposit': {
        const { party, amount } = payload.body
        if (record.status !== CHANNEL_STATUS.open) return 'CHANNEL_NOT_OPEN'
        if (amount === 0n) return 'CHANNEL_DEPOSIT_ZERO'
        return this.#put(key, {
          ...record,
          collateral: record.collateral + amount,
          deposits: [...record.deposits, { party, amount }],
        })
      }
      case 'channels.closeCooperative': {
        const { state, signatures } = payload.body
        if (record.status !== CHANNEL_STATUS.open && !isDisputed) return 'CHANNEL_CLOSED'
        if (!state.final) return 'CHANNEL_NOT_FINAL'
        if (isDisputed && this.#height > dispute.deadline) return 'CHANNEL_DEADLINE_PASSED'
        if (isDisputed && state.sequence < dispute.state.sequence) return 'CHANNEL_STALE'
        const refusal = this.#refusal(record, id, state, signatures)
        if (refusal !== undefined) return refusal
        const payouts = this.#notAbsorbed(record, state)
        payouts[0] += state.balances[0] ?? 0n
        payouts[1] += state.balances[1] ?? 0n
        return this.#put(key, this.#closed(record, payouts, state.sequence))
      }
      case 'channels.closeUnilateral': {
        const { state, signatures, party } = payload.body
        if (record.status !== CHANNEL_STATUS.open) return 'CHANNEL_NOT_OPEN'
        const refusal = this.#refusal(record, id, state, signatures)
        if (refusal !== undefined) return refusal
        const started = {
          closer: party,
          state,
          closingSequence: state.sequence,
          started: this.#height,
          deadline: this.#height + record.terms.challengePeriod,
          extended: false,
          bond: this.bond,
          claimed: [],
          redeemed: [],
        }
        return this.#put(key, { ...record, status: CHANNEL_STATUS.disputed, dispute: started })
      }
      case 'channels.challenge': {
        const { state, signatures, party } = payload.body
        if (!isDisputed) return 'CHANNEL_NOT_DISPUTED'
        if (this.#height > dispute.deadline) return 'CHANNEL_DEADLINE_PASSED'
        if (state.sequence <= dispute.state.sequence) return 'CHANNEL_STALE'
        const refusal = this.#refusal(record, id, state, signatures)
        if (refusal !== undefined) return refusal
        return this.#put(key, { ...record, dispute: this.#challenged(dispute, state, party) })
      }
      case 'channels.redeemStream': {
        const { stream: streamId, ticks, preimage } = payload.body
        if (!isDisputed) return 'CHANNEL_NOT_DISPUTED'
        if (this.#height > this.#lastRedemption(dispute)) return 'CHANNEL_DEADLINE_PASSED'
        const stream = dispute.state.streams.find((at) => at.id === streamId)
        if (stream === undefined) return 'STREAM_UNKNOWN'
        if (ticks > stream.length) return 'STREAM_LENGTH'
        if (ticks <= (dispute.redeemed.find((at) => at.stream === streamId)?.ticks ?? 0))
          return 'STREAM_STALE'
        if (!verifyTick(stream.root, streamTag(this.frame, id, streamId), preimage, ticks))
          return 'STREAM_PREIMAGE'
        const others = dispute.redeemed.filter((at) => at.stream !== streamId)
        const redeemed = [...others, { stream: streamId, ticks }]
        return this.#put(key, { ...record, dispute: { ...dispute, redeemed } })
      }
      case 'channels.claimHtlc': {
        const { htlc, preimage } = payload.body
        const isSettling = record.status === CHANNEL_STATUS.settling
        if (!isDisputed && !isSettling) return 'CHANNEL_NOT_DISPUTED'
        const pending = isDisputed ? dispute.state.pending : (record.unresolved?.pending ?? [])
        const payment = pending.find((at) => at.id === htlc)
        if (payment === undefined) return 'HTLC_UNKNOWN'
        if (isDisputed && dispute.claimed.includes(htlc)) return 'HTLC_CLAIMED'
        if (this.#height > payment.expiry) return 'HTLC_EXPIRED'
        if (!equalBytes(sha256(preimage), payment.paymentHash)) return 'HTLC_PREIMAGE'
        if (!isDisputed) return this.#resolve(key, record, payment, 1 - payment.payer)
        return this.#put(key, { ...record, dispute: { ...dispute, claimed: [...dispute.claimed, htlc] } })
      }
      case 'channels.timeoutHtlc': {
        if (record.status !== CHANNEL_STATUS.settling) return 'CHANNEL_NOT_SETTLING'
        const payment = record.unresolved?.pending.find((at) => at.id === payload.body.htlc)
        if (payment === undefined) return 'HTLC_UNKNOWN'
        if (this.#height <= payment.expiry) return 'HTLC_NOT_EXPIRED'
        return this.#resolve(key, record, payment, payment.payer)
      }
      case 'channels.settle':
        if (!isDisputed) return 'CHANNEL_NOT_DISPUTED'
        if (this.#height <= this.#lastRedemption(dispute)) return 'CHANNEL_CHALLENGE_OPEN'
        return this.#settle(key, record, dispute)
      default:
        return 'UNKNOWN_KIND'
    }
  }

  #open({ terms, signatures }: Extract<Payload, { kind: 'channels.open' }>['body']): string {
    const key = hashKey(channelId(this.frame, terms))
    if (this.records.has(key)) return 'CHANNEL_EXISTS'
    if (!this.#isSigned(openingState(this.frame, terms), signatures, terms.keys)) return 'CHANNEL_SIGNATURE'
    const collateral = (terms.deposits[0] ?? 0n) + (terms.deposits[1] ?? 0n)
    const { open: status } = CHANNEL_STATUS
    return this.#put(key, { terms, status, opened: this.#height, collateral, deposits: [] })
  }

  /** What was shown counts for what the newer state holds unchanged; a late answer extends the time, once. */
  #challenged(dispute: Dispute, state: ChannelState, challenger: number): Dispute {
    const isLate = dispute.deadline - this.#height < this.challengeExtension && !dispute.extended
    const held = dispute.state
    const isSame = (a: object | undefined, b: object): boolean => a !== undefined && isDeepStrictEqual(a, b)
    return {
      ...dispute,
      state,
      challenger,
      extended: dispute.extended || isLate,
      deadline: isLate ? dispute.deadline + this.challengeExtension : dispute.deadline,
      claimed: dispute.claimed.filter((id) =>
        state.pending.some(
          (p) =>
            p.id === id &&
            isSame(
              held.pending.find((q) => q.id === id),
              p,
            ),
        ),
      ),
      redeemed: dispute.redeemed.filter(({ stream: id }) =>
        state.streams.some(
          (s) =>
            s.id === id &&
            isSame(
              held.streams.find((t) => t.id === id),
              s,
            ),
        ),
      ),
    }
  }

  #settle(key: string, record: ChannelRecord, dispute: Dispute): string {
    const { state, closer } = dispute
    const payouts = this.#notAbsorbed(record, state)
    for (const side of [0, 1] as const) payouts[side] += state.balances[side] ?? 0n
    for (const { id, payer, length, tickValue } of state.streams) {
      const ticks = dispute.redeemed.find(({ stream }) => stream === id)?.ticks ?? 0
      payouts[payer === 0 ? 1 : 0] += BigInt(ticks) * tickValue
      payouts[payer === 0 ? 0 : 1] += BigInt(length - ticks) * tickValue
    }
    const waiting = state.pending.filter(({ id, payer, amount, expiry }) => {
      const isClaimed = dispute.claimed.includes(id)
      if (!isClaimed && this.#height <= expiry) return true
      payouts[(isClaimed ? 1 - payer : payer) === 0 ? 0 : 1] += amount
      return false
    })
    const distance = state.sequence - dispute.closingSequence
    if (distance >= 2n || (distance === 1n && state.proposer !== closer)) {
      this.forfeited.push({ closer })
      const [loser, winner] = closer === 0 ? ([0, 1] as const) : ([1, 0] as const)
      const { reserve } = record.terms
      const lost = payouts[loser] < reserve ? payouts[loser] : reserve
      payouts[loser] -= lost
      payouts[winner] += lost
    }
    if (waiting.length === 0) return this.#put(key, this.#closed(record, payouts, state.sequence))
    const { dispute: _, ...rest } = record
    return this.#put(key, {
      ...rest,
      status: CHANNEL_STATUS.settling,
      payouts,
      unresolved: { ...state, balances: [0n, 0n], streams: [], pending: waiting },
      finalSequence: state.sequence,
    })
  }

  /** A payment that outlived the settlement leaves alone; the last one closes the channel. */
  #resolve(key: string, record: ChannelRecord, payment: Htlc, to: number): string {
    const { unresolved } = record
    if (unresolved === undefined) return 'CHANNEL_NOT_SETTLING'
    const payouts: [bigint, bigint] = [record.payouts?.[0] ?? 0n, record.payouts?.[1] ?? 0n]
    payouts[to === 0 ? 0 : 1] += payment.amount
    const pending = unresolved.pending.filter(({ id }) => id !== payment.id)
    if (pending.length === 0) return this.#put(key, this.#closed(record, payouts, unresolved.sequence))
    return this.#put(key, { ...record, payouts, unresolved: { ...unresolved, pending } })
  }

  #closed(record: ChannelRecord, payouts: [bigint, bigint], finalSequence: bigint): ChannelRecord {
    const { terms, opened, collateral, deposits } = record
    const { closed: status } = CHANNEL_STATUS
    return { terms, status, opened, collateral, deposits, payouts, closed: this.#height, finalSequence }
  }

  #lastRedemption({ state, deadline }: Dispute): bigint {
    return state.streams.length > 0 ? deadline + this.challengeExtension : deadline
  }

  /** Deposits that the state does not divide return to who paid them in; undefined if no prefix fits. */
  #absorbed(record: ChannelRecord, state: ChannelState): number | undefined {
    const total = stateTotal(state)
    let sum = (record.terms.deposits[0] ?? 0n) + (record.terms.deposits[1] ?? 0n)
    for (let count = 0; ; count++) {
      if (sum === total) return count
      const next = record.deposits[count]
      if (next === undefined) return undefined
      sum += next.amount
    }
  }

  #notAbsorbed(record: ChannelRecord, state: ChannelState): [bigint, bigint] {
    const back: [bigint, bigint] = [0n, 0n]
    for (const { party, amount } of record.deposits.slice(this.#absorbed(record, state) ?? 0))
      back[party === 0 ? 0 : 1] += amount
    return back
  }

  #refusal(
    record: ChannelRecord,
    id: Hash,
    state: ChannelState,
    signatures: readonly Uint8Array[],
  ): string | undefined {
    if (!equalBytes(state.channel, id)) return 'CHANNEL_STATE_FOREIGN'
    if (this.#absorbed(record, state) === undefined) return 'CHANNEL_CONSERVATION'
    return this.#isSigned(state, signatures, record.terms.keys) ? undefined : 'CHANNEL_SIGNATURE'
  }

  #isSigned(state: ChannelState, signatures: readonly Uint8Array[], keys: readonly Uint8Array[]): boolean {
    const digest = channelStateDigest(this.frame, state)
    return [0, 1].every((side) =>
      ed25519.verify(signatures[side] as Uint8Array, digest, keys[side] as Uint8Array),
    )
  }
}
