/**
 * Lists that only grow, by owner: the events that concern a subject, the channels of a party. Entries have one size and are
 * numbered from 0, so that a reader finds any of them by two lookups, oldest or newest first, without a range over the engine.
 *
 * A list is its full parts (PART_ENTRIES entries each) and its head, the newest, unfilled part. Adding to a list writes its
 * head, once per batch however many entries came: one put, and one read if the head is not in memory.
 *
 * Authority: a head or part that is dirty is the only copy and stays in memory until it is written; any other is a cache.
 */
import { hashKey } from '@symbolon/primitives'
import type { KeyValueReader, Operation } from '../engine/index.ts'
import { listHeadKey, listPartKey } from './keys.ts'
import { STORE_LIMITS } from './limits.ts'

/** Half of a part is rewritten with every addition on average, and a page of 100 entries reads 13 parts: about 60 µs. */
const PART_ENTRIES = 8
const COUNT_BYTES = 4

interface Head {
  readonly owner: Uint8Array
  /** Of the whole list. */
  count: number
  /** Room for a part; the last `count % PART_ENTRIES` entries are in it. */
  readonly entries: Uint8Array
  isDirty: boolean
}

export class IndexLists {
  readonly #reader: KeyValueReader
  readonly #table: number
  readonly #entryBytes: number
  readonly #heads = new Map<string, Head>()
  #dirty: Head[] = []
  /** Full parts that are not written yet, by hashKey of their key. */
  #parts = new Map<string, { key: Uint8Array; value: Uint8Array }>()
  #writing: ReadonlyMap<string, { value: Uint8Array }> = new Map()

  constructor(reader: KeyValueReader, table: number, entryBytes: number) {
    this.#reader = reader
    this.#table = table
    this.#entryBytes = entryBytes
  }

  add(owner: Uint8Array, entry: Uint8Array): void {
    const head = this.#head(owner)
    const at = head.count % PART_ENTRIES
    head.entries.set(entry, at * this.#entryBytes)
    head.count += 1
    if (!head.isDirty) {
      head.isDirty = true
      this.#dirty.push(head)
    }
    if (at + 1 < PART_ENTRIES) return
    const key = listPartKey(this.#table, owner, head.count / PART_ENTRIES - 1)
    this.#parts.set(hashKey(key), { key, value: head.entries.slice() })
  }

  count(owner: Uint8Array): number {
    return this.#head(owner).count
  }

  /** Entry `index`, 0 to count − 1; a view that must not be kept. */
  at(owner: Uint8Array, index: number): Uint8Array {
    const head = this.#head(owner)
    const part = Math.floor(index / PART_ENTRIES)
    const isInHead = part === Math.floor(head.count / PART_ENTRIES)
    const entries = isInHead ? head.entries : this.#part(owner, part)
    const start = (index % PART_ENTRIES) * this.#entryBytes
    return entries.subarray(start, start + this.#entryBytes)
  }

  /** The puts that bring the engine up to date; `written` must follow when they are visible in it. */
  takeOperations(into: Operation[]): void {
    for (const { key, value } of this.#parts.values()) into.push({ type: 'put', key, value })
    this.#writing = this.#parts
    this.#parts = new Map()
    for (const head of this.#dirty) {
      const used = (head.count % PART_ENTRIES) * this.#entryBytes
      const value = new Uint8Array(COUNT_BYTES + used)
      new DataView(value.buffer).setUint32(0, head.count)
      value.set(head.entries.subarray(0, used), COUNT_BYTES)
      into.push({ type: 'put', key: listHeadKey(this.#table, head.owner), value })
      head.isDirty = false
    }
    this.#dirty = []
  }

  written(): void {
    this.#writing = new Map()
    if (this.#heads.size <= STORE_LIMITS.listsCachedMax) return
    const target = (STORE_LIMITS.listsCachedMax * 3) / 4
    for (const [name, head] of this.#heads) {
      if (this.#heads.size <= target) return
      if (!head.isDirty) this.#heads.delete(name)
    }
  }

  #part(owner: Uint8Array, part: number): Uint8Array {
    const key = listPartKey(this.#table, owner, part)
    const name = hashKey(key)
    const unwritten = this.#parts.get(name) ?? this.#writing.get(name)
    return unwritten?.value ?? (this.#reader.get(key) as Uint8Array)
  }

  #head(owner: Uint8Array): Head {
    const name = hashKey(owner)
    let head = this.#heads.get(name)
    if (head !== undefined) return head
    const stored = this.#reader.get(listHeadKey(this.#table, owner))
    head = {
      owner,
      count: stored === undefined ? 0 : new DataView(stored.buffer, stored.byteOffset).getUint32(0),
      entries: new Uint8Array(PART_ENTRIES * this.#entryBytes),
      isDirty: false,
    }
    if (stored !== undefined) head.entries.set(stored.subarray(COUNT_BYTES))
    this.#heads.set(name, head)
    return head
  }
}
