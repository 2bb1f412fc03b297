/**
 * The newest value of every key that changed since the last batch, so that an account that changes in every block is written
 * once per batch. The ledger holds the same values in its overlay until `Ledger.flushed`, so nobody reads them here.
 */
import type { ExecutedBlock, StateChanges } from '@symbolon/ledger'
import { hashKey } from '@symbolon/primitives'
import { NAMESPACES, type Namespace } from '@symbolon/protocol'

type Change = StateChanges[Namespace][number]

export class PendingState {
  readonly #tables = NAMESPACES.map(() => new Map<string, Change>())

  /** @param accounts index by index with `changes.accounts`: their names are at hand there */
  add({ changes, accounts }: Pick<ExecutedBlock, 'changes' | 'accounts'>): void {
    for (let n = 0; n < NAMESPACES.length; n++) {
      const namespace = NAMESPACES[n] as Namespace
      const table = this.#tables[n] as Map<string, Change>
      const list = changes[namespace]
      const isNamed = namespace === 'accounts' && accounts.length === list.length
      for (let i = 0; i < list.length; i++) {
        const change = list[i] as Change
        table.set(isNamed ? (accounts[i] as { key: string }).key : hashKey(change.key), change)
      }
    }
  }

  /** Everything that was added, each key once; empty afterwards. */
  take(): StateChanges {
    const taken = {} as Record<Namespace, Change[]>
    for (let n = 0; n < NAMESPACES.length; n++) {
      const table = this.#tables[n] as Map<string, Change>
      taken[NAMESPACES[n] as Namespace] = [...table.values()]
      table.clear()
    }
    return taken
  }
}
