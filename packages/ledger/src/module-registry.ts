/** Finds the module and the kind of a transaction, after checking that the modules do not trespass on each other. */
import type { TransactionKindName } from '@symbolon/protocol'
import { LedgerFault } from './error.ts'
import type { LedgerModule, TransactionKind } from './module.ts'

export interface RegisteredKind {
  readonly module: LedgerModule
  readonly kind: TransactionKind<unknown>
}

export class ModuleRegistry {
  readonly modules: readonly LedgerModule[]
  readonly #kinds = new Map<string, RegisteredKind>()

  /** Throws MODULE_INVALID: two modules of one name or namespace, or a kind outside its module's name. */
  constructor(modules: readonly LedgerModule[]) {
    this.modules = modules
    const names = new Set<string>()
    const namespaces = new Set<string>()
    for (const module of modules) {
      if (names.has(module.name) || namespaces.has(module.namespace))
        throw new LedgerFault(
          'MODULE_INVALID',
          `two modules are named ${module.name} or own ${module.namespace}`,
        )
      names.add(module.name)
      namespaces.add(module.namespace)
      for (const kind of module.kinds) {
        if (!kind.kind.startsWith(`${module.name}.`) || this.#kinds.has(kind.kind))
          throw new LedgerFault('MODULE_INVALID', `${module.name} cannot offer the kind ${kind.kind}`)
        this.#kinds.set(kind.kind, { module, kind })
      }
    }
  }

  /** Undefined for a kind of the format that no module of this ledger executes. */
  find(kind: TransactionKindName): RegisteredKind | undefined {
    return this.#kinds.get(kind)
  }
}
