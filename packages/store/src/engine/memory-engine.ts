/**
 * An engine in memory: for tests and simulations, and the model that the durable one is compared with.
 *
 * Keys are held as strings of one character per byte, which sort as the bytes do. A batch copies the map only if a
 * reader still looks at it.
 */
import { closedError, requireKey, requireOperations, requireRange } from './bounds.ts'
import type {
  KeyValueEngine,
  KeyValueEntry,
  KeyValueReader,
  KeyValueSnapshot,
  Operation,
  RangeOptions,
} from './key-value-engine.ts'

const toText = (key: Uint8Array): string =>
  Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1')

/** One state of the store; frozen once a reader holds it. */
class Version {
  readonly map: Map<string, Uint8Array>
  isHeld = false
  #sortedKeys: string[] | undefined

  constructor(map: Map<string, Uint8Array>) {
    this.map = map
  }

  hold(): Version {
    this.isHeld = true
    return this
  }

  apply(operations: readonly Operation[]): Version {
    const target = this.isHeld ? new Version(new Map(this.map)) : this
    target.#sortedKeys = undefined
    for (const { type, key, value } of operations) {
      if (type === 'put') target.map.set(toText(key), Uint8Array.from(value ?? []))
      else target.map.delete(toText(key))
    }
    return target
  }

  keys({ gte, lt, reverse, limit }: RangeOptions): string[] {
    this.#sortedKeys ??= [...this.map.keys()].sort()
    const from = gte === undefined ? '' : toText(gte)
    const to = lt === undefined ? undefined : toText(lt)
    const keys = this.#sortedKeys.filter((key) => key >= from && (to === undefined || key < to))
    return (reverse === true ? keys.reverse() : keys).slice(0, limit)
  }
}

class MemoryReader implements KeyValueReader {
  readonly #version: () => Version

  /** `version` throws if its owner is closed. */
  constructor(version: () => Version) {
    this.#version = version
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const { map } = this.#version()
    requireKey(key)
    return map.get(toText(key))?.slice()
  }

  has(key: Uint8Array): boolean {
    const { map } = this.#version()
    requireKey(key)
    return map.has(toText(key))
  }

  async *range(options: RangeOptions = {}): AsyncGenerator<KeyValueEntry, void, undefined> {
    const version = this.#version().hold()
    requireRange(options)
    for (const key of version.keys(options)) {
      this.#version()
      yield {
        key: new Uint8Array(Buffer.from(key, 'latin1')),
        value: (version.map.get(key) as Uint8Array).slice(),
      }
    }
  }
}

export class MemoryEngine extends MemoryReader implements KeyValueEngine {
  #version = new Version(new Map())
  #last: Promise<void> = Promise.resolve()
  #closed = false

  constructor() {
    super(() => this.#open())
  }

  async batch(operations: readonly Operation[], _options: { sync: boolean }): Promise<void> {
    this.#open()
    requireOperations(operations)
    // Not at once: nobody may come to rely on seeing a batch before it resolves.
    this.#last = this.#last.then(() => {
      this.#version = this.#version.apply(operations)
    })
    return this.#last
  }

  snapshot(): KeyValueSnapshot {
    return new MemorySnapshot(this.#open().hold(), () => this.#open())
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#last
  }

  #open(): Version {
    if (this.#closed) throw closedError()
    return this.#version
  }
}

class MemorySnapshot extends MemoryReader implements KeyValueSnapshot {
  #closed = false

  constructor(version: Version, requireEngine: () => unknown) {
    super(() => {
      requireEngine()
      if (this.#closed) throw closedError()
      return version
    })
  }

  async close(): Promise<void> {
    this.#closed = true
  }
}
