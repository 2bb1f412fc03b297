/** One segment file, for reading: where its records are, checked before they are believed. */
import { join } from 'node:path'
import { BATCH_HEADER_BYTES, type BatchHeader, decodeBatchHeader, decodeRecords } from './batch.ts'
import { JournalError } from './errors.ts'
import type { FileSystem } from './file-system.ts'
import { JOURNAL_LIMITS } from './limits.ts'
import { ReadWindow } from './read-window.ts'
import {
  decodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  segmentName,
} from './segment-header.ts'
import { examineTail } from './segment-tail.ts'

const SCAN_WINDOW_BYTES = 1024 * 1024

export interface Batch {
  header: BatchHeader
  /** Views into a buffer that is never reused. */
  records: Buffer[]
  offset: number
}

export class Segment {
  readonly path: string
  readonly firstPosition: number
  readonly salt: number
  /** Position after the last durable record, and the offset after its batch; known after `scan`. */
  endPosition: number
  endOffset = SEGMENT_HEADER_BYTES
  readonly #fileSystem: FileSystem
  /** Sparse: the batch at `#offsets[i]` starts with position `#positions[i]`. */
  readonly #positions: number[] = []
  readonly #offsets: number[] = []
  #scanned = false

  constructor(fileSystem: FileSystem, directory: string, header: SegmentHeader) {
    this.#fileSystem = fileSystem
    this.path = join(directory, segmentName(header.firstPosition))
    this.firstPosition = header.firstPosition
    this.salt = header.salt
    this.endPosition = header.firstPosition
  }

  /** Reads and checks the header. Throws JOURNAL_CORRUPT: a segment gets its name only once its header is durable. */
  static load(fileSystem: FileSystem, directory: string, name: string): Segment {
    const path = join(directory, name)
    const file = fileSystem.openSync(path, 'read')
    try {
      const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES)
      const header = decodeSegmentHeader(bytes.subarray(0, file.readSync(bytes, 0)))
      if (header === undefined || segmentName(header.firstPosition) !== name)
        throw corrupt(path, 0, 'its header is damaged or belongs to another file')
      return new Segment(fileSystem, directory, header)
    } finally {
      file.closeSync()
    }
  }

  /** Records that a batch just became durable at the end. */
  extend(count: number, bytes: number): void {
    this.#note(this.endPosition, this.endOffset)
    this.endPosition += count
    this.endOffset += bytes
  }

  /** A segment that this process creates needs no scan. */
  markScanned(): void {
    this.#scanned = true
  }

  /**
   * Checks every batch and builds the index; returns the bytes of an unfinished write at the end (0: none).
   * Throws JOURNAL_CORRUPT. Cost: about a second per three million 100-byte records, once.
   */
  scan(): number {
    if (this.#scanned) return 0
    this.endPosition = this.firstPosition
    this.endOffset = SEGMENT_HEADER_BYTES
    this.#positions.length = 0
    this.#offsets.length = 0
    const file = this.#fileSystem.openSync(this.path, 'read')
    try {
      const window = new ReadWindow(file, SCAN_WINDOW_BYTES)
      for (;;) {
        const batch = readBatch(window, this.endOffset, this.salt)
        if (batch === undefined) break
        if (batch.header.firstPosition !== this.endPosition)
          throw corrupt(
            this.path,
            this.endOffset,
            `a batch of position ${batch.header.firstPosition} stands where ${this.endPosition} belongs`,
          )
        this.extend(batch.header.count, BATCH_HEADER_BYTES + batch.header.bytes)
      }
      const tail = examineTail(window, this.endOffset, this.endPosition, this.salt)
      if (tail.kind === 'corrupt')
        throw corrupt(
          this.path,
          this.endOffset,
          `record ${this.endPosition} is damaged although record ${tail.survivorPosition} behind it, at byte ` +
            `${tail.survivorOffset}, was written later`,
        )
      this.#scanned = true
      return tail.kind === 'torn' ? tail.bytes : 0
    } finally {
      file.closeSync()
    }
  }

  /** `scan` for a segment that has a successor: it must be whole and end where the successor starts. */
  scanSealed(nextPosition: number): void {
    if (this.#scanned) return
    const torn = this.scan()
    if (torn === 0 && this.endPosition === nextPosition) return
    const found = this.endPosition
    this.#scanned = false
    this.endPosition = nextPosition
    throw corrupt(
      this.path,
      this.endOffset,
      `it ends with record ${found - 1} although the next segment starts with record ${nextPosition}`,
    )
  }

  /** Batches from the one that holds `position` to the durable end. `windowBytes` is how much is read ahead. */
  *batches(position: number, windowBytes: number = SCAN_WINDOW_BYTES): Generator<Batch> {
    const file = this.#fileSystem.openSync(this.path, 'read')
    try {
      const end = this.endOffset
      const window = new ReadWindow(file, windowBytes, end)
      let offset = this.#seek(position)
      while (offset < end) {
        const header = decodeBatchHeader(window.view(offset, BATCH_HEADER_BYTES), this.salt)
        if (header === undefined)
          throw corrupt(this.path, offset, 'a batch header changed after it was checked')
        // Batches before the wanted one are stepped over unread.
        if (header.firstPosition + header.count > position) {
          const batch = readBatch(window, offset, this.salt)
          if (batch === undefined) throw corrupt(this.path, offset, 'a record changed after it was checked')
          yield batch
        }
        offset += BATCH_HEADER_BYTES + header.bytes
      }
    } finally {
      file.closeSync()
    }
  }

  #note(position: number, offset: number): void {
    const last = this.#offsets.at(-1)
    if (last !== undefined && offset - last < JOURNAL_LIMITS.indexGranularityBytes) return
    this.#positions.push(position)
    this.#offsets.push(offset)
  }

  /** Offset of the last indexed batch that starts at or before `position`. */
  #seek(position: number): number {
    let low = 0
    let high = this.#positions.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#positions[middle] ?? 0) <= position) low = middle + 1
      else high = middle
    }
    return this.#offsets[low - 1] ?? SEGMENT_HEADER_BYTES
  }
}

/** The batch at `offset`, or undefined if there is no intact one. */
function readBatch(window: ReadWindow, offset: number, salt: number): Batch | undefined {
  const header = decodeBatchHeader(window.view(offset, BATCH_HEADER_BYTES), salt)
  if (header === undefined) return undefined
  const records = decodeRecords(header, window.view(offset + BATCH_HEADER_BYTES, header.bytes), salt)
  return records === undefined ? undefined : { header, records, offset }
}

export function corrupt(path: string, offset: number, reason: string): JournalError {
  return new JournalError(
    'JOURNAL_CORRUPT',
    `${path} is damaged at byte ${offset}: ${reason}. Nothing was changed. Restore the file from a copy, or rebuild ` +
      'the state that this journal protects from its counterparties; do not delete the file, it holds evidence.',
    { details: { path, offset } },
  )
}
