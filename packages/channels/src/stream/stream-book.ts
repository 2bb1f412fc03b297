/**
 * All streams of one channel, both directions: opens and rolls chains, takes ticks, makes them durable, acknowledges.
 *
 * A tick is acknowledged only when its preimage is on disk. While a flush runs, what arrives goes into the next one, so at
 * any tick rate the disk sees one record per chain and flush.
 */
import { type Amount, equalBytes, type Hash } from '@symbolon/primitives'
import { type ChannelState, type Party, STREAMS_MAX, type Stream, streamTag } from '@symbolon/protocol'
import type { ChannelEnvironment } from '../engine/environment.ts'
import { ChannelError } from '../errors.ts'
import type { ChannelLimits } from '../limits.ts'
import type { Link, Message, MessageOf, Position } from '../message/message.ts'
import type { OperationBatch } from '../operation/apply.ts'
import type { Operation } from '../operation/operation.ts'
import type { StoredChannel } from '../storage/channel-store.ts'
import type { EntryBody } from '../storage/entry.ts'
import { HashChain } from './chain.ts'
import { closuresOf } from './closures.ts'
import { StreamPayee } from './payee.ts'
import { type PayingChain, StreamPayer } from './payer.ts'
import { ReceivedChain } from './received-chain.ts'

/** What the streams need from their channel. */
export interface StreamHost {
  readonly frame: Hash
  readonly channel: Hash
  readonly party: Party
  readonly reserve: Amount
  /** 32 bytes, of this channel alone. */
  readonly secret: Uint8Array
  readonly limits: ChannelLimits
  readonly environment: ChannelEnvironment
  state(): ChannelState
  links(): readonly Link[]
  /** Above every sequence that I have signed. */
  nextSequence(): bigint
  send(message: Message): void
  sendApplication(body: MessageOf<'data'>): void
  update(operations: readonly Operation[]): Promise<unknown>
  append(body: EntryBody): void
  flush(): Promise<void>
  opened(payee: StreamPayee): void
  /** Ticks have become durable. */
  ticksDurable(): void
  failed(error: unknown): void
}

/** What a new stream is opened with. */
export interface StreamTerms {
  tickValue: Amount
  quote: Hash
  /** Ticks per chain; at most STREAM_TICKS_MAX, fewer if the balance does not cover them. */
  length?: number
  /** Units of the whole run: no further chain is opened than these need. Without it the run goes on while the balance lasts. */
  unitsMax?: bigint
}

export class StreamBook {
  readonly payers = new Map<bigint, StreamPayer>()
  readonly payees = new Map<bigint, StreamPayee>()
  readonly #host: StreamHost
  readonly #received = new Map<bigint, { chain: ReceivedChain; payee: StreamPayee }>()
  readonly #paying = new Map<bigint, { chain: PayingChain; payer: StreamPayer }>()
  readonly #opening = new Set<bigint>()
  readonly #dirty = new Set<ReceivedChain>()
  readonly #toSend = new Set<StreamPayer>()
  #isSaving = false
  #saving: Promise<void> = Promise.resolve()
  #isSendScheduled = false
  #isPayerSaveScheduled = false
  #lastId = 0n
  #isStopped = false

  constructor(host: StreamHost) {
    this.#host = host
  }

  /** Rebuilds both directions from what the journal holds. PERF: recomputes the chains that I pay with. */
  async restore(stored: StoredChannel): Promise<void> {
    await this.#syncWithState(stored)
  }

  /** Nothing more is written: the channel's work on this side has ended. */
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

  /** Ticks that the peer has shown beyond what is folded: it cannot close for less. */
  ticksShown(stream: bigint): number {
    const received = this.#received.get(stream)
    return received === undefined ? 0 : received.chain.index - this.#folded(stream)
  }

  isKnownTick(stream: { id: bigint }, ticks: number, preimage: Uint8Array): boolean {
    const index = this.#folded(stream.id) + ticks
    const received = this.#received.get(stream.id)
    if (received !== undefined)
      return received.chain.index === index && equalBytes(received.chain.preimage, preimage)
    const paying = this.#paying.get(stream.id)
    return (
      paying !== undefined &&
      index <= paying.chain.chain.length &&
      equalBytes(paying.chain.chain.preimage(index), preimage)
    )
  }

  /** Operations that close every open stream at what is paid, whoever pays. */
  closingOperations(): Operation[] {
    const closing: Operation[] = []
    for (const payer of this.payers.values()) closing.push(...payer.closingOperations())
    for (const { chain } of this.#received.values()) {
      const ticks = chain.index - this.#folded(chain.stream)
      closing.push({
        kind: 'closeStream',
        body: { id: chain.stream, ticks, ...(ticks > 0 ? { preimage: chain.preimage } : {}) },
      })
    }
    return closing
  }

  /** What the runs were paid by chains that these operations close: belongs into the same flush as the new state. */
  closureEntry(
    base: ChannelState,
    links: readonly Link[],
    batches: readonly OperationBatch[],
  ): EntryBody | undefined {
    if (links.length === 0) return undefined
    const closures = closuresOf(base, links, batches)
    if (closures.length === 0) return undefined
    const byRun = new Map<bigint, bigint>()
    for (const { run, index } of closures) byRun.set(run, (byRun.get(run) ?? 0n) + BigInt(index))
    const units = [...byRun].map(([run, added]) => {
      const at = this.payers.get(run) ?? this.payees.get(run)
      return { run, closed: (at?.closedUnits ?? 0n) + added, units: this.#unitsOf(run) }
    })
    return { kind: 'progress', body: { ticks: [], units: units.slice(0, STREAMS_MAX) } }
  }

  /** The newest signed state has changed. */
  advanced(base: ChannelState, links: readonly Link[], batches: readonly OperationBatch[]): void {
    if (links.length === 0 && this.#host.links().length === 0) return
    for (const { stream, run, index } of closuresOf(base, links, batches))
      this.#chainClosed(stream, run, index)
    void this.#syncWithState().catch((error: unknown) => this.#host.failed(error))
  }

  /** Errors in order: CHANNEL_STREAM_UNKNOWN, then those of `ReceivedChain.accept`. */
  receiveTick(body: MessageOf<'tick'>): void {
    const received = this.#received.get(body.stream)
    if (received === undefined) throw unknownStream(body.stream)
    received.chain.accept(body.index, body.preimage)
    this.#dirty.add(received.chain)
    if (!this.#isSaving) this.#saving = this.#save()
  }

  receiveTickDurable(body: MessageOf<'tickDurable'>): void {
    const paying = this.#paying.get(body.stream)
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
    this.#savePayersSoon()
  }

  /** Resolves when every tick taken so far is on disk: before a hello claims them. */
  async saved(): Promise<void> {
    while (this.#dirty.size > 0 || this.#isSaving) await this.#saving
  }

  /** Call after `saved`, in the same turn. */
  position(): Pick<Position, 'ticks' | 'units'> {
    const ticks: Position['ticks'] = []
    for (const { chain } of this.#received.values())
      ticks.push({ stream: chain.stream, index: chain.index, preimage: chain.preimage })
    for (const { chain } of this.#paying.values()) ticks.push({ stream: chain.stream, index: chain.index })
    const units: Position['units'] = []
    for (const { run, receivedUnits } of this.payers.values())
      units.push({ stream: run, units: receivedUnits })
    for (const { run, deliveredUnits } of this.payees.values())
      units.push({ stream: run, units: deliveredUnits })
    return { ticks: ticks.slice(0, STREAMS_MAX), units: units.slice(0, STREAMS_MAX) }
  }

  /** The peer's position after a reconnect: show again what it has not got, believe what it proves. */
  resume(position: Position): void {
    const shown = new Map(position.ticks.map((tick) => [tick.stream, tick]))
    for (const { chain, payer } of this.#paying.values()) {
      const theirs = shown.get(chain.stream)
      const index = theirs?.index ?? 0
      if (index > chain.index) {
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
      } else {
        chain.sentIndex = index
        this.scheduleTicks(payer)
      }
    }
    for (const { stream, units } of position.units) this.payees.get(stream)?.peerReceived(units)
    for (const payee of this.payees.values()) payee.onPaid?.(payee.durableUnits)
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
    this.#savePayersSoon()
  }

  /** Writes the newest of every changed chain, flushes, acknowledges; again while more has come. */
  async #save(): Promise<void> {
    this.#isSaving = true
    try {
      while (this.#dirty.size > 0) {
        const saving = [...this.#dirty]
          .slice(0, STREAMS_MAX)
          .map((chain) => ({ chain, index: chain.index, preimage: chain.preimage }))
        for (const { chain } of saving) this.#dirty.delete(chain)
        const live = saving.filter(({ chain }) => this.#received.has(chain.stream))
        if (live.length === 0) continue
        const runs = new Set(live.map(({ chain }) => chain.run))
        this.#host.append({
          kind: 'progress',
          body: {
            ticks: live.map(({ chain, index, preimage }) => ({ stream: chain.stream, index, preimage })),
            units: [...runs].map((run) => ({
              run,
              closed: this.payees.get(run)?.closedUnits ?? 0n,
              units: this.#unitsOf(run),
            })),
          },
        })
        await this.#host.flush()
        for (const { chain, index } of live) {
          if (index > chain.durableIndex) chain.durableIndex = index
          this.#host.send({ kind: 'tickDurable', body: { stream: chain.stream, index } })
        }
        this.#host.ticksDurable()
        for (const run of runs) {
          const payee = this.payees.get(run)
          payee?.onPaid?.(payee.durableUnits)
        }
      }
    } catch (error) {
      this.#host.failed(error)
    } finally {
      this.#isSaving = false
    }
  }

  #savePayersSoon(): void {
    if (this.#isPayerSaveScheduled) return
    this.#isPayerSaveScheduled = true
    this.#host.environment.timer(this.#host.limits.payerProgressMs, () => {
      this.#isPayerSaveScheduled = false
      if (this.#isStopped) return
      try {
        this.savePayers()
      } catch (error) {
        this.#host.failed(error)
        return
      }
      this.#host.flush().catch((error: unknown) => this.#host.failed(error))
    })
  }

  /** Appends how far I have paid; the next flush makes it durable. */
  savePayers(): void {
    if (this.#paying.size === 0) return
    const runs = [...this.payers.values()].filter(({ chains }) => chains.length > 0)
    this.#host.append({
      kind: 'progress',
      body: {
        ticks: [...this.#paying.values()].map(({ chain }) => ({ stream: chain.stream, index: chain.index })),
        units: runs
          .slice(0, STREAMS_MAX)
          .map(({ run, closedUnits, receivedUnits }) => ({ run, closed: closedUnits, units: receivedUnits })),
      },
    })
  }

  #unitsOf(run: bigint): bigint {
    return this.payers.get(run)?.receivedUnits ?? this.payees.get(run)?.deliveredUnits ?? 0n
  }

  #folded(stream: bigint): number {
    const link = this.#host.links().find((at) => at.stream === stream)
    const run = this.#host.state().streams.find(({ id }) => id === stream)
    return link === undefined || run === undefined ? 0 : link.length - run.length
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
      folded: (stream: bigint) => this.#folded(stream),
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
      this.#paying.set(id, { chain: opened, payer })
      return opened
    } finally {
      this.#opening.delete(id)
    }
  }

  #chainClosed(stream: bigint, run: bigint, index: number): void {
    const received = this.#received.get(stream)
    if (received !== undefined) {
      this.#received.delete(stream)
      this.#dirty.delete(received.chain)
      received.payee.chainClosed(stream, index)
      if (received.payee.isClosed && !this.#host.links().some((link) => link.run === run))
        this.payees.delete(run)
    }
    const paying = this.#paying.get(stream)
    if (paying !== undefined) {
      this.#paying.delete(stream)
      paying.payer.chainClosed(stream, index)
      if (paying.payer.isClosed) this.payers.delete(run)
    }
  }

  /** Learns chains that the state holds and I do not, forgets those that it no longer holds. */
  async #syncWithState(stored?: StoredChannel): Promise<void> {
    const state = this.#host.state()
    const links = this.#host.links()
    const open = new Set(state.streams.map(({ id }) => id))
    for (const [stream, { chain }] of this.#received)
      if (!open.has(stream)) this.#chainClosed(stream, chain.run, chain.index)
    for (const [stream, { chain, payer }] of this.#paying)
      if (!open.has(stream)) this.#chainClosed(stream, payer.run, chain.index)
    const mine: { stream: Stream; link: Link }[] = []
    for (const stream of state.streams) {
      const link = links.find((at) => at.stream === stream.id) ?? {
        stream: stream.id,
        run: stream.id,
        length: stream.length,
      }
      if (stream.payer === this.#host.party) mine.push({ stream, link })
      else this.#syncReceived(stream, link, stored)
    }
    for (const { stream, link } of mine)
      if (!this.#paying.has(stream.id) && !this.#opening.has(stream.id))
        await this.#rebuildPaying(stream, link, stored)
  }

  #syncReceived(stream: Stream, link: Link, stored: StoredChannel | undefined): void {
    const folded = link.length - stream.length
    const known = this.#received.get(stream.id)
    if (known !== undefined) {
      known.chain.raise(folded, stream.root)
      return
    }
    const { frame, channel } = this.#host
    const tag = streamTag(frame, channel, stream.id)
    const chain = new ReceivedChain({
      stream: stream.id,
      run: link.run,
      length: link.length,
      tickValue: stream.tickValue,
      tag,
      index: folded,
      preimage: stream.root,
    })
    const saved = stored?.ticks.get(stream.id)
    if (saved?.preimage !== undefined) chain.raise(saved.index, saved.preimage)
    let payee = this.payees.get(link.run)
    const isNew = payee === undefined
    if (payee === undefined) {
      const channelOfPayee = {
        creditUnitsMax: this.#host.limits.creditUnitsMax,
        redeliveredUnitsMax: this.#host.limits.redeliveredUnitsMax,
        sendUnits: (run: bigint, units: number, bytes: Uint8Array) =>
          this.#host.sendApplication({ bytes, stream: run, units }),
      }
      payee = new StreamPayee(channelOfPayee, {
        run: link.run,
        quote: stream.quote,
        tickValue: stream.tickValue,
      })
      const units = stored?.units.get(link.run)
      payee.closedUnits = units?.closed ?? 0n
      payee.deliveredUnits = units?.units ?? 0n
      this.payees.set(link.run, payee)
    }
    payee.chains.push(chain)
    payee.isClosed = false
    this.#received.set(stream.id, { chain, payee })
    if (isNew) this.#host.opened(payee)
  }

  /** After a restart: the chain follows from the secret, what was paid from the journal and from what the payee proves. */
  async #rebuildPaying(stream: Stream, link: Link, stored: StoredChannel | undefined): Promise<void> {
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
      this.#paying.set(stream.id, { chain: paying, payer })
    } finally {
      this.#opening.delete(stream.id)
    }
  }
}

function unknownStream(stream: bigint): ChannelError {
  return new ChannelError('CHANNEL_STREAM_UNKNOWN', `No open stream ${stream} runs in this direction.`, {
    details: { stream },
  })
}
