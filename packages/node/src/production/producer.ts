/**
 * Block production of a standalone frame: on demand, with a short window in which transactions gather, and an empty
 * checkpoint when nothing happens, because timers of channels count checkpoints.
 *
 *   idle ──transaction──▶ gathering ──window──▶ producing ──durable──▶ idle
 *     └──────heartbeat──────────────────────────▲  │  └──▶ gathering, if a transaction came meanwhile
 *                                               └──┘ at once, if the block was full
 *                                                  └──error──▶ stopped: not ready, submissions refused
 *
 * One block is under way at a time. Nothing of a block is visible (reads, subscriptions, waiting submitters) before
 * its record is durable. If the store fails, production stops and the node reports not ready: it never guesses.
 *
 * Transactions that cannot be executed yet (a gap in the nonces) neither wake production nor hold the heartbeat back.
 */

import type { Ledger, ProposedBlock, TransactionCandidate } from '@symbolon/ledger'
import { BLOCK_BYTES_MAX, BLOCK_TRANSACTIONS_MAX, type Checkpoint } from '@symbolon/protocol'
import type { Logger } from 'pino'
import type { Mempool } from '../mempool/mempool.ts'
import type { NodeMetrics } from '../metrics/metrics.ts'
import type { SoleValidator } from './validator.ts'

export interface ProducerOptions {
  readonly ledger: Ledger
  readonly mempool: Mempool<TransactionCandidate>
  readonly validator: SoleValidator
  /** Resolves when the block is durable and committed. */
  readonly append: (executed: ProposedBlock, checkpoint: Checkpoint) => Promise<void>
  /** Called after `append`: the block is final and readable. */
  readonly onFinal: (executed: ProposedBlock, checkpoint: Checkpoint) => void
  /** Candidates that will never be included. */
  readonly onDropped: (candidate: TransactionCandidate, code: string, message: string) => void
  /** Called once, when production has stopped for good. */
  readonly onFailed: (error: unknown) => void
  readonly batchWindowMs: number
  readonly heartbeatMs: number
  /** Unix milliseconds. */
  readonly clock: () => number
  readonly metrics: NodeMetrics
  readonly log: Logger
}

/** Room that a header leaves to the transactions of a block. */
const BLOCK_OVERHEAD_BYTES = 4_096

export class BlockProducer {
  readonly #options: ProducerOptions
  #timer: NodeJS.Timeout | undefined
  #heartbeat: NodeJS.Timeout | undefined
  #producing: Promise<void> | undefined
  /** A transaction came while a block was under way. */
  #woken = false
  #stopped = false
  #failure: unknown

  constructor(options: ProducerOptions) {
    this.#options = options
  }

  /** The error that stopped production, if one did. */
  get failure(): unknown {
    return this.#failure
  }

  start(): void {
    if (this.#stopped) return
    this.#armHeartbeat()
    this.wake()
  }

  /** A transaction came: make a block when the window closes; if one is under way, look again after it. */
  wake(): void {
    if (this.#stopped || this.#options.mempool.size === 0) return
    if (this.#producing !== undefined) this.#woken = true
    else this.#timer ??= setTimeout(() => this.#begin(false), this.#options.batchWindowMs)
  }

  /** Finishes the block under way and makes no other. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    clearTimeout(this.#heartbeat)
    await this.#producing
  }

  #armHeartbeat(): void {
    clearTimeout(this.#heartbeat)
    const { heartbeatMs } = this.#options
    if (heartbeatMs <= 0 || this.#stopped) return
    this.#heartbeat = setTimeout(() => {
      this.#heartbeat = undefined
      this.#begin(true)
    }, heartbeatMs)
  }

  #begin(empty: boolean): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#stopped || this.#producing !== undefined) return
    this.#woken = false
    this.#producing = this.#produce(empty).then(
      (made) => this.#after(made),
      (error: unknown) => this.#fail(error),
    )
  }

  #after(made: 'nothing' | 'block' | 'full block'): void {
    this.#producing = undefined
    if (this.#stopped) return
    if (made !== 'nothing') this.#armHeartbeat()
    else if (this.#heartbeat === undefined && this.#options.heartbeatMs > 0) {
      // It fell due while this attempt found nothing to include.
      this.#begin(true)
      return
    }
    // Those left behind have waited already: no window for them.
    if (made === 'full block') this.#begin(false)
    else if (this.#woken) this.wake()
  }

  #fail(error: unknown): void {
    this.#producing = undefined
    this.#failure = error
    this.#stopped = true
    clearTimeout(this.#heartbeat)
    this.#options.log.fatal({ err: error }, 'block production stopped')
    this.#options.onFailed(error)
  }

  async #produce(empty: boolean): Promise<'nothing' | 'block' | 'full block'> {
    const { ledger, mempool, validator, append, onFinal, onDropped, clock, metrics, log } = this.#options
    const started = performance.now()
    const transactions = mempool.take({
      gasMax: ledger.genesis.parameters.blockGasLimit,
      countMax: BLOCK_TRANSACTIONS_MAX,
      bytesMax: BLOCK_BYTES_MAX - BLOCK_OVERHEAD_BYTES,
    })
    if (transactions.length === 0 && !empty) return 'nothing'
    const isFull = mempool.size > transactions.length
    const round = 0
    const executed = await ledger.propose({
      transactions,
      proposer: validator.address,
      timestamp: BigInt(Math.max(0, Math.trunc(clock()))),
      height: ledger.height + 1n,
      round,
      ...validator.elect(ledger.frame, ledger.head, round),
      attestors: Uint8Array.of(1),
    })
    for (const { candidate, code, message } of executed.skipped) {
      if (code === 'BLOCK_FULL' || code === 'NONCE_GAP') continue
      mempool.discard(candidate.id)
      onDropped(candidate, code, message)
    }
    if (executed.transactions.length === 0 && !empty) {
      ledger.discard(executed)
      mempool.release()
      return 'nothing'
    }
    const checkpoint = validator.certify(ledger.frame, executed.header)
    const certified = performance.now()
    await append(executed, checkpoint)
    metrics.commitSeconds.observe((performance.now() - certified) / 1_000)
    this.#settle(executed)
    onFinal(executed, checkpoint)
    const seconds = (performance.now() - started) / 1_000
    metrics.blockSeconds.observe(seconds)
    log.debug(
      {
        height: executed.header.height.toString(),
        transactions: executed.transactions.length,
        ms: seconds * 1_000,
      },
      'checkpoint',
    )
    return isFull && executed.transactions.length > 0 ? 'full block' : 'block'
  }

  #settle(executed: ProposedBlock): void {
    const { mempool, onDropped } = this.#options
    for (const dropped of mempool.settle(executed.transactions))
      onDropped(
        dropped,
        'TRANSACTION_DROPPED',
        'its nonce was used, it expired, or the balance no longer covers it; sign it anew',
      )
  }
}
