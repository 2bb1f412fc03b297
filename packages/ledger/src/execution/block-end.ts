/** What the end of a block lets a module's hook see and do: serially, after all components are merged. */
import { type Hash, hashKey } from '@symbolon/primitives'
import type { Namespace, Parameters } from '@symbolon/protocol'
import { LedgerFault } from '../error.ts'
import type { BlockEndContext, Emission, LedgerModule } from '../module.ts'
import { checkEmission, takeDebits } from './emission.ts'
import type { BlockEnvironment } from './transaction-context.ts'
import type { WorkingState } from './working-state.ts'

export class ModuleBlockEnd implements BlockEndContext {
  readonly frame: Hash
  readonly height: bigint
  readonly epoch: bigint
  readonly parameters: Parameters
  readonly #module: LedgerModule
  readonly #state: WorkingState
  readonly #publish: (emission: Emission) => void

  constructor(
    environment: BlockEnvironment,
    module: LedgerModule,
    state: WorkingState,
    publish: (emission: Emission) => void,
  ) {
    this.frame = environment.frame
    this.height = environment.height
    this.epoch = environment.epoch
    this.parameters = environment.parameters
    this.#module = module
    this.#state = state
    this.#publish = publish
  }

  read(namespace: Namespace, key: Uint8Array): Uint8Array | undefined {
    return this.#state.read(namespace, key)
  }

  write(namespace: Namespace, key: Uint8Array, value: Uint8Array | undefined): void {
    if (namespace === 'accounts' || namespace !== this.#module.namespace)
      throw new LedgerFault('MODULE_INVALID', `${this.#module.name} must not write ${namespace}`)
    this.#state.write(namespace, key, value)
  }

  emit(emission: Emission): void {
    checkEmission(this.#module.name, emission)
    if (emission.movement !== undefined)
      takeDebits(this.#state, emission.movement.debits, (owner) => this.#state.account(hashKey(owner), owner))
    this.#publish(emission)
  }
}
