/**
 * The journal: records appended in order, durable when their flush resolves, read back by position.
 *
 * One flush makes durable everything appended before it, with one write and one sync for all callers (group commit);
 * what is appended while it runs goes into the next. The next batch is written only after the one before it was
 * synced; recovery rests on that order (segment-tail.ts).
 *
 * A failed write or sync is final. After a failed sync the kernel marks the lost pages clean, so a second sync
 * would succeed without having written them (Rebello et al., "Can Applications Recover from fsync Failures?",
 * USENIX ATC 2020): the journal refuses everything but reading until it is opened again and has re-read the disk.
 */
import { JournalError } from './errors.ts'
import type { FileSystem } from './file-system.ts'
import { JOURNAL_LIMITS } from './limits.ts'
import { type JournalOptions, resolveOptions } from './options.ts'
import { PendingBatches } from './pending-batches.ts'
import { corrupt } from './segment.ts'
import { SegmentDirectory } from './segment-directory.ts'
import { SEGMENT_HEADER_BYTES } from './segment-header.ts'
import { SegmentWriter } from './segment-writer.ts'
import { newestSnapshotPosition, readSnapshot, type Snapshot, writeSnapshot } from './snapshot-file.ts'

export interface JournalEntry {
  /** Counts records from 0 over the journal's whole life. */
  position: number
  /** A view that stays valid; copy it if you keep one small record for long, for it holds its read buffer. */
  record: Buffer
}

export interface JournalRecovery {
  /** Bytes of an unfinished last write that were erased at open. None of it had been acknowledged. */
  tornBytes: number
}

/** A batch that is written and whose sync is running. */
interface Written {
  count: number
  bytes: number
}

export class Journal {
  /** What opening found. */
  readonly recovery: JournalRecovery
  readonly #options: Required<JournalOptions>
  readonly #fileSystem: FileSystem
  readonly #segments: SegmentDirectory
  readonly #pending: PendingBatches
  readonly #unlock: () => void
  #writer: SegmentWriter
  #endPosition: number
  #snapshotPosition: number | undefined
  #written: Written | undefined
  #running: Promise<void> | undefined
  #next: PromiseWithResolvers<void> | undefined
  #failure: JournalError | undefined
  #closed = false
  /** Changes when records disappear, so that an iterator started before does not go on. */
  #generation = 0

  private constructor(options: Required<JournalOptions>, unlock: () => void) {
    this.#options = options
    this.#fileSystem = options.fileSystem
    this.#unlock = unlock
    const loaded = SegmentDirectory.load(this.#fileSystem, options.directory, options.verify, options.salt)
    this.#segments = loaded.segments
    this.#endPosition = loaded.segments.last.endPosition
    this.#snapshotPosition = newestSnapshotPosition(this.#fileSystem, options.directory)
    this.#requireSnapshotInRange()
    this.#pending = new PendingBatches(loaded.segments.last.salt, options.batchBytesMax)
    this.#writer = new SegmentWriter(this.#fileSystem, loaded.segments.last, options.segmentBytesMax)
    this.recovery = { tornBytes: loaded.tornBytes }
  }

  /**
   * Opens or creates the journal in `directory`. Errors in order: JOURNAL_OPTION_OUT_OF_BOUNDS, JOURNAL_LOCKED,
   * JOURNAL_CORRUPT; errors of the file system pass through unchanged. After any of them nothing is locked.
   */
  static open(options: JournalOptions): Journal {
    const resolved = resolveOptions(options)
    resolved.fileSystem.makeDirectorySync(resolved.directory)
    const unlock = resolved.fileSystem.lockSync(resolved.directory)
    try {
      return new Journal(resolved, unlock)
    } catch (error) {
      unlock()
      throw error
    }
  }

  /** Position of the oldest record still present. */
  get firstPosition(): number {
    return this.#segments.first.firstPosition
  }

  /** Position that the next appended record gets. */
  get endPosition(): number {
    return this.#endPosition
  }

  /** Records before this position are durable, and only they can be read. */
  get durableEndPosition(): number {
    return this.#segments.last.endPosition
  }

  /**
   * Takes a copy of `record` and returns its position. It is durable once a later `flush` resolves.
   * Errors in order: JOURNAL_CLOSED, JOURNAL_FAILED, JOURNAL_RECORD_TOO_LARGE, JOURNAL_PENDING_FULL.
   */
  append(record: Uint8Array): number {
    this.#requireUsable()
    const { recordBytesMax, pendingBytesMax } = this.#options
    if (record.length > recordBytesMax)
      throw new JournalError(
        'JOURNAL_RECORD_TOO_LARGE',
        `A record of ${record.length} bytes is over recordBytesMax (${recordBytesMax}). Split it or raise the bound.`,
        { details: { bytes: record.length, recordBytesMax } },
      )
    if (this.#pending.bytes + record.length > pendingBytesMax)
      throw new JournalError(
        'JOURNAL_PENDING_FULL',
        `${this.#pending.bytes} bytes wait to be written and pendingBytesMax is ${pendingBytesMax}. ` +
          'Await flush() before appending more.',
        { details: { pendingBytes: this.#pending.bytes, pendingBytesMax } },
      )
    const position = this.#endPosition
    this.#pending.add(position, record)
    this.#endPosition = position + 1
    return position
  }

  /**
   * Resolves when every record appended before the call is durable. Callers in one turn of the event loop share
   * one write and one sync. Rejects with JOURNAL_CLOSED or JOURNAL_FAILED; then the records may or may not be found at the next open.
   */
  flush(): Promise<void> {
    if (this.#closed || this.#failure !== undefined) return Promise.reject(this.#unusable())
    if (this.#pending.isEmpty) return this.#running ?? Promise.resolve()
    if (this.#next === undefined) {
      this.#next = Promise.withResolvers<void>()
      // Not at once: appends that follow in the same turn belong into the same batch.
      if (this.#running === undefined) queueMicrotask(() => this.#startRound())
    }
    return this.#next.promise
  }

  /** `append` and `flush`; resolves with the position. Rejects, never throws. */
  async appendDurable(record: Uint8Array): Promise<number> {
    const position = this.append(record)
    await this.flush()
    return position
  }

  /**
   * Makes everything appended so far durable before it returns: one system call pair, no event loop, the lowest
   * latency for a single record, but it blocks the thread. Throws like `flush` rejects.
   */
  flushSync(): void {
    this.#requireUsable()
    try {
      if (this.#written !== undefined) {
        this.#writer.datasyncSync()
        this.#confirm(this.#written)
      }
      while (!this.#pending.isEmpty) {
        const written = this.#writeHead()
        if (this.#options.sync === 'fdatasync') this.#writer.datasyncSync()
        this.#confirm(written)
      }
    } catch (error) {
      throw this.#fail(error)
    }
  }

  /** `append` and `flushSync`. */
  appendSync(record: Uint8Array): number {
    const position = this.append(record)
    this.flushSync()
    return position
  }

  /** A copy of the durable record at `position`. Throws JOURNAL_CLOSED, JOURNAL_POSITION_OUT_OF_RANGE, JOURNAL_CORRUPT. */
  read(position: number): Buffer {
    this.#requireReadable(position, this.durableEndPosition - 1)
    const segment = this.#segments.prepare(this.#segments.find(position))
    for (const { header, records } of segment.batches(position, JOURNAL_LIMITS.indexGranularityBytes))
      return Buffer.from(records[position - header.firstPosition] as Buffer)
    throw corrupt(segment.path, segment.endOffset, `record ${position} is not where the index says`)
  }

  /**
   * The records from `from` (default: the oldest) that are durable at the call, in order. Throws as `read` does; an
   * iterator that meets a `truncateAfter` or the removal of its segment throws JOURNAL_POSITION_OUT_OF_RANGE.
   */
  entries(from: number = this.firstPosition): Generator<JournalEntry> {
    const end = this.durableEndPosition
    this.#requireReadable(from, end)
    return this.#entries(from, end)
  }

  *#entries(from: number, end: number): Generator<JournalEntry> {
    const generation = this.#generation
    let position = from
    while (position < end) {
      this.#requireReadable(position, end)
      const segment = this.#segments.prepare(this.#segments.find(position))
      for (const { header, records } of segment.batches(position)) {
        while (position < header.firstPosition + header.count && position < end) {
          if (generation !== this.#generation) throw this.#outOfRange(position, this.durableEndPosition - 1)
          yield { position, record: records[position - header.firstPosition] as Buffer }
          position += 1
        }
        if (position >= end) return
      }
    }
  }

  /**
   * Durably removes every record after `position`, which becomes the last; the next append gets `position + 1`.
   * `firstPosition - 1` empties the journal. Costs a rewrite of at most one segment. Throws JOURNAL_CLOSED,
   * JOURNAL_FAILED, JOURNAL_POSITION_OUT_OF_RANGE (also for a record that a snapshot covers).
   */
  truncateAfter(position: number): void {
    this.flushSync()
    const floor = Math.max(this.firstPosition, this.#snapshotPosition ?? 0)
    if (!Number.isSafeInteger(position) || position + 1 < floor || position >= this.#endPosition)
      throw this.#outOfRange(position, this.#endPosition - 1, floor - 1)
    if (position + 1 === this.#endPosition) return
    try {
      this.#generation += 1
      this.#writer.seal()
      this.#segments.cut(position + 1)
      this.#endPosition = position + 1
      this.#writer = new SegmentWriter(this.#fileSystem, this.#segments.last, this.#options.segmentBytesMax)
    } catch (error) {
      throw this.#fail(error)
    }
  }

  /** Durably removes whole segments that hold only records before `position`; returns how many. */
  deleteSegmentsBefore(position: number): number {
    this.#requireUsable()
    try {
      return this.#segments.removeBefore(Math.min(position, this.durableEndPosition))
    } catch (error) {
      throw this.#fail(error)
    }
  }

  /**
   * Durably replaces the snapshot by `state`, which reflects every record before `position` (default: all appended).
   * Does not delete segments: call `deleteSegmentsBefore(position)` if nobody else needs them.
   * Throws JOURNAL_CLOSED, JOURNAL_FAILED, JOURNAL_RECORD_TOO_LARGE, JOURNAL_POSITION_OUT_OF_RANGE.
   */
  writeSnapshot(state: Uint8Array, position: number = this.#endPosition): void {
    this.flushSync()
    if (state.length > JOURNAL_LIMITS.snapshotBytesMax)
      throw new JournalError(
        'JOURNAL_RECORD_TOO_LARGE',
        `A snapshot of ${state.length} bytes is over snapshotBytesMax (${JOURNAL_LIMITS.snapshotBytesMax}).`,
        { details: { bytes: state.length, snapshotBytesMax: JOURNAL_LIMITS.snapshotBytesMax } },
      )
    const floor = Math.max(this.firstPosition, this.#snapshotPosition ?? 0)
    if (!Number.isSafeInteger(position) || position < floor || position > this.#endPosition)
      throw this.#outOfRange(position, this.#endPosition, floor)
    try {
      // With `sync: 'none'` this is the only thing that keeps a snapshot from covering records that are lost.
      this.#writer.datasyncSync()
      writeSnapshot(this.#fileSystem, this.#options.directory, position, state)
      this.#snapshotPosition = position
    } catch (error) {
      throw this.#fail(error)
    }
  }

  /** The newest snapshot; recovery is this and then `entries(snapshot.position)`. Throws JOURNAL_CLOSED, JOURNAL_CORRUPT. */
  latestSnapshot(): Snapshot | undefined {
    if (this.#closed) throw this.#unusable()
    if (this.#snapshotPosition === undefined) return undefined
    return readSnapshot(this.#fileSystem, this.#options.directory, this.#snapshotPosition)
  }

  /** Flushes, closes and unlocks. Rejects with JOURNAL_FAILED if the last records could not be made durable. */
  async close(): Promise<void> {
    if (this.#closed) return
    try {
      if (this.#failure === undefined) {
        this.flushSync()
        this.#closed = true
        // Callers of flush() that still wait get their answer before the files go.
        await this.#running?.catch(() => {})
        await this.#next?.promise.catch(() => {})
      }
      if (this.#failure !== undefined) throw this.#failure
      this.#writer.seal()
    } finally {
      this.#closed = true
      this.#writer.retire()
      this.#unlock()
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #startRound(): void {
    const round = this.#next
    if (round === undefined) return
    this.#next = undefined
    this.#running = round.promise
    const settled = (): void => {
      this.#running = undefined
      if (this.#next !== undefined) queueMicrotask(() => this.#startRound())
    }
    this.#drain(this.#endPosition).then(
      () => {
        settled()
        round.resolve()
      },
      (error: unknown) => {
        settled()
        round.reject(this.#fail(error))
      },
    )
  }

  /** Writes and syncs, one after another, the batches that hold records before `end`. */
  async #drain(end: number): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    for (
      let head = this.#pending.head;
      head !== undefined && head.firstPosition < end;
      head = this.#pending.head
    ) {
      const written = this.#writeHead()
      if (this.#options.sync === 'fdatasync') {
        this.#written = written
        await this.#writer.datasync()
        if (this.#failure !== undefined) throw this.#failure
      }
      // A flushSync meanwhile may have confirmed it, and more.
      if (this.#options.sync === 'none' || this.#written === written) this.#confirm(written)
    }
  }

  /** Writes the next pending batch, in a new segment if it does not fit. The one before it is already synced. */
  #writeHead(): Written {
    const head = this.#pending.head
    if (head === undefined) throw new TypeError('no pending batch')
    const { segmentBytesMax } = this.#options
    const isFull =
      this.#writer.offset + head.bytes > segmentBytesMax && this.#writer.offset > SEGMENT_HEADER_BYTES
    if (isFull) {
      this.#writer.seal()
      this.#writer = new SegmentWriter(this.#fileSystem, this.#segments.append(), segmentBytesMax)
    }
    this.#writer.write(head.encode())
    const written = { count: head.count, bytes: head.bytes }
    this.#pending.remove()
    return written
  }

  #confirm(written: Written): void {
    this.#written = undefined
    this.#segments.last.extend(written.count, written.bytes)
  }

  #fail(cause: unknown): JournalError {
    this.#failure ??= new JournalError(
      'JOURNAL_FAILED',
      'A write or sync of the journal failed and what it held may be lost. Stop acknowledging, ' +
        'find out why the disk failed, then close the journal and open it again: opening re-reads what is really there.',
      { cause, details: { directory: this.#options.directory } },
    )
    this.#next?.reject(this.#failure)
    this.#next = undefined
    return this.#failure
  }

  #unusable(): JournalError {
    if (this.#failure !== undefined && !this.#closed) return this.#failure
    return new JournalError('JOURNAL_CLOSED', 'The journal is closed. Open it again with Journal.open.')
  }

  #requireUsable(): void {
    if (this.#closed || this.#failure !== undefined) throw this.#unusable()
  }

  #requireReadable(position: number, last: number): void {
    if (this.#closed) throw this.#unusable()
    if (!Number.isSafeInteger(position) || position < this.firstPosition || position > last)
      throw this.#outOfRange(position, last)
  }

  #outOfRange(position: number, last: number, first: number = this.firstPosition): JournalError {
    return new JournalError(
      'JOURNAL_POSITION_OUT_OF_RANGE',
      `Position ${position} is outside ${first} to ${last}: removed, covered by a snapshot, or not durable yet (flush first).`,
      { details: { position, first, last } },
    )
  }

  /** A snapshot beyond the log, or a log that starts after it, means that records are missing. */
  #requireSnapshotInRange(): void {
    const position = this.#snapshotPosition
    if (position === undefined || (position >= this.firstPosition && position <= this.#endPosition)) return
    throw corrupt(
      this.#options.directory,
      0,
      `its snapshot continues at record ${position}, its records run from ${this.firstPosition} to ${this.#endPosition}`,
    )
  }
}
