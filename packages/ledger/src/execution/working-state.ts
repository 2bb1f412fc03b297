/**
 * The state that a component or the end of a block works on: an overlay over what is committed, with the undo log of the
 * transaction in progress.
 */
import { encode, hashKey } from '@symbolon/primitives'
import { accountRecord, NAMESPACES, type Namespace } from '@symbolon/protocol'
import type { StateSource } from '../state/committed-state.ts'

/** A balance and nonce in progress, with what they were before the block. */
export interface WorkingAccount {
  readonly key: string
  readonly address: Uint8Array
  balance: bigint
  nonce: bigint
  readonly balanceBefore: bigint
  readonly nonceBefore: bigint
}

export interface WorkingValue {
  readonly key: Uint8Array
  readonly value: Uint8Array | undefined
}

type Values = Map<string, WorkingValue>

export class WorkingState {
  readonly accounts = new Map<string, WorkingAccount>()
  readonly values = Object.fromEntries(NAMESPACES.map((name) => [name, new Map()])) as unknown as Record<
    Namespace,
    Values
  >
  readonly #source: StateSource
  /** The first `#undoCount` are of the transaction in progress. Emptying the arrays would have them grow anew every time. */
  readonly #undoAccounts: WorkingAccount[] = []
  readonly #undoBalances: bigint[] = []
  #undoCount = 0
  readonly #undoValues: { table: Values; key: string; before: WorkingValue | undefined }[] = []

  constructor(source: StateSource) {
    this.#source = source
  }

  /** The working copy of the account, zero if there is none yet. */
  account(key: string, address: Uint8Array): WorkingAccount {
    let account = this.accounts.get(key)
    if (account === undefined) {
      const { balance, nonce } = this.#source.account(key, address) ?? { balance: 0n, nonce: 0n }
      account = { key, address, balance, nonce, balanceBefore: balance, nonceBefore: nonce }
      this.accounts.set(key, account)
    }
    return account
  }

  /** The identity record of the address whose hashKey is `key`. */
  identity(key: string, address: Uint8Array): Uint8Array | undefined {
    if (this.values.identity.size > 0) {
      const working = this.values.identity.get(`\u0001${key}`)
      if (working !== undefined) return working.value
    }
    return this.#source.identity(key, address)
  }

  read(namespace: Namespace, bytes: Uint8Array, key: string = hashKey(bytes)): Uint8Array | undefined {
    if (namespace === 'accounts') return this.#readAccount(bytes)
    const working = this.values[namespace].get(key)
    return working === undefined ? this.#source.value(namespace, key, bytes) : working.value
  }

  write(namespace: Namespace, key: Uint8Array, value: Uint8Array | undefined): void {
    const table = this.values[namespace]
    const id = hashKey(key)
    this.#undoValues.push({ table, key: id, before: table.get(id) })
    table.set(id, { key, value })
  }

  setBalance(account: WorkingAccount, balance: bigint): void {
    this.#undoAccounts[this.#undoCount] = account
    this.#undoBalances[this.#undoCount++] = account.balance
    account.balance = balance
  }

  /** From here on `rollback` leads back to here. */
  mark(): void {
    this.#undoCount = 0
    if (this.#undoValues.length > 0) this.#undoValues.length = 0
  }

  rollback(): void {
    for (let i = this.#undoCount - 1; i >= 0; i--)
      (this.#undoAccounts[i] as WorkingAccount).balance = this.#undoBalances[i] as bigint
    for (const { table, key, before } of this.#undoValues.reverse())
      if (before === undefined) table.delete(key)
      else table.set(key, before)
    this.mark()
  }

  /** An account exists from its first credit on, and for ever: its nonce must not be forgotten. */
  #readAccount(key: Uint8Array): Uint8Array | undefined {
    if (key.length !== 33 || key[0] !== 1) return undefined
    const { balance, nonce } = this.account(hashKey(key.subarray(1)), key.subarray(1))
    return balance === 0n &&
      nonce === 0n &&
      this.#source.account(hashKey(key.subarray(1)), key.subarray(1)) === undefined
      ? undefined
      : encode(accountRecord, { balance, nonce })
  }
}
