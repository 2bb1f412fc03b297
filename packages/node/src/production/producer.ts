/**
 * Block production of a standalone frame: on demand, with a short window in which transactions gather, and an empty
 * checkpoint when nothing happens, because timers of channels count checkpoints.
 *
 *   idle ──transaction──▶ gathering ──window──▶ producing ──durable──▶ idle (or gathering, if more waits)
 *     └──heartbeat──────────────────────────────▲
 *
 * One block is under way at a time. Nothing of a block is visible (reads, subscriptions, waiting submitters) before
 * its record is durable. If the store fails, production stops and the node reports not ready: it never guesses.
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
    this.#armHeartbeat()
    this.wake()
  }

  /** A transaction waits: make a block when the window closes, unless one is under way, after which it is looked again. */
  wake(): void {
    if (
      this.#stopped ||
      this.#timer !== undefined ||
      this.#producing !== undefined ||
      this.#options.mempool.size === 0
    )
      return
    this.#timer = setTimeout(() => this.#begin(false), this.#options.batchWindowMs)
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
    if (heartbeatMs > 0 && !this.#stopped) this.#heartbeat = setTimeout(() => this.#begin(true), heartbeatMs)
  }

  #begin(empty: boolean): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#stopped || this.#producing !== undefined) return
    this.#producing = this.#produce(empty)
      .catch((error: unknown) => {
        this.#failure = error
        this.#stopped = true
        this.#options.log.fatal({ err: error }, 'block production stopped')
      })
      .finally(() => {
        this.#producing = undefined
        this.#armHeartbeat()
        // A full block left some behind: no window, they have waited already.
        if (!this.#stopped && this.#options.mempool.size > 0) this.wake()
      })
  }

  async #produce(empty: boolean): Promise<void> {
    const { ledger, mempool, validator, append, onFinal, onDropped, clock, metrics, log } = this.#options
    const started = performance.now()
    const transactions = mempool.take({
      gasMax: ledger.genesis.parameters.blockGasLimit,
      countMax: BLOCK_TRANSACTIONS_MAX,
      bytesMax: BLOCK_BYTES_MAX - BLOCK_OVERHEAD_BYTES,
    })
    if (transactions.length === 0 && !empty) return
    const round = 0
    const executed = await ledger.propose({
      transactions,
      proposer: validator.address,
      timestamp: BigInt(clock()),
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
      return
    }
    const checkpoint = validator.certify(ledger.frame, executed.header)
    await append(executed, checkpoint)
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
