/**
 * Numbers for identifiers, from their bytes and without a string per occurrence: a hash table with open addressing over one
 * arena. Per identifier its bytes and 8 … 16 bytes of tables; a look-up is one hash over the bytes and about one comparison.
 *
 * Not hardened against identifiers chosen to collide: a file made for it is read slowly, not wrongly.
 */
import { ReputationError } from '../errors.ts'
import { ID_BYTES_MAX, ID_BYTES_TOTAL_MAX, NODES_MAX } from '../limits.ts'
import { sortRanges } from './id-order.ts'
import { SortedIds } from './node-index.ts'

const DECODER = new TextDecoder()
const FREE = 0

/** FNV-1a, then mixed, because open addressing looks at the low bits. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}

function grown<T extends Uint8Array | Uint32Array>(of: T, length: number): T {
  const Kind = of.constructor as new (buffer: ArrayBuffer) => T
  return new Kind((of.buffer as ArrayBuffer).transfer(length * of.BYTES_PER_ELEMENT))
}

export class IdTable {
  #size = 0
  #arena = new Uint8Array(1 << 12)
  /** Identifier i is `arena[starts[i]] … arena[starts[i + 1] − 1]`. */
  #starts = new Uint32Array(1 << 8)
  /** Number + 1 by hash; a power of two, at most half full. */
  #slots = new Uint32Array(1 << 9)

  get size(): number {
    return this.#size
  }

  /** The number of an identifier, new or known. Errors: ID_TOO_LONG, GRAPH_TOO_LARGE. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#slots.length - 1
    let slot = hashOf(bytes, start, end) & mask
    for (;;) {
      const taken = this.#slots[slot]!
      if (taken === FREE) break
      if (this.#equals(taken - 1, bytes, start, end)) return taken - 1
      slot = (slot + 1) & mask
    }
    return this.#append(bytes, start, end, slot)
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const arena = this.#arena
    let at = this.#starts[id]!
    if (this.#starts[id + 1]! - at !== end - start) return false
    for (let i = start; i < end; i++) if (arena[at++] !== bytes[i]) return false
    return true
  }

  #append(bytes: Uint8Array, start: number, end: number, slot: number): number {
    const id = this.#size
    const used = this.#starts[id]!
    if (end - start > ID_BYTES_MAX)
      throw new ReputationError(
        'ID_TOO_LONG',
        `an identifier has ${end - start} bytes: ID_BYTES_MAX is ${ID_BYTES_MAX}`,
      )
    if (id >= NODES_MAX || used + end - start > ID_BYTES_TOTAL_MAX)
      throw new ReputationError(
        'GRAPH_TOO_LARGE',
        `more than NODES_MAX (${NODES_MAX}) identifiers, or more than ID_BYTES_TOTAL_MAX (${ID_BYTES_TOTAL_MAX}) bytes of them`,
      )
    while (used + end - start > this.#arena.length) this.#arena = grown(this.#arena, this.#arena.length * 2)
    if (id + 2 > this.#starts.length) this.#starts = grown(this.#starts, this.#starts.length * 2)
    for (let i = start; i < end; i++) this.#arena[used + i - start] = bytes[i]!
    this.#starts[id + 1] = used + end - start
    this.#slots[slot] = id + 1
    this.#size++
    if (this.#size * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2)
    return id
  }

  #rehash(length: number): void {
    const slots = new Uint32Array(length)
    const mask = length - 1
    for (let id = 0; id < this.#size; id++) {
      let slot = hashOf(this.#arena, this.#starts[id]!, this.#starts[id + 1]!) & mask
      while (slots[slot] !== FREE) slot = (slot + 1) & mask
      slots[slot] = id + 1
    }
    this.#slots = slots
  }

  /** The identifier with this number. */
  idOf(id: number): string {
    return DECODER.decode(this.#arena.subarray(this.#starts[id]!, this.#starts[id + 1]!))
  }

  /** Identifiers in the order of their bytes, and the place of each in it by number. The table stays as it is. */
  sorted(): { nodes: SortedIds; places: Uint32Array } {
    const size = this.#size
    const order = sortRanges(this.#arena, this.#starts, size)
    const places = new Uint32Array(size)
    const starts = new Uint32Array(size + 1)
    const arena = new Uint8Array(this.#starts[size]!)
    for (let place = 0; place < size; place++) {
      const id = order[place]!
      const from = this.#starts[id]!
      const to = this.#starts[id + 1]!
      let at = starts[place]!
      for (let i = from; i < to; i++) arena[at++] = this.#arena[i]!
      places[id] = place
      starts[place + 1] = at
    }
    return { nodes: new SortedIds(arena, starts), places }
  }
}
