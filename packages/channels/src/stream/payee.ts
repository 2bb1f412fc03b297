/** The receiving side of a run of ticks: what is paid and durable, and what may therefore be delivered. */
import type { Amount, Hash } from '@symbolon/primitives'
import { ChannelError } from '../errors.ts'
import type { ReceivedChain } from './received-chain.ts'

/** What a payee needs from its channel. */
export interface PayeeChannel {
  readonly creditUnitsMax: number
  readonly redeliveredUnitsMax: number
  sendUnits(run: bigint, units: number, bytes: Uint8Array): void
}

export class StreamPayee {
  readonly run: bigint
  readonly quote: Hash
  readonly tickValue: Amount
  readonly chains: ReceivedChain[] = []
  closedUnits = 0n
  deliveredUnits = 0n
  isClosed = false
  /** Called whenever more units have become durable: deliver against them. */
  onPaid: ((durableUnits: bigint) => void) | undefined
  readonly #channel: PayeeChannel
  #redelivered = 0n

  constructor(channel: PayeeChannel, at: { run: bigint; quote: Hash; tickValue: Amount }) {
    this.#channel = channel
    this.run = at.run
    this.quote = at.quote
    this.tickValue = at.tickValue
  }

  /** Units shown by valid preimages. */
  get paidUnits(): bigint {
    let units = this.closedUnits
    for (const { index } of this.chains) units += BigInt(index)
    return units
  }

  /** Units whose preimages are on disk: what may be served against. */
  get durableUnits(): bigint {
    let units = this.closedUnits
    for (const { durableIndex } of this.chains) units += BigInt(durableIndex)
    return units
  }

  /** Units that may be delivered now. */
  get deliverableUnits(): bigint {
    return this.durableUnits + BigInt(this.#channel.creditUnitsMax) - this.deliveredUnits
  }

  /**
   * Delivers `units`, with their bytes, in order with everything else on the connection. Throws CHANNEL_EXPOSURE if that would
   * leave more unpaid than creditUnitsMax, CHANNEL_BACKPRESSURE, CHANNEL_OFFLINE; then nothing is delivered.
   */
  deliver(units: number, bytes: Uint8Array): void {
    if (!Number.isSafeInteger(units) || units < 1)
      throw new ChannelError(
        'CHANNEL_OPERATION_INVALID',
        `Deliver a whole number of units from 1 up, not ${units}.`,
      )
    if (BigInt(units) > this.deliverableUnits)
      throw new ChannelError(
        'CHANNEL_EXPOSURE',
        `${this.deliverableUnits} units may be delivered now, not ${units}. Wait for the payment or raise creditUnitsMax (${this.#channel.creditUnitsMax}).`,
        { details: { deliverable: this.deliverableUnits, creditUnitsMax: this.#channel.creditUnitsMax } },
      )
    this.#channel.sendUnits(this.run, units, bytes)
    this.deliveredUnits += BigInt(units)
  }

  /**
   * After a reconnect the payer says how many units arrived. What was lost on the way may be delivered again, but over the run's life
   * no more than redeliveredUnitsMax: a payer that keeps losing units does not get a free service.
   */
  peerReceived(units: bigint): void {
    const lost = this.deliveredUnits - units
    if (lost <= 0n) {
      // I lost count in a crash; the payer has no reason to say that it got more than it did.
      this.deliveredUnits =
        units > this.paidUnits + BigInt(this.#channel.creditUnitsMax) ? this.deliveredUnits : units
      return
    }
    const granted =
      lost < BigInt(this.#channel.redeliveredUnitsMax) - this.#redelivered
        ? lost
        : BigInt(this.#channel.redeliveredUnitsMax) - this.#redelivered
    this.#redelivered += granted
    this.deliveredUnits -= granted
  }

  chainClosed(stream: bigint, index: number): void {
    const at = this.chains.findIndex((chain) => chain.stream === stream)
    if (at < 0) return
    this.chains.splice(at, 1)
    this.closedUnits += BigInt(index)
    if (this.chains.length === 0) this.isClosed = true
  }
}
