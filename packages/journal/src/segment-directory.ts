/** The segment files of a journal: finding, checking, cutting and removing them. */
import { join } from 'node:path'
import { BatchBuilder } from './batch.ts'
import type { FileSystem } from './file-system.ts'
import { corrupt, Segment } from './segment.ts'
import { isSegmentName, segmentName } from './segment-header.ts'
import { createSegmentFile, SEGMENT_DRAFT_NAME } from './segment-writer.ts'
import { SNAPSHOT_DRAFT_NAME } from './snapshot-file.ts'

export class SegmentDirectory {
  readonly #fileSystem: FileSystem
  readonly #directory: string
  /** Oldest first; never empty. */
  #segments: Segment[]

  private constructor(fileSystem: FileSystem, directory: string, segments: Segment[]) {
    this.#fileSystem = fileSystem
    this.#directory = directory
    this.#segments = segments
  }

  /**
   * Finds and checks the segments, making the first one if there is none. `tornBytes` is the size of an unfinished
   * write at the very end, which the first writer erases. Throws JOURNAL_CORRUPT and then has changed nothing.
   */
  static load(
    fileSystem: FileSystem,
    directory: string,
    verify: 'all' | 'last',
    salt: () => number,
  ): { segments: SegmentDirectory; tornBytes: number } {
    const names = fileSystem.listSync(directory)
    const segments = names
      .filter(isSegmentName)
      .sort()
      .map((name) => Segment.load(fileSystem, directory, name))
    const tornBytes = segments.at(-1)?.scan() ?? 0
    for (const [index, segment] of segments.entries()) {
      const next = segments[index + 1]
      if (next === undefined) break
      if (next.salt !== segment.salt) throw corrupt(next.path, 0, 'it belongs to another journal')
      segment.endPosition = next.firstPosition
      if (verify === 'all') segment.scanSealed(next.firstPosition)
    }
    for (const draft of [SEGMENT_DRAFT_NAME, SNAPSHOT_DRAFT_NAME])
      if (names.includes(draft)) fileSystem.removeSync(join(directory, draft))

    const found = new SegmentDirectory(fileSystem, directory, segments)
    if (segments.length === 0) found.#create({ firstPosition: 0, salt: salt() >>> 0 })
    // The names just relied on may themselves be unsynced leftovers of a killed process.
    fileSystem.syncDirectorySync(directory)
    return { segments: found, tornBytes }
  }

  get all(): readonly Segment[] {
    return this.#segments
  }

  get first(): Segment {
    return this.#segments[0] as Segment
  }

  get last(): Segment {
    return this.#segments.at(-1) as Segment
  }

  /** Adds an empty segment after the last, which must be sealed. */
  append(): Segment {
    return this.#create({ firstPosition: this.last.endPosition, salt: this.last.salt })
  }

  /** The segment that holds `position`, which must be in range. */
  find(position: number): Segment {
    let low = 0
    let high = this.#segments.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#segments[middle] as Segment).firstPosition <= position) low = middle + 1
      else high = middle
    }
    return this.#segments[low - 1] as Segment
  }

  /** Makes sure the segment's index exists (with `verify: 'last'` older segments are checked only here). */
  prepare(segment: Segment): Segment {
    segment.scanSealed(segment.endPosition)
    return segment
  }

  /** Removes whole segments before `position`, oldest first: a crash in between leaves no gap. Returns how many. */
  removeBefore(position: number): number {
    let removed = 0
    while (this.#segments.length > 1 && this.first.endPosition <= position) {
      this.#remove(this.first)
      this.#segments.shift()
      removed += 1
    }
    return removed
  }

  /**
   * Removes all records from `endPosition` on. Newest segments go first, then the one that is cut is rewritten under
   * a draft name and replaced: a crash at any point leaves a prefix that holds at least what should stay.
   */
  cut(endPosition: number): void {
    while (this.#segments.length > 1 && this.last.firstPosition >= endPosition) {
      this.#remove(this.last)
      this.#segments.pop()
    }
    const old = this.last
    if (old.endPosition === endPosition) return
    this.prepare(old)
    createSegmentFile(this.#fileSystem, this.#directory, old, keptBatches(old, endPosition))
    const fresh = Segment.load(this.#fileSystem, this.#directory, segmentName(old.firstPosition))
    fresh.scan()
    this.#segments[this.#segments.length - 1] = fresh
  }

  #create(header: { firstPosition: number; salt: number }): Segment {
    const segment = new Segment(this.#fileSystem, this.#directory, header)
    createSegmentFile(this.#fileSystem, this.#directory, segment)
    segment.markScanned()
    this.#segments.push(segment)
    return segment
  }

  #remove(segment: Segment): void {
    this.#fileSystem.removeSync(segment.path)
    // One by one: a power cut may otherwise keep any subset of the removals.
    this.#fileSystem.syncDirectorySync(this.#directory)
  }
}

/** The segment's batches up to `endPosition`, the last of them shortened. */
function* keptBatches(segment: Segment, endPosition: number): Generator<Buffer> {
  if (endPosition <= segment.firstPosition) return
  const builder = new BatchBuilder(segment.salt)
  for (const { header, records } of segment.batches(segment.firstPosition)) {
    if (header.firstPosition >= endPosition) return
    builder.reset(header.firstPosition)
    for (const record of records.slice(0, endPosition - header.firstPosition)) builder.add(record)
    yield builder.encode()
  }
}
