/**
 * Which blocks may hold an event of a subject: per block the first four bytes of every subject, sorted, each once. A reader
 * who wants a subject's events skips the blocks whose filter does not know it; in a block of 10,000 subjects one in
 * 400,000 others is taken for one of them, and reading the block puts that right.
 *
 * Why not a list per subject: every transfer has two, so lists cost two writes per transfer where a filter costs eight bytes.
 * The price: a reader looks at one filter per block, about 3 µs (STORE_LIMITS.filtersScannedMax of them per page).
 */
import type { LedgerEvent } from '@symbolon/protocol'
import type { KeyValueReader, Operation } from '../engine/index.ts'
import { subjectFilterKey } from './keys.ts'

const PREFIX_BYTES = 4

export class SubjectFilters {
  readonly #reader: KeyValueReader
  /** Not in the engine yet, and those of them that are on their way. */
  #unwritten = new Map<bigint, Uint32Array>()
  #writing: ReadonlyMap<bigint, Uint32Array> = new Map()

  constructor(reader: KeyValueReader) {
    this.#reader = reader
  }

  add(height: bigint, events: readonly Pick<LedgerEvent, 'subjects'>[]): void {
    this.#unwritten.set(height, filterOf(events))
  }

  /** False only if no event of the block names the subject. True for a block that is not known here. */
  mayConcern(height: bigint, subject: Uint8Array): boolean {
    const prefix = prefixOf(subject)
    const recent = this.#unwritten.get(height) ?? this.#writing.get(height)
    if (recent !== undefined) return holds(recent.length, (at) => recent[at] as number, prefix)
    const stored = this.#reader.get(subjectFilterKey(height))
    if (stored === undefined) return true
    const view = new DataView(stored.buffer, stored.byteOffset, stored.length)
    return holds(stored.length / PREFIX_BYTES, (at) => view.getUint32(at * PREFIX_BYTES), prefix)
  }

  /** One put per block; `written` must follow when they are visible in the engine. */
  takeOperations(into: Operation[]): void {
    for (const [height, filter] of this.#unwritten) {
      const value = new Uint8Array(filter.length * PREFIX_BYTES)
      const view = new DataView(value.buffer)
      for (let i = 0; i < filter.length; i++) view.setUint32(i * PREFIX_BYTES, filter[i] as number)
      into.push({ type: 'put', key: subjectFilterKey(height), value })
    }
    this.#writing = this.#unwritten
    this.#unwritten = new Map()
  }

  written(): void {
    this.#writing = new Map()
  }
}

/** PERF: two prefixes per transfer, and their sort: about 0.1 µs per transfer. */
function filterOf(events: readonly Pick<LedgerEvent, 'subjects'>[]): Uint32Array {
  let count = 0
  for (let i = 0; i < events.length; i++) count += (events[i] as LedgerEvent).subjects.length
  const prefixes = new Uint32Array(count)
  let next = 0
  for (let i = 0; i < events.length; i++) {
    const { subjects } = events[i] as LedgerEvent
    for (let n = 0; n < subjects.length; n++) prefixes[next++] = prefixOf(subjects[n] as Uint8Array)
  }
  prefixes.sort()
  let distinct = 0
  for (let i = 0; i < count; i++)
    if (i === 0 || prefixes[i] !== prefixes[i - 1]) prefixes[distinct++] = prefixes[i] as number
  return prefixes.slice(0, distinct)
}

function prefixOf(subject: Uint8Array): number {
  return (
    (((subject[0] as number) << 24) |
      ((subject[1] as number) << 16) |
      ((subject[2] as number) << 8) |
      (subject[3] as number)) >>>
    0
  )
}

function holds(count: number, at: (index: number) => number, prefix: number): boolean {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(middle) < prefix) low = middle + 1
    else high = middle
  }
  return low < count && at(low) === prefix
}
