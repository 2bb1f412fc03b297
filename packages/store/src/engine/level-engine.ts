/**
 * The engine of a node: LevelDB in this process, by `classic-level`.
 *
 * Chosen over LMDB by measurement (bench/engine.bench.ts, the page of the package): a block's random writes are
 * appended to a log and sorted later, where LMDB rewrites a page of the tree per key and syncs them all.
 *
 * Cost: a batch of 1,000 random puts with its sync is 2 to 3 ms; a `get` is 4 to 6 us.
 */
import { ClassicLevel } from 'classic-level'
import { closedError, requireKey, requireOperations, requireRange } from './bounds.ts'
import { EngineError } from './errors.ts'
import type {
  KeyValueEngine,
  KeyValueEntry,
  KeyValueReader,
  KeyValueSnapshot,
  Operation,
  RangeOptions,
} from './key-value-engine.ts'
import { ENGINE_LIMITS } from './limits.ts'

type Database = ClassicLevel<Uint8Array, Uint8Array>
type Snapshot = ReturnType<Database['snapshot']>

export interface LevelEngineOptions {
  /** Created if absent. LevelDB locks it: one process at a time, released by the system when the process ends. */
  directory: string
  cacheBytes?: number
  writeBufferBytes?: number
}

export class LevelEngine implements KeyValueEngine {
  readonly #database: Database
  readonly #reader: LevelReader
  /** Settles when every batch called so far has. LevelDB itself promises no order between concurrent calls. */
  #last: Promise<void> = Promise.resolve()
  #failure: EngineError | undefined
  #closed = false

  private constructor(database: Database) {
    this.#database = database
    this.#reader = new LevelReader(database, () => this.#closed)
  }

  /** Errors in order: ENGINE_LOCKED, ENGINE_CORRUPT, ENGINE_FAILED. */
  static async open(options: LevelEngineOptions): Promise<LevelEngine> {
    const database: Database = new ClassicLevel(options.directory, {
      keyEncoding: 'view',
      valueEncoding: 'view',
      cacheSize: options.cacheBytes ?? ENGINE_LIMITS.cacheBytes,
      writeBufferSize: options.writeBufferBytes ?? ENGINE_LIMITS.writeBufferBytes,
      // State keys are hashes and values are small: nothing to compress, and reads would pay for it.
      compression: false,
    })
    try {
      await database.open()
    } catch (error) {
      throw engineError(error)
    }
    return new LevelEngine(database)
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#reader.get(key)
  }

  has(key: Uint8Array): boolean {
    return this.#reader.has(key)
  }

  range(options: RangeOptions = {}): AsyncGenerator<KeyValueEntry, void, undefined> {
    return this.#reader.range(options)
  }

  async batch(operations: readonly Operation[], options: { sync: boolean }): Promise<void> {
    if (this.#closed) throw closedError()
    requireOperations(operations)
    const written = this.#last.then(() => this.#write(operations, options.sync))
    this.#last = written.catch(() => {})
    return written
  }

  snapshot(): KeyValueSnapshot {
    if (this.#closed) throw closedError()
    return new LevelSnapshot(this.#database, () => this.#closed)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#last
    await this.#database.close()
  }

  async #write(operations: readonly Operation[], sync: boolean): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    try {
      const batch = this.#database.batch()
      for (const { type, key, value } of operations) {
        if (type === 'put') batch.put(key, value ?? EMPTY)
        else batch.del(key)
      }
      await batch.write({ sync })
    } catch (error) {
      this.#failure = engineError(error)
      throw this.#failure
    }
  }
}

const EMPTY = new Uint8Array(0)

/** The binding returns Buffers, whose `slice` shares memory where that of a Uint8Array copies. */
const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)

/** Reads from the database, or from one snapshot of it. */
class LevelReader implements KeyValueReader {
  readonly #database: Database
  readonly #isClosed: () => boolean
  readonly #snapshot: Snapshot | undefined

  constructor(database: Database, isClosed: () => boolean, snapshot?: Snapshot) {
    this.#database = database
    this.#isClosed = isClosed
    this.#snapshot = snapshot
  }

  get(key: Uint8Array): Uint8Array | undefined {
    if (this.#isClosed()) throw closedError()
    requireKey(key)
    try {
      const value =
        this.#snapshot === undefined
          ? this.#database.getSync(key)
          : this.#database.getSync(key, { snapshot: this.#snapshot })
      return value === undefined ? undefined : plain(value)
    } catch (error) {
      throw engineError(error)
    }
  }

  has(key: Uint8Array): boolean {
    return this.get(key) !== undefined
  }

  async *range(options: RangeOptions = {}): AsyncGenerator<KeyValueEntry, void, undefined> {
    if (this.#isClosed()) throw closedError()
    requireRange(options)
    const iterator = this.#database.iterator({
      ...options,
      ...(this.#snapshot === undefined ? {} : { snapshot: this.#snapshot }),
    })
    try {
      for (;;) {
        const page = await iterator.nextv(ENGINE_LIMITS.iteratorPageEntries)
        if (page.length === 0) return
        for (const [key, value] of page) yield { key: plain(key), value: plain(value) }
      }
    } catch (error) {
      throw this.#isClosed() ? closedError() : engineError(error)
    } finally {
      await iterator.close()
    }
  }
}

class LevelSnapshot implements KeyValueSnapshot {
  readonly #snapshot: Snapshot
  readonly #reader: LevelReader
  #closed = false

  constructor(database: Database, isEngineClosed: () => boolean) {
    this.#snapshot = database.snapshot()
    this.#reader = new LevelReader(database, () => this.#closed || isEngineClosed(), this.#snapshot)
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#reader.get(key)
  }

  has(key: Uint8Array): boolean {
    return this.#reader.has(key)
  }

  range(options: RangeOptions = {}): AsyncGenerator<KeyValueEntry, void, undefined> {
    return this.#reader.range(options)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#snapshot.close()
  }
}

/** LevelDB reports the reason at the end of the cause chain. */
function engineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause ? cause.code : undefined
    if (code === 'LEVEL_LOCKED')
      return new EngineError(
        'ENGINE_LOCKED',
        'The database is open in another place. Stop that process first.',
        {
          cause: error,
        },
      )
    if (code === 'LEVEL_CORRUPTION')
      return new EngineError(
        'ENGINE_CORRUPT',
        'The database is damaged. Restore it from a snapshot, or delete it and replay the block log.',
        { cause: error },
      )
  }
  return new EngineError(
    'ENGINE_FAILED',
    'The database failed; nothing written since may be durable. Find out why the disk failed, then open it again.',
    { cause: error },
  )
}
