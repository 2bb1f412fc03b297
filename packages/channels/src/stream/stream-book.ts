/**
 * All streams of one channel, both directions: what they say about the signed state, and what the signed state says about them. Which
 * chains there are follows from the newest state alone; this side's own knowledge adds how far each has been paid.
 */
import { type ChannelState, STREAMS_MAX } from '@symbolon/protocol'
import type { Link, MessageOf, Position } from '../message/message.ts'
import type { OperationBatch } from '../operation/apply.ts'
import type { Operation } from '../operation/operation.ts'
import type { StoredChannel } from '../storage/channel-store.ts'
import type { EntryBody } from '../storage/entry.ts'
import { closuresOf } from './closures.ts'
import type { StreamPayee } from './payee.ts'
import type { StreamPayer } from './payer.ts'
import { PayingRuns, type StreamTerms } from './paying-runs.ts'
import { ReceivedRuns } from './received-runs.ts'
import { foldedTicks, type StreamHost } from './stream-host.ts'

export class StreamBook {
  readonly #host: StreamHost
  readonly #paying: PayingRuns
  readonly #received: ReceivedRuns

  constructor(host: StreamHost) {
    this.#host = host
    this.#paying = new PayingRuns(host)
    this.#received = new ReceivedRuns(host)
  }

  /** Runs that I pay, by the id of their first chain. */
  get payers(): Map<bigint, StreamPayer> {
    return this.#paying.payers
  }

  /** Runs that are paid to me. */
  get payees(): Map<bigint, StreamPayee> {
    return this.#received.payees
  }

  /** Rebuilds both directions from what the journal holds. PERF: recomputes the chains that I pay with. */
  async restore(stored: StoredChannel): Promise<void> {
    await this.#syncWithState(stored)
  }

  /** Nothing more is written: the channel's work on this side has ended. */
  stop(): void {
    this.#paying.stop()
  }

  /** Opens a run; resolves when both have signed its first chain. Errors: CHANNEL_INSUFFICIENT_BALANCE, those of `update`. */
  open(terms: StreamTerms): Promise<StreamPayer> {
    return this.#paying.open(terms)
  }

  /** Ticks that the peer has shown beyond what is folded: it cannot close for less. */
  ticksShown(stream: bigint): number {
    return this.#received.ticksShown(stream)
  }

  isKnownTick(stream: { id: bigint }, ticks: number, preimage: Uint8Array): boolean {
    const index = foldedTicks(this.#host, stream.id) + ticks
    return (
      this.#received.isKnownTick(stream.id, index, preimage) ??
      this.#paying.isKnownTick(stream.id, index, preimage) ??
      false
    )
  }

  /** Operations that close every open stream at what is paid, whoever pays. */
  closingOperations(): Operation[] {
    const closing: Operation[] = []
    for (const payer of this.payers.values()) closing.push(...payer.closingOperations())
    closing.push(...this.#received.closingOperations())
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
    for (const { stream, run, index } of closuresOf(base, links, batches)) {
      this.#received.chainClosed(stream, run, index)
      this.#paying.chainClosed(stream, run, index)
    }
    void this.#syncWithState().catch((error: unknown) => this.#host.failed(error))
  }

  /** Errors in order: CHANNEL_STREAM_UNKNOWN, then those of `ReceivedChain.accept`. */
  receiveTick(body: MessageOf<'tick'>): void {
    this.#received.receiveTick(body)
  }

  /** Errors: CHANNEL_TICK_INVALID (more than was sent). */
  receiveTickDurable(body: MessageOf<'tickDurable'>): void {
    this.#paying.receiveTickDurable(body)
  }

  /** Units that arrived for a run that I pay. Errors: CHANNEL_STREAM_UNKNOWN. */
  receiveUnits(run: bigint, units: number): void {
    this.#paying.receiveUnits(run, units)
  }

  /** Resolves when every tick taken so far is on disk: before a hello claims them. */
  saved(): Promise<void> {
    return this.#received.saved()
  }

  /** Call after `saved`, in the same turn. */
  position(): Pick<Position, 'ticks' | 'units'> {
    const ticks = [...this.#received.ticks(), ...this.#paying.ticks()]
    const units: Position['units'] = []
    for (const { run, receivedUnits } of this.payers.values())
      units.push({ stream: run, units: receivedUnits })
    for (const { run, deliveredUnits } of this.payees.values())
      units.push({ stream: run, units: deliveredUnits })
    return { ticks: ticks.slice(0, STREAMS_MAX), units: units.slice(0, STREAMS_MAX) }
  }

  /** The peer's position after a reconnect: show again what it has not got, believe what it proves. */
  resume(position: Position): void {
    this.#paying.resume(new Map(position.ticks.map((tick) => [tick.stream, tick])))
    this.#received.resume(position.units)
  }

  #unitsOf(run: bigint): bigint {
    return this.payers.get(run)?.receivedUnits ?? this.payees.get(run)?.deliveredUnits ?? 0n
  }

  /** Learns chains that the state holds and I do not, forgets those that it no longer holds. */
  async #syncWithState(stored?: StoredChannel): Promise<void> {
    const { streams } = this.#host.state()
    const links = this.#host.links()
    const open = new Set(streams.map(({ id }) => id))
    this.#received.keepOnly(open)
    this.#paying.keepOnly(open)
    const linked = streams.map((stream) => {
      const link = links.find((at) => at.stream === stream.id)
      return { stream, link: link ?? { stream: stream.id, run: stream.id, length: stream.length } }
    })
    // Received ones first and at once: ticks for them may follow in this turn. Own chains take time to compute.
    for (const { stream, link } of linked)
      if (stream.payer !== this.#host.party) this.#received.learn(stream, link, stored)
    for (const { stream, link } of linked)
      if (stream.payer === this.#host.party) await this.#paying.learn(stream, link, stored)
  }
}
