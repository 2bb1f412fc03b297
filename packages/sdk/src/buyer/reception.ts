/**
 * Receiving what was bought: every packet is verified against the root that the quote commits to, handed to the sink, and only
 * then paid, tick by tick. A wrong, repeated or missing unit ends the delivery with nothing paid for it.
 */
import type { StreamPayer } from '@symbolon/channels'
import { packetRowsForWindow, type Quote, RowVerifier } from '@symbolon/market'
import { SdkError } from '../errors.ts'
import type { StreamMessage } from '../wire/stream-message.ts'
import type { UnitSink } from './sink.ts'

export interface ReceptionOptions {
  readonly quote: Quote
  /** Absent if the challenge paid for everything. */
  readonly payer: StreamPayer | undefined
  readonly sink: UnitSink
  /** Units that the sink has from before. */
  readonly verified: bigint
  readonly onProgress?: (units: bigint) => void
}

export class Reception {
  /** Resolves when every unit is verified, kept and paid; rejects if the delivery cannot go on. */
  readonly complete: Promise<void>
  readonly #options: ReceptionOptions
  #verifier: RowVerifier
  #queue: Promise<void> = Promise.resolve()
  /** Messages that are being verified, kept or paid, or wait for it. */
  #inHand = 0
  /** Counts connections: what an earlier one left in the queue does not continue the proofs of the present one. */
  #connection = 0
  #resolve: () => void = () => {}
  #reject: (error: unknown) => void = () => {}
  /** Monotonic milliseconds of the first unit of this run. */
  firstUnitAt: number | undefined

  constructor(options: ReceptionOptions) {
    this.#options = options
    this.#verifier = this.#newVerifier(options.verified)
    this.complete = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.complete.catch(() => {})
  }

  get verified(): bigint {
    return BigInt(this.#verifier.verified)
  }

  get isComplete(): boolean {
    return this.#verifier.complete
  }

  /** True while it is this side, and not the seller, that is awaited. */
  get isBusy(): boolean {
    return this.#inHand > 0
  }

  #newVerifier(verified: bigint): RowVerifier {
    const { quote } = this.#options
    return new RowVerifier(quote, {
      rowsMax: Math.max(packetRowsForWindow(quote.creditWindow), Number(quote.unitsMin)),
      verified: Number(verified),
    })
  }

  /**
   * A new connection: calls `begin` with the first unit that is not verified, once what is in hand is kept and paid; a seller does
   * not deliver from beyond what it has been paid. What still waits from the connection before is dropped, and sent again.
   */
  restart(begin: (from: bigint) => void): void {
    this.#connection += 1
    const connection = this.#connection
    this.#queue = this.#queue
      .then(() => {
        if (connection !== this.#connection) return
        const { verified } = this
        // The seller proves from the root again.
        this.#verifier = this.#newVerifier(verified)
        begin(verified)
      })
      .catch((error: unknown) => this.#reject(error))
  }

  fail(error: unknown): void {
    this.#reject(error)
  }

  /** Messages are handled one after the other; the promise holds back the connection until this one is done. */
  take(message: StreamMessage): Promise<void> {
    const connection = this.#connection
    this.#inHand += 1
    this.#queue = this.#queue
      .then(() => (connection === this.#connection ? this.#take(message) : undefined))
      .catch((error: unknown) => this.#reject(error))
      .finally(() => {
        this.#inHand -= 1
      })
    return this.#queue
  }

  /**
   * Pays for what was verified and not paid, before anything is delivered: after a crash between the two. Completes at once if
   * nothing is left to deliver.
   */
  async payDue(): Promise<void> {
    const { payer, quote, verified } = this.#options
    // What the sink holds has arrived, whatever the channel's own count of it was when it was last written down.
    const arrived = verified - quote.unitsMin
    if (payer !== undefined && arrived > payer.receivedUnits) {
      payer.receivedUnits = arrived
      payer.progressed()
    }
    await this.#pay()
    if (this.#verifier.complete) this.#resolve()
  }

  async #take(message: StreamMessage): Promise<void> {
    if (message.kind === 'abort')
      throw new SdkError(
        'DELIVERY_ABORTED',
        `the seller stopped: ${message.body.code}: ${message.body.message}`,
      )
    if (message.kind === 'end') {
      if (!this.#verifier.complete)
        throw new SdkError(
          'DELIVERY_SHORT',
          `the seller ended after ${this.verified} of ${this.#options.quote.quantity} units`,
        )
      this.#resolve()
      return
    }
    if (message.kind !== 'rows') return
    const { rows, first } = message.body.packet
    const before = this.verified
    this.#verifier.accept(message.body.packet)
    this.firstUnitAt ??= performance.now()
    const written = this.#options.sink.write(
      rows,
      BigInt(first) - BigInt(this.#options.quote.goods?.first ?? 0),
    )
    if (written !== undefined) await written
    if (this.verified > before) await this.#pay()
    this.#options.onProgress?.(this.verified)
    if (this.#verifier.complete) this.#resolve()
  }

  async #pay(): Promise<void> {
    const { payer, quote } = this.#options
    if (payer === undefined) return
    let due = this.verified - quote.unitsMin - payer.paidUnits
    while (due > 0n) {
      const units = Number(due < BigInt(payer.capacity) ? due : BigInt(Math.max(1, payer.capacity)))
      await payer.ready(units)
      payer.pay(units)
      due -= BigInt(units)
    }
  }
}
