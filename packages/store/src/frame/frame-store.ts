/**
 * The durable half of a frame node: block log, state database, indexes and votes, with the ledger that stands on them.
 *
 *   append:  log record ── fdatasync ──▶ ledger.commit ──▶ resolve (the block is final and readable)
 *                                                  └──▶ state and index batch, later, without sync
 *
 * Nothing is visible before it is durable: the ledger answers for the block only after its record is on the device. Nothing
 * waits for the state database: until the batch is written the ledger and the index hold its content in memory, and if it is
 * lost the block is executed again when the store is opened.
 *
 * | what | authority |
 * | --- | --- |
 * | which blocks are final | the log; the state database follows it and is rebuilt from it |
 * | the state after the newest block | the ledger: its overlay over the state database |
 * | what this validator has signed | the vote log |
 *
 * Reads are synchronous and at the newest block.
 */
import { join } from 'node:path'
import { type FileSystem, JournalError, nodeFileSystem } from '@symbolon/journal'
import type { ExecutedBlock, Executor, Ledger, SignatureVerifier } from '@symbolon/ledger'
import { type Address, equalBytes, type Hash } from '@symbolon/primitives'
import { blockHash, type Checkpoint, type Genesis, type Vote } from '@symbolon/protocol'
import { type KeyValueEngine, LevelEngine } from '../engine/index.ts'
import { type AuditReport, audit } from './audit.ts'
import { BlockIndex } from './block-index.ts'
import { BlockLog } from './block-log.ts'
import { encodeBlockRecord, type StoredBlock } from './block-record.ts'
import { StoreError } from './errors.ts'
import { readGenesis, requireSameFrame, writeGenesis } from './genesis-file.ts'
import { STORE_LIMITS } from './limits.ts'
import type { Place } from './place.ts'
import { type ChannelPage, channelsOf } from './query/channels.ts'
import { type EventPage, type EventQuery, eventsOf } from './query/events.ts'
import { openState, replay } from './recovery.ts'
import { isSnapshotDue, Snapshots } from './snapshot/snapshots.ts'
import { type StateBatchBounds, StateWriter } from './state-writer.ts'
import { StoredState } from './stored-state.ts'
import { VoteLog } from './vote-log.ts'

export interface FrameStoreOptions {
  /** Created if absent. One process at a time. */
  directory: string
  /** Required for a new folder; must be the same frame as the folder's. */
  genesis?: Genesis
  executor?: Executor
  verifier?: SignatureVerifier
  /** Under the log, the votes and the genesis. The state database has its own: `engine`. */
  fileSystem?: FileSystem
  /** LevelEngine in `directory`/state by default. The store closes it. */
  engine?: KeyValueEngine
  /** `all` checks every record of the log at open, about 1 GB/s; `last` only those of the newest segment. */
  verifyLog?: 'all' | 'last'
  /** Of the log and of the votes; STORE_LIMITS by default. */
  segmentBytesMax?: number
  /** When blocks that have gathered are written to the state database; STORE_LIMITS by default. */
  stateBatch?: StateBatchBounds
}

export interface Recovery {
  /** Blocks executed again because the state database was behind the log. */
  readonly replayed: number
  /** Bytes of an unfinished last write, erased from the log: none of it had been acknowledged. */
  readonly truncatedBytes: number
  /** Height of the snapshot that the state was restored from, because the state database was lost or older. */
  readonly snapshot?: bigint
}

interface Parts {
  readonly genesis: Genesis
  readonly ledger: Ledger
  readonly recovery: Recovery
  readonly log: BlockLog
  readonly votes: VoteLog
  readonly index: BlockIndex
  readonly engine: KeyValueEngine
  readonly snapshots: Snapshots
}

export class FrameStore {
  readonly genesis: Genesis
  /** At the newest durable block. Its `commit` belongs to `append`. */
  readonly ledger: Ledger
  readonly recovery: Recovery
  readonly #log: BlockLog
  readonly #votes: VoteLog
  readonly #index: BlockIndex
  readonly #engine: KeyValueEngine
  readonly #snapshots: Snapshots
  readonly #writer: StateWriter
  #appending = false
  #failure: StoreError | undefined
  #closed = false

  private constructor(parts: Parts, makeWriter: (onFailure: (error: unknown) => void) => StateWriter) {
    this.genesis = parts.genesis
    this.ledger = parts.ledger
    this.recovery = parts.recovery
    this.#log = parts.log
    this.#votes = parts.votes
    this.#index = parts.index
    this.#engine = parts.engine
    this.#snapshots = parts.snapshots
    this.#writer = makeWriter((error) => this.#fail(error))
  }

  /**
   * Opens the folder, or creates it, and brings it up to its log. Errors in order: STORE_VERSION and STORE_CORRUPT (genesis),
   * STORE_GENESIS_MISSING, STORE_FRAME_MISMATCH, JOURNAL_LOCKED, JOURNAL_CORRUPT, STORE_VERSION (votes), ENGINE_*,
   * STORE_VERSION (state), STORE_AHEAD_OF_LOG, STORE_STATE_MISMATCH, BlockError if a logged block does not execute to
   * its own header. After any of them nothing is locked.
   */
  static async open(options: FrameStoreOptions): Promise<FrameStore> {
    const { directory, fileSystem = nodeFileSystem } = options
    fileSystem.makeDirectorySync(directory)
    const found = readGenesis(fileSystem, directory)
    const genesis = found ?? options.genesis
    if (genesis === undefined)
      throw new StoreError(
        'STORE_GENESIS_MISSING',
        'The folder holds no frame. Give the genesis of the frame, or the folder of an existing one.',
        { details: { directory } },
      )
    if (options.genesis !== undefined) requireSameFrame(genesis, options.genesis)

    const closers: (() => Promise<void>)[] = []
    try {
      const log = new BlockLog({
        directory: join(directory, 'blocks'),
        fileSystem,
        ...(options.verifyLog === undefined ? {} : { verify: options.verifyLog }),
        ...(options.segmentBytesMax === undefined ? {} : { segmentBytesMax: options.segmentBytesMax }),
      })
      closers.push(() => log.close())
      const votes = new VoteLog(join(directory, 'votes'), fileSystem, options.segmentBytesMax)
      closers.push(() => votes.close())
      if (found === undefined) writeGenesis(fileSystem, directory, genesis)
      const engine = options.engine ?? (await LevelEngine.open({ directory: join(directory, 'state') }))
      closers.push(() => engine.close())

      const state = new StoredState(engine)
      const index = new BlockIndex(engine)
      const snapshots = new Snapshots(fileSystem, join(directory, 'snapshots'))
      const { ledger, snapshot } = await openState({ genesis, log, engine, state, index, snapshots, options })
      const parts = { engine, state, index, ledger, bounds: options.stateBatch }
      // What is replayed has passed: the next snapshot is made when it falls due.
      const replayed = await replay(ledger, log, (onFailure) => new StateWriter({ ...parts, onFailure }))
      const recovery = {
        replayed,
        truncatedBytes: log.tornBytes,
        ...(snapshot === undefined ? {} : { snapshot }),
      }
      const { snapshotInterval } = genesis.parameters
      return new FrameStore(
        { genesis, ledger, recovery, log, votes, index, engine, snapshots },
        (onFailure) =>
          new StateWriter({
            ...parts,
            onFailure,
            isSnapshotDue: (height) => isSnapshotDue(height, snapshotInterval),
            onSnapshotDue: (height) => {
              const checkpoint = log.read(height)?.checkpoint
              if (checkpoint !== undefined) snapshots.begin(engine, checkpoint)
            },
          }),
      )
    } catch (error) {
      // The first error is the one to report.
      for (const close of closers.reverse()) await close().catch(() => {})
      throw error
    }
  }

  /** Height of the newest block in the log; −1 until the genesis block is appended with its checkpoint. */
  get height(): bigint {
    return this.#log.height
  }

  /** Why the store refuses to write, once it does. */
  get failure(): StoreError | undefined {
    return this.#failure
  }

  /**
   * Makes the vote durable, before it is signed. Resolves at once for one that is. Votes recorded in the same turn share one
   * sync. Rejects with STORE_CLOSED, STORE_FAILED, SchemaError, VOTE_STALE, VOTE_EQUIVOCATION; all but
   * STORE_FAILED change nothing.
   */
  async recordVote(vote: Vote): Promise<void> {
    this.#requireUsable()
    try {
      await this.#votes.record(vote)
    } catch (error) {
      // A malformed vote is refused by its schema and nothing has happened; only the disk makes the store fail.
      throw error instanceof JournalError ? this.#fail(error) : error
    }
  }

  /**
   * Resolves when the block is durable, committed in the ledger and readable. Height 0 is `ledger.genesisBlock`, to be appended
   * once with its checkpoint; blocks follow one at a time. Errors in order: STORE_CLOSED, STORE_FAILED, STORE_OUT_OF_ORDER,
   * STORE_CHECKPOINT_MISMATCH, SchemaError, STORE_BLOCK_TOO_LARGE; these change nothing. STORE_FAILED if the disk fails: the block may or may not be found at the
   * next open, the ledger has not committed it, and nothing more can be appended until then.
   *
   * One sync on the way; waits for the state database only if that is STORE_LIMITS.behindBlocksMax blocks behind.
   */
  async append(executed: ExecutedBlock, checkpoint: Checkpoint): Promise<void> {
    this.#requireUsable()
    this.#requireNext(executed)
    if (!equalBytes(blockHash(checkpoint.header), executed.hash))
      throw new StoreError(
        'STORE_CHECKPOINT_MISMATCH',
        'The checkpoint certifies another block than the one appended. Append the block that it names.',
      )
    const { height } = executed.header
    const record = encodeBlockRecord(executed, checkpoint)
    if (record.length > STORE_LIMITS.recordBytesMax)
      throw new StoreError(
        'STORE_BLOCK_TOO_LARGE',
        `The block takes ${record.length} bytes with its receipts and events, over recordBytesMax (${STORE_LIMITS.recordBytesMax}). Make it smaller.`,
        { details: { bytes: record.length, recordBytesMax: STORE_LIMITS.recordBytesMax } },
      )
    this.#appending = true
    try {
      await this.#writer.room()
      this.#requireUsable()
      await this.#log.append(height, record)
      // The genesis block is committed, written and indexed since the folder was created.
      if (height === 0n) return
      this.ledger.commit(executed)
      this.#writer.add(executed, record.length)
    } catch (error) {
      throw this.#fail(error)
    } finally {
      this.#appending = false
    }
  }

  /** Undefined if the block is not in the log. Throws STORE_CLOSED, JOURNAL_CORRUPT, STORE_VERSION, STORE_CORRUPT. */
  block(height: bigint): StoredBlock | undefined {
    this.#requireOpen()
    return this.#log.read(height)
  }

  checkpoint(height: bigint): Checkpoint | undefined {
    return this.block(height)?.checkpoint
  }

  /** Where an included transaction is, whatever its result. Throws as `block` does. */
  transaction(id: Hash): Place | undefined {
    this.#requireOpen()
    const place = this.#index.transaction(id)
    const found = place === undefined ? undefined : this.#log.read(place.height)?.receipt(place.index)
    // The index knows only how identifiers begin.
    return found !== undefined && equalBytes(found.transaction, id) ? place : undefined
  }

  /** Identifiers of the channels that the address is a party of, also closed ones, newest first. Throws STORE_RANGE_INVALID. */
  channelsOf(party: Address, options: { cursor?: string; limit: number }): ChannelPage {
    this.#requireOpen()
    return channelsOf(this.#index, party, options)
  }

  /** Events in the order of the ledger. A page may be short and still have a cursor. Throws STORE_RANGE_INVALID. */
  events(query: EventQuery): EventPage {
    this.#requireOpen()
    return eventsOf(this.#index, this.#log, query)
  }

  /**
   * The full audit (audit.ts): executes everything from the genesis on and reconciles the supply and the state database. Nothing may
   * be appended meanwhile. `certificates: false` leaves the signatures of the checkpoints out. Throws STORE_CLOSED,
   * STORE_AUDIT_FAILED, BlockError, JOURNAL_CORRUPT.
   */
  async verify({ certificates = true }: { certificates?: boolean } = {}): Promise<AuditReport> {
    this.#requireUsable()
    await this.#writer.drain()
    return audit({ genesis: this.genesis, log: this.#log, engine: this.#engine, certificates })
  }

  /** Heights of the snapshots in the folder, ascending; the newest STORE_LIMITS.snapshotsKept are kept (CON-068). */
  get snapshots(): bigint[] {
    return this.#snapshots.heights
  }

  /** Why the last snapshot that was due could not be written. The next one is tried all the same. */
  get snapshotFailure(): unknown {
    return this.#snapshots.failure
  }

  /** Resolves when the state database holds every block appended, and no snapshot is being written: for tests and measurements. */
  async settled(): Promise<void> {
    await this.#writer.drain()
    await this.#snapshots.settled()
  }

  /** Writes what is left and unlocks the folder. Rejects with STORE_FAILED if that could not be done; the log is whole even so. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const results = await Promise.allSettled([this.#writer.drain()])
    await this.#snapshots.close()
    for (const part of [this.#engine, this.#votes, this.#log, this.ledger])
      results.push(...(await Promise.allSettled([part.close()])))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw this.#fail(failed.reason)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #requireNext({ header, hash }: ExecutedBlock): void {
    const next = this.height + 1n
    const isGenesis = next === 0n && equalBytes(hash, this.ledger.genesisBlock.hash)
    const follows = next > 0n && equalBytes(header.parent, this.ledger.headHash)
    if (!this.#appending && header.height === next && (isGenesis || follows)) return
    throw new StoreError(
      'STORE_OUT_OF_ORDER',
      this.#appending
        ? 'Another block is being appended. Await it first.'
        : `The next block is ${next} on top of the newest one, not this one of height ${header.height}.`,
      { details: { next, height: header.height } },
    )
  }

  #requireOpen(): void {
    if (this.#closed)
      throw new StoreError('STORE_CLOSED', 'The store is closed. Open it again with FrameStore.open.')
  }

  #requireUsable(): void {
    this.#requireOpen()
    if (this.#failure !== undefined) throw this.#failure
  }

  #fail(cause: unknown): StoreError {
    this.#failure ??=
      cause instanceof StoreError && cause.code === 'STORE_FAILED'
        ? cause
        : new StoreError(
            'STORE_FAILED',
            'Writing to the store failed. Stop producing and acknowledging, find out why the disk failed, then open the ' +
              'store again: opening re-reads what is really there.',
            { cause },
          )
    return this.#failure
  }
}
