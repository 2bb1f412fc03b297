/**
 * Brings the state database up to the ledger, behind the acknowledgement. Blocks gather until one of the bounds
 * `stateBatch…` is reached, then go into one batch together: hot accounts are written once, and a writer that falls behind
 * catches up by itself.
 *
 * Without a sync, except every STORE_LIMITS.stateSyncBlocks: a crash loses at most what has gathered and the newest batches, in
 * order, and recovery executes their blocks again.
 */
import type { ExecutedBlock, Ledger } from '@symbolon/ledger'
import type { Hash } from '@symbolon/primitives'
import type { KeyValueEngine, Operation } from '../engine/index.ts'
import type { BlockIndex } from './block-index.ts'
import { MARKER_KEY } from './keys.ts'
import { STORE_LIMITS } from './limits.ts'
import { encodeMarker } from './marker.ts'
import { PendingState } from './pending-state.ts'
import { addStateOperations, type StoredState } from './stored-state.ts'

export type WritableBlock = Pick<
  ExecutedBlock,
  'header' | 'hash' | 'changes' | 'accounts' | 'receipts' | 'events'
>

/** When what has gathered is written; the defaults are STORE_LIMITS. */
export interface StateBatchBounds {
  readonly blocks: number
  readonly milliseconds: number
}

export interface StateWriterParts {
  readonly engine: KeyValueEngine
  readonly state: StoredState
  readonly index: BlockIndex
  /** Told what it need no longer keep in memory. */
  readonly ledger: Pick<Ledger, 'flushed'>
  readonly onFailure: (error: unknown) => void
  readonly bounds?: StateBatchBounds | undefined
  /** A batch ends with such a block, and `onSnapshotDue` is called when the state database is at it. */
  readonly isSnapshotDue?: (height: bigint) => boolean
  readonly onSnapshotDue?: (height: bigint) => void
}

export class StateWriter {
  readonly #parts: StateWriterParts
  readonly #bounds: StateBatchBounds
  /** Committed, and not looked at yet: that comes after the acknowledgement. */
  #added: WritableBlock[] = []
  readonly #pending = new PendingState()
  #newest: { readonly height: bigint; readonly hash: Hash } | undefined
  /** Gathered since the last batch was taken. */
  #blocks = 0
  #bytes = 0
  /** Of the batch under way. */
  #writingBlocks = 0
  #writingBytes = 0
  #sinceSync = 0
  /** The newest block is one to make a snapshot of: nothing is added to its batch. */
  #isSnapshotDue = false
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #failure: { error: unknown } | undefined

  constructor(parts: StateWriterParts) {
    this.#parts = parts
    const { stateBatchBlocks: blocks, stateBatchMilliseconds: milliseconds } = STORE_LIMITS
    this.#bounds = parts.bounds ?? { blocks, milliseconds }
  }

  /** The block is committed; `bytes` is the size of its record. */
  add(block: WritableBlock, bytes: number): void {
    this.#blocks += 1
    this.#bytes += bytes
    this.#newest = { height: block.header.height, hash: block.hash }
    if (this.#parts.isSnapshotDue?.(block.header.height) === true) this.#isSnapshotDue = true
    this.#parts.index.add(block)
    if (this.#added.push(block) === 1) setImmediate(() => this.#absorb())
    // After a failure nothing is written any more: the store takes no further block, and the log has this one.
    if (this.#failure !== undefined) return
    if (this.#isDue()) this.#start()
    else
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined
        this.#start()
      }, this.#bounds.milliseconds).unref()
  }

  /** Resolves when less than the bounds is waiting. Never rejects: `onFailure` was called if the engine failed. */
  async room(): Promise<void> {
    while (
      this.#isSnapshotDue ||
      this.#blocks + this.#writingBlocks >= STORE_LIMITS.behindBlocksMax ||
      this.#bytes + this.#writingBytes >= STORE_LIMITS.behindBytesMax
    ) {
      this.#start()
      if (this.#running === undefined) return
      await this.#running
    }
  }

  /** Writes everything added, at once, and resolves when it is written. Rejects with the engine's error. */
  async drain(): Promise<void> {
    do {
      this.#start()
      await this.#running
    } while (this.#running !== undefined || (this.#blocks > 0 && this.#failure === undefined))
    if (this.#failure !== undefined) throw this.#failure.error
  }

  #isDue(): boolean {
    return (
      this.#isSnapshotDue ||
      this.#blocks >= this.#bounds.blocks ||
      this.#bytes >= STORE_LIMITS.stateBatchBytes
    )
  }

  #start(): void {
    if (this.#blocks > 0 && this.#failure === undefined) this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    try {
      do {
        // The acknowledgement of the block goes first.
        await new Promise((resolve) => setImmediate(resolve))
        await this.#writeAll()
      } while (this.#isDue() && this.#failure === undefined)
    } catch (error) {
      this.#failure = { error }
      this.#parts.onFailure(error)
    } finally {
      this.#running = undefined
    }
  }

  /** Takes what is needed of the blocks and lets go of them, while they are young enough to cost the garbage collector nothing. */
  #absorb(): void {
    for (const block of this.#added) this.#pending.add(block)
    this.#added = []
    this.#parts.index.absorb()
  }

  async #writeAll(): Promise<void> {
    const { engine, state, index, ledger } = this.#parts
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#absorb()
    const newest = this.#newest
    if (newest === undefined || this.#blocks === 0) return
    const changes = this.#pending.take()
    this.#sinceSync += this.#blocks
    const sync = this.#sinceSync >= STORE_LIMITS.stateSyncBlocks
    if (sync) this.#sinceSync = 0
    this.#writingBlocks = this.#blocks
    this.#writingBytes = this.#bytes
    this.#blocks = 0
    this.#bytes = 0

    const operations: Operation[] = []
    addStateOperations(changes, operations)
    index.takeOperations(operations)
    operations.push({ type: 'put', key: MARKER_KEY, value: encodeMarker(newest) })
    await engine.batch(operations, { sync })

    state.written(changes)
    index.written()
    ledger.flushed(newest.height)
    this.#writingBlocks = 0
    this.#writingBytes = 0
    // Not the flag: the block that set it may have come while this batch, without it, was under way.
    if (this.#parts.isSnapshotDue?.(newest.height) !== true) return
    this.#isSnapshotDue = false
    this.#parts.onSnapshotDue?.(newest.height)
  }
}
