/**
 * What a module sees while its transaction executes, and the guard around it (CON-078). One context serves all transactions
 * of a component, one after the other.
 */
import { equalBytes, type Hash, hashKey } from '@symbolon/primitives'
import type { Namespace, Parameters, TransactionBody } from '@symbolon/protocol'
import { LedgerError, LedgerFault } from '../error.ts'
import type { Emission, ExecutionContext, StateKey } from '../module.ts'
import type { Plan, TransactionCandidate } from '../transaction/candidate.ts'
import { checkEmission, takeDebits } from './emission.ts'
import type { WorkingAccount, WorkingState } from './working-state.ts'

/** What all transactions of a block share. */
export interface BlockEnvironment {
  readonly frame: Hash
  readonly height: bigint
  readonly epoch: bigint
  readonly parameters: Parameters
}

export class TransactionContext implements ExecutionContext {
  readonly frame: Hash
  readonly height: bigint
  readonly epoch: bigint
  readonly parameters: Parameters
  transaction!: { readonly id: Hash; readonly body: TransactionBody; readonly signers: readonly Uint8Array[] }
  emissions: Emission[] = []
  gasUsed = 0n
  /** Set by the guard and by the meter: a module that swallows their error is aborted all the same. */
  aborted: LedgerError | undefined = undefined
  #plan!: Plan
  readonly #state: WorkingState
  #sender!: WorkingAccount
  readonly #accountOf = (owner: Uint8Array): WorkingAccount => this.#debitable(owner)

  constructor(environment: BlockEnvironment, state: WorkingState) {
    this.frame = environment.frame
    this.height = environment.height
    this.epoch = environment.epoch
    this.parameters = environment.parameters
    this.#state = state
  }

  begin({ id, transaction, signers }: TransactionCandidate, plan: Plan, sender: WorkingAccount): void {
    this.#sender = sender
    this.transaction = { id, body: transaction.body, signers }
    this.#plan = plan
    this.emissions = []
    this.gasUsed = plan.gas
    this.aborted = undefined
  }

  read(namespace: Namespace, key: Uint8Array): Uint8Array | undefined {
    if (!this.#isDeclared(namespace, key, true)) this.#undeclared('read', namespace)
    return this.#state.read(namespace, key)
  }

  write(namespace: Namespace, key: Uint8Array, value: Uint8Array | undefined): void {
    // Balances change only through movements, or the books could not be checked.
    if (
      namespace === 'accounts' ||
      namespace !== this.#plan.registered.module.namespace ||
      !this.#isDeclared(namespace, key, false)
    )
      this.#undeclared('write', namespace)
    this.#state.write(namespace, key, value)
  }

  useGas(amount: bigint): void {
    if (amount < 0n) throw new LedgerFault('GAS_INVALID', 'gas is never given back')
    this.gasUsed += amount
    const { gasLimit } = this.transaction.body
    if (this.gasUsed <= gasLimit) return
    this.gasUsed = gasLimit
    this.aborted = new LedgerError(
      'OUT_OF_GAS',
      `the gas limit of ${gasLimit} is used up: sign with a higher one`,
    )
    throw this.aborted
  }

  emit(emission: Emission): void {
    checkEmission(this.#plan.registered.module.name, emission)
    if (emission.movement !== undefined) takeDebits(this.#state, emission.movement.debits, this.#accountOf)
    this.emissions.push(emission)
  }

  #debitable(owner: Uint8Array): WorkingAccount {
    if (owner === this.transaction.body.sender || equalBytes(owner, this.transaction.body.sender))
      return this.#sender
    for (const { namespace, key } of this.#plan.access.writes)
      if (namespace === 'accounts' && isRecordOf(key, owner))
        return this.#state.account(hashKey(owner), owner)
    return this.#undeclared('debit', 'accounts')
  }

  /** PERF: at most DECLARED_KEYS_MAX comparisons, which mostly end at the first bytes. */
  #isDeclared(namespace: Namespace, key: Uint8Array, forReading: boolean): boolean {
    const { reads, writes } = this.#plan.access
    if (holds(writes, namespace, key) || (forReading && holds(reads, namespace, key))) return true
    const { sender } = this.transaction.body
    return forReading && (namespace === 'accounts' || namespace === 'identity') && isRecordOf(key, sender)
  }

  /** All of the gas is charged, or probing for what is undeclared would be cheap. */
  #undeclared(access: string, namespace: Namespace): never {
    this.gasUsed = this.transaction.body.gasLimit
    this.aborted = new LedgerError(
      'UNDECLARED_ACCESS',
      `${access} of a key in ${namespace} that the transaction does not declare`,
    )
    throw this.aborted
  }
}

function holds(keys: readonly StateKey[], namespace: Namespace, key: Uint8Array): boolean {
  for (const declared of keys)
    if (declared.namespace === namespace && equalBytes(declared.key, key)) return true
  return false
}

/** Whether the key is the record of `owner` (table byte 1, then the name). */
function isRecordOf(key: Uint8Array, owner: Uint8Array): boolean {
  return key.length === 33 && key[0] === 1 && equalBytes(key.subarray(1), owner)
}
