/**
 * The flat state on the engine, as the ledger reads it. It may lag behind the ledger, which overlays what it has committed
 * since (`Ledger.flushed`); so nothing here ever needs to know a block that is not written yet.
 *
 * Accounts are not cached here: the ledger keeps them decoded. A read that misses costs about 5 µs.
 */

import type { FlatState, StateChanges } from '@symbolon/ledger'
import { hashKey } from '@symbolon/primitives'
import { NAMESPACES, type Namespace } from '@symbolon/protocol'
import type { KeyValueReader, Operation } from '../engine/index.ts'
import { ByteCache } from './byte-cache.ts'
import { namespaceRange, stateKey } from './keys.ts'
import { STORE_LIMITS } from './limits.ts'

type Entry = readonly [key: Uint8Array, value: Uint8Array]

/** A cached entry costs its value, its key twice and the Map's own part, roughly. */
const ENTRY_OVERHEAD_BYTES = 200

export class StoredState implements FlatState {
  readonly #engine: KeyValueReader
  readonly #cache = new ByteCache<string, Uint8Array | undefined>(STORE_LIMITS.stateCacheBytes)
  #loaded: Readonly<Record<Namespace, readonly Entry[]>> | undefined

  constructor(engine: KeyValueReader) {
    this.#engine = engine
  }

  get(namespace: Namespace, key: Uint8Array): Uint8Array | undefined {
    const full = stateKey(namespace, key)
    if (namespace === 'accounts') return this.#engine.get(full)
    const name = hashKey(full)
    const cached = this.#cache.get(name)
    if (cached !== undefined) return cached
    const value = this.#engine.get(full)
    if (value !== undefined) this.#cache.set(name, value, value.length + ENTRY_OVERHEAD_BYTES)
    return value
  }

  /** Only between `load` and `unload`: the ledger asks once, to build its tries. */
  entries(namespace: Namespace): Iterable<Entry> {
    if (this.#loaded === undefined) throw new TypeError('the state is not loaded')
    return this.#loaded[namespace]
  }

  /** Reads the whole state into memory, for the ranges of the engine are asynchronous and the tries are built at once. */
  async load(): Promise<void> {
    const loaded = {} as Record<Namespace, Entry[]>
    for (const namespace of NAMESPACES) {
      const entries: Entry[] = []
      for await (const { key, value } of this.#engine.range(namespaceRange(namespace)))
        entries.push([key.subarray(1), value])
      loaded[namespace] = entries
    }
    this.#loaded = loaded
  }

  unload(): void {
    this.#loaded = undefined
  }

  /** After the changes were written: what is cached must not be older than the engine. */
  written(changes: StateChanges): void {
    for (const namespace of NAMESPACES) {
      if (namespace === 'accounts') continue
      for (const { key, value } of changes[namespace]) {
        const name = hashKey(stateKey(namespace, key))
        if (value === undefined) this.#cache.delete(name)
        else this.#cache.set(name, value, value.length + ENTRY_OVERHEAD_BYTES)
      }
    }
  }
}

export function addStateOperations(changes: StateChanges, into: Operation[]): void {
  for (const namespace of NAMESPACES) {
    const list = changes[namespace]
    for (let i = 0; i < list.length; i++) {
      const { key, value } = list[i] as StateChanges[Namespace][number]
      into.push(
        value === undefined
          ? { type: 'delete', key: stateKey(namespace, key) }
          : { type: 'put', key: stateKey(namespace, key), value },
      )
    }
  }
}
