/**
 * The runs of a channel that are paid to this side: takes ticks, makes them durable, acknowledges.
 *
 * A tick is acknowledged only when its preimage is on disk. While a flush runs, what arrives goes into the next one, so at
 * any tick rate the disk sees one record per chain and flush.
 */
import { equalBytes } from '@symbolon/primitives'
import { STREAMS_MAX, type Stream, streamTag } from '@symbolon/protocol'
import type { Link, MessageOf, Position } from '../message/message.ts'
import type { Operation } from '../operation/operation.ts'
import type { StoredChannel } from '../storage/channel-store.ts'
import { StreamPayee } from './payee.ts'
import { ReceivedChain } from './received-chain.ts'
import { foldedTicks, type StreamHost } from './stream-host.ts'
import { unknownStream } from './unknown-stream.ts'

export class ReceivedRuns {
  readonly payees = new Map<bigint, StreamPayee>()
  readonly #host: StreamHost
  readonly #chains = new Map<bigint, { chain: ReceivedChain; payee: StreamPayee }>()
  /** Chains whose deepest preimage is not on disk yet. */
  readonly #dirty = new Set<ReceivedChain>()
  #isSaving = false
  #saving: Promise<void> = Promise.resolve()

  constructor(host: StreamHost) {
    this.#host = host
  }

  /** Ticks that the peer has shown beyond what is folded: it cannot close for less. */
  ticksShown(stream: bigint): number {
    const received = this.#chains.get(stream)
    return received === undefined ? 0 : received.chain.index - foldedTicks(this.#host, stream)
  }

  /** True if this is the deepest preimage shown; undefined if the chain is not paid to me. */
  isKnownTick(stream: bigint, index: number, preimage: Uint8Array): boolean | undefined {
    const chain = this.#chains.get(stream)?.chain
    return chain === undefined ? undefined : chain.index === index && equalBytes(chain.preimage, preimage)
  }

  /** Closes every chain at what was shown. */
  closingOperations(): Operation[] {
    return [...this.#chains.values()].map(({ chain }) => {
      const ticks = chain.index - foldedTicks(this.#host, chain.stream)
      return {
        kind: 'closeStream',
        body: { id: chain.stream, ticks, ...(ticks > 0 ? { preimage: chain.preimage } : {}) },
      }
    })
  }

  /** Errors in order: CHANNEL_STREAM_UNKNOWN, then those of `ReceivedChain.accept`. */
  receiveTick(body: MessageOf<'tick'>): void {
    const received = this.#chains.get(body.stream)
    if (received === undefined) throw unknownStream(body.stream)
    received.chain.accept(body.index, body.preimage)
    this.#dirty.add(received.chain)
    if (!this.#isSaving) this.#saving = this.#save()
  }

  /** Resolves when every tick taken so far is on disk: before a hello claims them. */
  async saved(): Promise<void> {
    while (this.#dirty.size > 0 || this.#isSaving) await this.#saving
  }

  ticks(): Position['ticks'] {
    return [...this.#chains.values()].map(({ chain: { stream, index, preimage } }) => ({
      stream,
      index,
      preimage,
    }))
  }

  /** What the payer says has arrived, after a reconnect. */
  resume(units: Position['units']): void {
    for (const { stream, units: received } of units) this.payees.get(stream)?.peerReceived(received)
    for (const payee of this.payees.values()) payee.onPaid?.(payee.durableUnits)
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
        const live = saving.filter(({ chain }) => this.#chains.has(chain.stream))
        if (live.length === 0) continue
        const runs = new Set(live.map(({ chain }) => chain.run))
        this.#host.append({
          kind: 'progress',
          body: {
            ticks: live.map(({ chain, index, preimage }) => ({ stream: chain.stream, index, preimage })),
            units: [...runs].map((run) => ({
              run,
              closed: this.payees.get(run)?.closedUnits ?? 0n,
              units: this.payees.get(run)?.deliveredUnits ?? 0n,
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

  /** A chain paid to me has left the state, `index` ticks paid. */
  chainClosed(stream: bigint, run: bigint, index: number): void {
    const received = this.#chains.get(stream)
    if (received === undefined) return
    this.#chains.delete(stream)
    this.#dirty.delete(received.chain)
    received.payee.chainClosed(stream, index)
    if (received.payee.isClosed && !this.#host.links().some((link) => link.run === run))
      this.payees.delete(run)
  }

  /** Forgets chains that the state no longer holds. */
  keepOnly(open: ReadonlySet<bigint>): void {
    for (const [stream, { chain }] of this.#chains)
      if (!open.has(stream)) this.chainClosed(stream, chain.run, chain.index)
  }

  /** Learns a chain that the state holds, or a fold of one that I have. */
  learn(stream: Stream, link: Link, stored: StoredChannel | undefined): void {
    const folded = link.length - stream.length
    const known = this.#chains.get(stream.id)
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
    this.#chains.set(stream.id, { chain, payee })
    if (isNew) this.#host.opened(payee)
  }
}
