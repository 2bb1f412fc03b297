/** What crosses to a worker and back: a component with every value that it may read, and what came out of it. */
import { hashKey } from '@symbolon/primitives'
import type { AccountRecord, Namespace } from '@symbolon/protocol'
import { LedgerFault } from '../error.ts'
import type { ModuleRegistry } from '../module-registry.ts'
import type { StateSource } from '../state/committed-state.ts'
import { TransactionCandidate } from '../transaction/candidate.ts'
import type { BlockEnvironment } from './transaction-context.ts'

export interface ComponentRequest {
  readonly environment: BlockEnvironment
  readonly transactions: readonly {
    readonly bytes: Uint8Array
    readonly signaturesValid: boolean | undefined
  }[]
  /** Accounts by hashKey(address), and values by namespace and hashKey(key); undefined where the state has none. */
  readonly accounts: ReadonlyMap<string, Readonly<AccountRecord> | undefined>
  readonly identities: ReadonlyMap<string, Uint8Array | undefined>
  readonly values: ReadonlyMap<string, Uint8Array | undefined>
}

const nameOf = (namespace: Namespace, key: string): string => `${namespace}:${key}`

/** Reads everything that the component declares; O(declared keys). */
export function requestFor(
  candidates: readonly TransactionCandidate[],
  source: StateSource,
  environment: BlockEnvironment,
  registry: ModuleRegistry,
): ComponentRequest {
  const accounts = new Map<string, Readonly<AccountRecord> | undefined>()
  const identities = new Map<string, Uint8Array | undefined>()
  const values = new Map<string, Uint8Array | undefined>()
  const takeAccount = (key: string, address: Uint8Array): void => {
    if (!accounts.has(key)) accounts.set(key, plain(source.account(key, address)))
  }
  const takeIdentity = (key: string, address: Uint8Array): void => {
    identities.set(key, source.identity(key, address))
    values.set(nameOf('identity', `\u0001${key}`), identities.get(key))
  }
  for (const candidate of candidates) {
    const { sender, coSigners = [] } = candidate.transaction.body
    takeAccount(candidate.senderKey, sender)
    takeIdentity(candidate.senderKey, sender)
    for (const address of coSigners) takeIdentity(hashKey(address), address)
    const access = candidate.plan(registry)?.access
    for (const { namespace, key } of [...(access?.reads ?? []), ...(access?.writes ?? [])])
      if (namespace !== 'accounts')
        values.set(nameOf(namespace, hashKey(key)), source.value(namespace, hashKey(key), key))
      else takeAccount(hashKey(key.subarray(1)), key.subarray(1))
  }
  const transactions = candidates.map(({ bytes, signaturesValid }) => ({ bytes, signaturesValid }))
  return { environment, transactions, accounts, identities, values }
}

function plain(account: Readonly<AccountRecord> | undefined): AccountRecord | undefined {
  return account === undefined ? undefined : { balance: account.balance, nonce: account.nonce }
}

/** Inside the worker: what was declared, and nothing else. The guard has refused anything else before it gets here. */
export function sourceOf({ accounts, identities, values }: ComponentRequest): StateSource {
  const found = <T>(map: ReadonlyMap<string, T>, key: string): T => {
    if (!map.has(key))
      throw new LedgerFault('MODULE_INVALID', 'the component reads a key that it was not given')
    return map.get(key) as T
  }
  return {
    account: (key) => found(accounts, key),
    identity: (key) => found(identities, key),
    value: (namespace, key) => found(values, nameOf(namespace, key)),
  }
}

export function candidatesOf({ transactions }: ComponentRequest): TransactionCandidate[] {
  return transactions.map(({ bytes, signaturesValid }) => {
    const candidate = TransactionCandidate.decode(bytes)
    candidate.signaturesValid = signaturesValid
    return candidate
  })
}
