/**
 * The runs of a channel that this side pays: opens them, rolls their chains, sends ticks, and remembers how far it has paid. What it
 * remembers is a hint; the payee's proof decides after a loss.
 */
import { type Amount, equalBytes, type Hash } from '@symbolon/primitives'
import { STREAMS_MAX, type Stream } from '@symbolon/protocol'
import { ChannelError } from '../errors.ts'
import type { Link, MessageOf, Position } from '../message/message.ts'
import type { Operation } from '../operation/operation.ts'
import type { StoredChannel } from '../storage/channel-store.ts'
import { HashChain } from './chain.ts'
import { type PayingChain, StreamPayer } from './payer.ts'
import { foldedTicks, type StreamHost } from './stream-host.ts'
import { unknownStream } from './unknown-stream.ts'

/** What a new stream is opened with. */
export interface StreamTerms {
  tickValue: Amount
  quote: Hash
  /** Ticks per chain; at most STREAM_TICKS_MAX, fewer if the balance does not cover them. */
  length?: number
  /** Units of the whole run: no further chain is opened than these need. Without it the run goes on while the balance lasts. */
  unitsMax?: bigint
}

export class PayingRuns {
  readonly payers = new Map<bigint, StreamPayer>()
  readonly #host: StreamHost
  readonly #chains = new Map<bigint, { chain: PayingChain; payer: StreamPayer }>()
  /** Chains that are being computed or agreed: the state may hold them before this side has finished. */
  readonly #opening = new Set<bigint>()
  readonly #toSend = new Set<StreamPayer>()
  #isSendScheduled = false
  #isSaveScheduled = false
  #isStopped = false
  #lastId = 0n

  constructor(host: StreamHost) {
    this.#host = host
  }

  /** Nothing more is written. */
  stop(): void {
    this.#isStopped = true
  }

  /** Opens a run; resolves when both have signed its first chain. */
  async open(terms: StreamTerms): Promise<StreamPayer> {
    const { unitsMax } = terms
    let length = terms.length ?? this.#host.limits.streamTicks
    if (unitsMax !== undefined && unitsMax < BigInt(length)) length = Number(unitsMax)
    const id = this.#newId()
    const payer = this.#newPayer(id, { ...terms, chainLength: length }, [])
    const first = await this.#openChain(payer, id, length, [])
    if (first === undefined)
      throw new ChannelError(
        'CHANNEL_INSUFFICIENT_BALANCE',
        'The balance above the reserve does not pay one tick. Deposit first.',
      )
    payer.chains.push(first)
    payer.progressed()
    this.payers.set(id, payer)
    return payer
  }

  /** True if this preimage pays that tick of a chain of mine; undefined if the chain is not mine. */
  isKnownTick(stream: bigint, index: number, preimage: Uint8Array): boolean | undefined {
    const paying = this.#chains.get(stream)
    if (paying === undefined) return undefined
    const { chain } = paying.chain
    return index <= chain.length && equalBytes(chain.preimage(index), preimage)
  }

  receiveTickDurable(body: MessageOf<'tickDurable'>): void {
    const paying = this.#chains.get(body.stream)
    if (paying === undefined) return
    if (body.index > paying.chain.sentIndex)
      throw new ChannelError(
        'CHANNEL_TICK_INVALID',
        `The peer acknowledges tick ${body.index}, ${paying.chain.sentIndex} were sent.`,
      )
    if (body.index > paying.chain.durableIndex) paying.chain.durableIndex = body.index
  }

  /** Units that arrived for a run that I pay. Errors: CHANNEL_STREAM_UNKNOWN. */
  receiveUnits(run: bigint, units: number): void {
    const payer = this.payers.get(run)
    if (payer === undefined) throw unknownStream(run)
    payer.receivedUnits += BigInt(units)
    payer.progressed()
    this.#saveSoon()
  }

  ticks(): Position['ticks'] {
    return [...this.#chains.values()].map(({ chain }) => ({ stream: chain.stream, index: chain.index }))
  }

  /** The payee's position after a reconnect: show again what it has not got, believe what it proves. */
  resume(shown: ReadonlyMap<bigint, Position['ticks'][number]>): void {
    for (const { chain, payer } of this.#chains.values()) {
      const theirs = shown.get(chain.stream)
      const index = theirs?.index ?? 0
      if (index <= chain.index) {
        chain.sentIndex = index
        this.scheduleTicks(payer)
        continue
      }
      const isProven =
        theirs?.preimage !== undefined &&
        index <= chain.chain.length &&
        equalBytes(chain.chain.preimage(index), theirs.preimage)
      if (!isProven)
        throw new ChannelError(
          'CHANNEL_TICK_INVALID',
          `The peer claims ${index} ticks of chain ${chain.stream} without proof.`,
        )
      chain.index = index
      chain.sentIndex = index
      payer.progressed()
    }
  }

  /** Sends what is paid and not sent, at the end of this turn. */
  scheduleTicks(payer: StreamPayer): void {
    this.#toSend.add(payer)
    if (this.#isSendScheduled) return
    this.#isSendScheduled = true
    queueMicrotask(() => {
      this.#isSendScheduled = false
      for (const each of this.#toSend) this.#sendTicks(each)
      this.#toSend.clear()
    })
  }

  #sendTicks(payer: StreamPayer): void {
    for (const chain of payer.chains) {
      if (chain.index <= chain.sentIndex) continue
      chain.sentIndex = chain.index
      this.#host.send({
        kind: 'tick',
        body: { stream: chain.stream, index: chain.index, preimage: chain.chain.preimage(chain.index) },
      })
    }
    this.#saveSoon()
  }

  #saveSoon(): void {
    if (this.#isSaveScheduled) return
    this.#isSaveScheduled = true
    this.#host.environment.timer(this.#host.limits.payerProgressMs, () => {
      this.#isSaveScheduled = false
      if (this.#isStopped) return
      try {
        this.save()
      } catch (error) {
        this.#host.failed(error)
        return
      }
      this.#host.flush().catch((error: unknown) => this.#host.failed(error))
    })
  }

  /** Appends how far I have paid; the next flush makes it durable. */
  save(): void {
    if (this.#chains.size === 0) return
    const runs = [...this.payers.values()].filter(({ chains }) => chains.length > 0)
    this.#host.append({
      kind: 'progress',
      body: {
        ticks: [...this.#chains.values()].map(({ chain }) => ({ stream: chain.stream, index: chain.index })),
        units: runs
          .slice(0, STREAMS_MAX)
          .map(({ run, closedUnits, receivedUnits }) => ({ run, closed: closedUnits, units: receivedUnits })),
      },
    })
  }

  /** Never used before in this channel: a chain's preimages must not pay twice. Sequences only grow, also over crashes. */
  #newId(): bigint {
    const least = (this.#host.nextSequence() << 17n) | BigInt(this.#host.party)
    this.#lastId = this.#lastId + 2n > least ? this.#lastId + 2n : least
    return this.#lastId
  }

  #newPayer(
    run: bigint,
    at: { quote: Hash; tickValue: Amount; chainLength: number; unitsMax?: bigint | undefined },
    chains: PayingChain[],
    closed = 0n,
    received = 0n,
  ): StreamPayer {
    const channel = {
      prepaidUnitsMax: this.#host.limits.prepaidUnitsMax,
      scheduleTicks: (payer: StreamPayer) => this.scheduleTicks(payer),
      openChain: (payer: StreamPayer, length: number, closing: readonly Operation[]) =>
        this.#openChain(payer, this.#newId(), length, closing),
      closeChains: (_: StreamPayer, operations: readonly Operation[]) => this.#host.update(operations),
      folded: (stream: bigint) => foldedTicks(this.#host, stream),
    }
    return new StreamPayer(channel, { run, ...at }, chains, closed, received)
  }

  async #openChain(
    payer: StreamPayer,
    id: bigint,
    length: number,
    closing: readonly Operation[],
  ): Promise<PayingChain | undefined> {
    const { frame, channel, secret, limits, environment, reserve, party } = this.#host
    const spendable = (this.#host.state().balances[party] ?? 0n) - reserve
    const affordable = spendable / payer.tickValue
    const ticks = affordable < BigInt(length) ? Number(affordable) : length
    if (ticks < 1) return undefined
    const chain = await HashChain.create(secret, frame, channel, id, ticks, limits.chainStepsPerTurn, () =>
      environment.yield(),
    )
    const body = {
      id,
      root: chain.root as Hash,
      tickValue: payer.tickValue,
      length: ticks,
      quote: payer.quote,
    }
    this.#opening.add(id)
    try {
      await this.#host.update([
        ...closing,
        { kind: 'openStream', body: id === payer.run ? body : { ...body, continues: payer.run } },
      ])
      const opened: PayingChain = { stream: id, chain, index: 0, sentIndex: 0, durableIndex: 0 }
      this.#chains.set(id, { chain: opened, payer })
      return opened
    } finally {
      this.#opening.delete(id)
    }
  }

  /** A chain of mine has left the state, `index` ticks paid. */
  chainClosed(stream: bigint, run: bigint, index: number): void {
    const paying = this.#chains.get(stream)
    if (paying === undefined) return
    this.#chains.delete(stream)
    paying.payer.chainClosed(stream, index)
    if (paying.payer.isClosed) this.payers.delete(run)
  }

  /** Forgets chains that the state no longer holds. */
  keepOnly(open: ReadonlySet<bigint>): void {
    for (const [stream, { chain, payer }] of this.#chains)
      if (!open.has(stream)) this.chainClosed(stream, payer.run, chain.index)
  }

  /** Learns a chain of mine that the state holds and this process does not. */
  async learn(stream: Stream, link: Link, stored: StoredChannel | undefined): Promise<void> {
    if (!this.#chains.has(stream.id) && !this.#opening.has(stream.id))
      await this.#rebuild(stream, link, stored)
  }

  /** After a restart: the chain follows from the secret, what was paid from the journal and from what the payee proves. */
  async #rebuild(stream: Stream, link: Link, stored: StoredChannel | undefined): Promise<void> {
    const { frame, channel, secret, limits, environment } = this.#host
    this.#opening.add(stream.id)
    try {
      const chain = await HashChain.create(
        secret,
        frame,
        channel,
        stream.id,
        link.length,
        limits.chainStepsPerTurn,
        () => environment.yield(),
      )
      const folded = link.length - stream.length
      const index = Math.max(folded, stored?.ticks.get(stream.id)?.index ?? 0)
      const paying: PayingChain = { stream: stream.id, chain, index, sentIndex: folded, durableIndex: folded }
      let payer = this.payers.get(link.run)
      if (payer === undefined) {
        const units = stored?.units.get(link.run)
        const at = { quote: stream.quote, tickValue: stream.tickValue, chainLength: link.length }
        payer = this.#newPayer(link.run, at, [], units?.closed ?? 0n, units?.units ?? 0n)
        this.payers.set(link.run, payer)
      }
      payer.chains.push(paying)
      payer.progressed()
      this.#chains.set(stream.id, { chain: paying, payer })
    } finally {
      this.#opening.delete(stream.id)
    }
  }
}
