/**
 * Brings the state database up to the ledger, behind the acknowledgement: whatever blocks have come since the last batch go
 * into the next one together, so a writer that falls behind catches up by itself.
 *
 * Without a sync, except every STORE_LIMITS.stateSyncBlocks: a crash loses at most the newest batches, in order, and recovery
 * executes their blocks again.
 */
import type { ExecutedBlock, Ledger } from '@symbolon/ledger'
import type { KeyValueEngine, Operation } from '../engine/index.ts'
import type { BlockIndex } from './block-index.ts'
import { MARKER_KEY } from './keys.ts'
import { STORE_LIMITS } from './limits.ts'
import { encodeMarker } from './marker.ts'
import { addStateOperations, type StoredState } from './stored-state.ts'

export type WritableBlock = Pick<ExecutedBlock, 'header' | 'hash' | 'changes' | 'receipts' | 'events'>

interface Queued {
  readonly block: WritableBlock
  readonly bytes: number
}

export interface StateWriterParts {
  readonly engine: KeyValueEngine
  readonly state: StoredState
  readonly index: BlockIndex
  /** Told what it need no longer keep in memory. */
  readonly ledger: Pick<Ledger, 'flushed'>
  readonly onFailure: (error: unknown) => void
}

export class StateWriter {
  readonly #parts: StateWriterParts
  #queue: Queued[] = []
  #bytes = 0
  #sinceSync = 0
  #running: Promise<void> | undefined
  #failure: { error: unknown } | undefined

  constructor(parts: StateWriterParts) {
    this.#parts = parts
  }

  /** The block is committed; `bytes` is the size of its record. */
  add(block: WritableBlock, bytes: number): void {
    this.#queue.push({ block, bytes })
    this.#bytes += bytes
    this.#parts.index.add(block)
    // After a failure nothing is written any more: the store takes no further block, and the log has this one.
    if (this.#failure === undefined) this.#running ??= this.#run()
  }

  /** Resolves when less than the bounds is waiting. Never rejects: `onFailure` was called if the engine failed. */
  async room(): Promise<void> {
    while (
      this.#running !== undefined &&
      (this.#queue.length >= STORE_LIMITS.behindBlocksMax || this.#bytes >= STORE_LIMITS.behindBytesMax)
    )
      await this.#running
  }

  /** Resolves when everything added is written. Rejects with the engine's error. */
  async drain(): Promise<void> {
    while (this.#running !== undefined) await this.#running
    if (this.#failure !== undefined) throw this.#failure.error
  }

  async #run(): Promise<void> {
    try {
      while (this.#queue.length > 0 && this.#failure === undefined) {
        // The acknowledgement of the block goes first.
        await new Promise((resolve) => setImmediate(resolve))
        await this.#writeAll()
      }
    } catch (error) {
      this.#failure = { error }
      this.#parts.onFailure(error)
    } finally {
      this.#running = undefined
    }
  }

  async #writeAll(): Promise<void> {
    const { engine, state, index, ledger } = this.#parts
    const queue = this.#queue
    const newest = (queue.at(-1) as Queued).block
    this.#queue = []
    this.#bytes = 0
    this.#sinceSync += queue.length
    const sync = this.#sinceSync >= STORE_LIMITS.stateSyncBlocks
    if (sync) this.#sinceSync = 0

    const operations: Operation[] = []
    for (const { block } of queue) addStateOperations(block.changes, operations)
    index.takeOperations(operations)
    const marker = encodeMarker({ height: newest.header.height, hash: newest.hash })
    operations.push({ type: 'put', key: MARKER_KEY, value: marker })
    await engine.batch(operations, { sync })

    for (const { block } of queue) state.written(block.changes)
    index.written()
    ledger.flushed(newest.header.height)
  }
}
