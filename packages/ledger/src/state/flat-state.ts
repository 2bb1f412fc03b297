/**
 * The state as flat key-value pairs: what a node keeps on disk, and all that execution ever reads (the tries only commit to
 * it). The ledger reads through this interface and never writes; whoever owns the storage applies `ExecutedBlock.changes`.
 */
import { compareBytes, hashKey } from '@symbolon/primitives'
import { NAMESPACES, type Namespace } from '@symbolon/protocol'
import type { Change } from '../trie/change.ts'

export interface FlatState {
  /** Synchronous: execution asks for one value at a time. The result must not change afterwards. */
  get(namespace: Namespace, key: Uint8Array): Uint8Array | undefined
  /** All entries in ascending order of their keys. */
  entries(namespace: Namespace): Iterable<readonly [key: Uint8Array, value: Uint8Array]>
}

/** What a block changed, by namespace, each key once. */
export type StateChanges = Readonly<Record<Namespace, readonly Change[]>>

/** In memory: for tests, simulations and small frames. */
export class MemoryFlatState implements FlatState {
  readonly #tables = Object.fromEntries(NAMESPACES.map((name) => [name, new Map()])) as unknown as Record<
    Namespace,
    Map<string, readonly [Uint8Array, Uint8Array]>
  >

  get(namespace: Namespace, key: Uint8Array): Uint8Array | undefined {
    return this.#tables[namespace].get(hashKey(key))?.[1]
  }

  entries(namespace: Namespace): Iterable<readonly [key: Uint8Array, value: Uint8Array]> {
    return [...this.#tables[namespace].values()].sort(([a], [b]) => compareBytes(a, b))
  }

  apply(changes: StateChanges): void {
    for (const namespace of NAMESPACES)
      for (const { key, value } of changes[namespace])
        if (value === undefined) this.#tables[namespace].delete(hashKey(key))
        else this.#tables[namespace].set(hashKey(key), [key, value])
  }
}
