/**
 * The paying side of a run of ticks. `pay` is synchronous and costs an addition; what is paid in one turn of the event loop leaves
 * as one message. Chains follow one another without a pause: when half of a chain is spent, the next is computed in slices
 * and opened by a co-signed update, which also closes chains that are used up.
 */
import type { Amount, Hash } from '@symbolon/primitives'
import { ChannelError } from '../errors.ts'
import type { Operation } from '../operation/operation.ts'
import type { HashChain } from './chain.ts'

/** A chain of mine that the newest state holds. */
export interface PayingChain {
  readonly stream: bigint
  readonly chain: HashChain
  /** Paid, sent, and acknowledged as durable, in ticks of the whole chain. */
  index: number
  sentIndex: number
  durableIndex: number
}

/** What a payer needs from its channel. */
export interface PayerChannel {
  readonly prepaidUnitsMax: number
  /** Sends the deepest preimages soon, once for all `pay` calls of this turn. */
  scheduleTicks(payer: StreamPayer): void
  /** Computes the next chain, affordable and at most `length` long, and opens it; undefined if nothing is affordable. */
  openChain(
    payer: StreamPayer,
    length: number,
    closing: readonly Operation[],
  ): Promise<PayingChain | undefined>
  closeChains(payer: StreamPayer, operations: readonly Operation[]): Promise<unknown>
  /** Ticks of the chain already folded into the balances. */
  folded(stream: bigint): number
}

export class StreamPayer {
  /** Names the run: the id of its first chain. */
  readonly run: bigint
  readonly quote: Hash
  readonly tickValue: Amount
  readonly chainLength: number
  /** Units of the whole run, if it has an end. After a restart it is unknown again until `limitTo`. */
  #unitsMax: bigint | undefined
  readonly #channel: PayerChannel
  readonly chains: PayingChain[]
  /** Units paid by chains that are closed. */
  closedUnits: bigint
  receivedUnits: bigint
  #open = 0
  #capacity = 0
  #isRolling = false
  #isClosed = false
  #rollError: unknown
  #waiting: { units: number; resolve: () => void; reject: (error: unknown) => void }[] = []

  constructor(
    channel: PayerChannel,
    at: { run: bigint; quote: Hash; tickValue: Amount; chainLength: number; unitsMax?: bigint | undefined },
    chains: PayingChain[],
    closedUnits = 0n,
    receivedUnits = 0n,
  ) {
    this.#channel = channel
    this.run = at.run
    this.quote = at.quote
    this.tickValue = at.tickValue
    this.chainLength = at.chainLength
    this.#unitsMax = at.unitsMax
    this.chains = chains
    this.closedUnits = closedUnits
    this.receivedUnits = receivedUnits
    this.#count()
  }

  /** Units paid over the run's life. */
  get paidUnits(): bigint {
    return this.closedUnits + BigInt(this.#open)
  }

  /** Units that the payee has on disk. */
  get durableUnits(): bigint {
    let units = this.closedUnits
    for (const { durableIndex } of this.chains) units += BigInt(durableIndex)
    return units
  }

  /** Ticks that can be paid before the next chain is there. */
  get capacity(): number {
    return this.#capacity
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /**
   * Pays `units` ticks. Errors in order: CHANNEL_OPERATION_INVALID (not a positive whole number), CHANNEL_CLOSED, CHANNEL_EXPOSURE (too
   * much paid that has not arrived), CHANNEL_STREAM_EXHAUSTED (await `ready`). After an error nothing is paid.
   */
  pay(units = 1): void {
    if (!Number.isSafeInteger(units) || units < 1)
      throw new ChannelError(
        'CHANNEL_OPERATION_INVALID',
        `Pay a whole number of units from 1 up, not ${units}.`,
      )
    const error = this.#obstacle(units)
    if (error !== undefined) throw error
    let left = units
    for (const chain of this.chains) {
      const taken = Math.min(left, chain.chain.length - chain.index)
      if (taken === 0) continue
      chain.index += taken
      left -= taken
      if (left === 0) break
    }
    this.#open += units
    this.#capacity -= units
    this.#channel.scheduleTicks(this)
    this.#rollIfLow()
  }

  /** Resolves when `pay(units)` would succeed; rejects if it never will. */
  ready(units = 1): Promise<void> {
    const error = this.#obstacle(units)
    if (error === undefined) return Promise.resolve()
    if (this.#isClosed || this.#isBeyondEnd(error)) return Promise.reject(error)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ units, resolve, reject })
      this.#rollError = undefined
      this.#rollIfLow(units)
    })
  }

  /** The run ends after this many units: no chain is opened beyond them. */
  limitTo(unitsMax: bigint): void {
    this.#unitsMax = unitsMax
  }

  /** Units of the run that no open chain covers yet. */
  get #unopenedUnits(): number {
    if (this.#unitsMax === undefined) return this.chainLength
    const left = this.#unitsMax - this.paidUnits - BigInt(this.#capacity)
    return left > 0n ? Number(left) : 0
  }

  /** Ends the run: pays out what is paid, returns the rest. Resolves when both have signed. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#wake()
    while (this.#isRolling) await this.#rolling
    if (this.chains.length > 0) await this.#channel.closeChains(this, this.closingOperations())
  }

  /** Operations that close every chain at what is paid. */
  closingOperations(chains: readonly PayingChain[] = this.chains): Operation[] {
    return chains.map(({ stream, chain, index }) => {
      const ticks = index - this.#channel.folded(stream)
      return {
        kind: 'closeStream',
        body: { id: stream, ticks, ...(ticks > 0 ? { preimage: chain.preimage(index) } : {}) },
      }
    })
  }

  /** The channel calls this when a chain has left the state, `index` ticks paid. */
  chainClosed(stream: bigint, index: number): void {
    const at = this.chains.findIndex((chain) => chain.stream === stream)
    if (at < 0) return
    this.chains.splice(at, 1)
    this.closedUnits += BigInt(index)
    this.#count()
    if (this.chains.length === 0 && !this.#isRolling) this.#isClosed = true
    this.#wake()
  }

  /** Units arrived, or the payee proved more ticks than I remember paying. */
  progressed(): void {
    this.#count()
    this.#wake()
  }

  #count(): void {
    this.#open = 0
    this.#capacity = 0
    for (const { chain, index } of this.chains) {
      this.#open += index
      this.#capacity += chain.length - index
    }
  }

  #obstacle(units: number): ChannelError | undefined {
    if (this.#isClosed)
      return new ChannelError('CHANNEL_CLOSED', `Run ${this.run} is closed. Open a new stream.`)
    const exposure = this.paidUnits - this.receivedUnits + BigInt(units)
    if (exposure > BigInt(this.#channel.prepaidUnitsMax))
      return new ChannelError(
        'CHANNEL_EXPOSURE',
        `Paying ${units} more would leave ${exposure} units paid and not received; prepaidUnitsMax is ${this.#channel.prepaidUnitsMax}.`,
        { details: { exposure, prepaidUnitsMax: this.#channel.prepaidUnitsMax } },
      )
    if (units > this.#capacity)
      return new ChannelError(
        'CHANNEL_STREAM_EXHAUSTED',
        `${this.#capacity} ticks are left until the next chain is open, ${units} are needed. Await ready(${units}), deposit, or raise the chain's length.`,
        { cause: this.#rollError, details: { capacity: this.#capacity, units } },
      )
    return undefined
  }

  /** True if no chain will ever cover what is asked: the run's end is fixed, and every chain up to it is open. */
  #isBeyondEnd(error: ChannelError): boolean {
    return error.code === 'CHANNEL_STREAM_EXHAUSTED' && !this.#isRolling && this.#unopenedUnits === 0
  }

  #rolling: Promise<void> = Promise.resolve()

  #rollIfLow(units = 0): void {
    if (this.#isRolling || this.#isClosed || this.#rollError !== undefined) return
    if (this.#capacity >= Math.max(units, this.chainLength / 2) || this.#unopenedUnits === 0) return
    this.#isRolling = true
    this.#rolling = this.#roll().then(
      () => {
        this.#isRolling = false
        this.#wake()
      },
      (error: unknown) => {
        this.#isRolling = false
        this.#rollError = error
        this.#wake()
      },
    )
  }

  async #roll(): Promise<void> {
    const spent = this.chains.filter(({ chain, index }) => index === chain.length)
    const length = Math.min(this.chainLength, this.#unopenedUnits)
    const next = await this.#channel.openChain(this, length, this.closingOperations(spent))
    if (next === undefined)
      throw new ChannelError(
        'CHANNEL_INSUFFICIENT_BALANCE',
        'The balance above the reserve pays no further tick. Deposit more.',
      )
    this.chains.push(next)
    this.#count()
  }

  /** Wakes who can pay now, in order; who cannot for want of capacity keeps waiting while a chain is being opened. */
  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const entry of waiting) {
      const error = this.#obstacle(entry.units)
      if (error === undefined) entry.resolve()
      else if (
        this.#isClosed ||
        this.#isBeyondEnd(error) ||
        (error.code === 'CHANNEL_STREAM_EXHAUSTED' && this.#rollError !== undefined)
      )
        entry.reject(error)
      else {
        this.#waiting.push(entry)
        this.#rollIfLow(entry.units)
      }
    }
  }
}
