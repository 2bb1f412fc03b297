/**
 * The state after the last committed block: what the flat state holds, overlaid with what it may not hold yet. Decoded accounts
 * are kept beyond that, because nearly every transaction reads two of them and a read from disk costs as much as executing.
 *
 * Authority: an entry changed at a height above `flushed` is the only copy and is never evicted; any other is a cache.
 */
import { type Address, decode, encode, hashKey } from '@symbolon/primitives'
import {
  type AccountRecord,
  accountKey,
  accountRecord,
  identityKey,
  type Namespace,
} from '@symbolon/protocol'
import { ACCOUNTS_CACHED_MAX } from '../limits.ts'
import type { FlatState, StateChanges } from './flat-state.ts'

/** Where execution reads from. Keys come twice: as the map key (hashKey of the bytes) and as bytes. */
export interface StateSource {
  /** Undefined if there is no such account. `key` is hashKey(address). What is returned changes with the next commit. */
  account(key: string, address: Uint8Array): Readonly<AccountRecord> | undefined
  /** The encoded identity record; `key` is hashKey(address). */
  identity(key: string, address: Uint8Array): Uint8Array | undefined
  /** Any namespace but accounts. */
  value(namespace: Namespace, key: string, bytes: Uint8Array): Uint8Array | undefined
}

interface CachedAccount extends AccountRecord {
  /** Of the block that changed it last; 0 if it was read from the flat state. */
  height: bigint
}

interface RecentValue {
  readonly value: Uint8Array | undefined
  readonly height: bigint
}

/** An account as a block left it. */
export interface ChangedAccount extends AccountRecord {
  readonly key: string
}

export class CommittedState implements StateSource {
  readonly #flat: FlatState
  readonly #accounts = new Map<string, CachedAccount>()
  /** Identity records by hashKey(address); null where there is none. */
  readonly #identities = new Map<string, Uint8Array | null>()
  readonly #recent = new Map<Namespace, Map<string, RecentValue>>()
  #flushed = 0n

  constructor(flat: FlatState) {
    this.#flat = flat
  }

  account(key: string, address: Uint8Array): Readonly<AccountRecord> | undefined {
    const cached = this.#accounts.get(key)
    if (cached !== undefined) return cached
    const encoded = this.#flat.get('accounts', accountKey(address as Address))
    if (encoded === undefined) return undefined
    const account: CachedAccount = { ...decode(accountRecord, encoded), height: 0n }
    this.#accounts.set(key, account)
    return account
  }

  /** Every transaction asks for its sender's record, and most senders have none: that too is remembered. */
  identity(key: string, address: Uint8Array): Uint8Array | undefined {
    const cached = this.#identities.get(key)
    if (cached !== undefined) return cached ?? undefined
    const bytes = identityKey(address as Address)
    const record = this.value('identity', hashKey(bytes), bytes)
    if (this.#identities.size >= ACCOUNTS_CACHED_MAX) this.#identities.clear()
    this.#identities.set(key, record ?? null)
    return record
  }

  value(namespace: Namespace, key: string, bytes: Uint8Array): Uint8Array | undefined {
    const recent = this.#recent.get(namespace)?.get(key)
    return recent === undefined ? this.#flat.get(namespace, bytes) : recent.value
  }

  /** Any namespace, encoded. */
  get(namespace: Namespace, key: Uint8Array): Uint8Array | undefined {
    if (namespace !== 'accounts') return this.value(namespace, hashKey(key), key)
    const address = key.subarray(1)
    const account = key.length === 33 && key[0] === 1 ? this.account(hashKey(address), address) : undefined
    return account === undefined
      ? undefined
      : encode(accountRecord, { balance: account.balance, nonce: account.nonce })
  }

  /** Takes over what a block changed. */
  advance(height: bigint, accounts: readonly ChangedAccount[], changes: StateChanges): void {
    for (let i = 0; i < accounts.length; i++) {
      const { key, balance, nonce } = accounts[i] as ChangedAccount
      const cached = this.#accounts.get(key)
      if (cached === undefined) this.#accounts.set(key, { balance, nonce, height })
      else {
        // In place: the same accounts change again and again, and a new record each would only feed the garbage collector.
        cached.balance = balance
        cached.nonce = nonce
        cached.height = height
      }
    }
    for (const [namespace, list] of Object.entries(changes) as [Namespace, StateChanges[Namespace]][]) {
      if (namespace === 'accounts' || list.length === 0) continue
      let recent = this.#recent.get(namespace)
      if (recent === undefined) {
        recent = new Map()
        this.#recent.set(namespace, recent)
      }
      for (const { key, value } of list) {
        recent.set(hashKey(key), { value, height })
        if (namespace === 'identity' && key.length === 33)
          this.#identities.set(hashKey(key.subarray(1)), value ?? null)
      }
    }
    if (this.#accounts.size > ACCOUNTS_CACHED_MAX) this.#evict()
  }

  /** The flat state now holds everything up to `height`; what is not newer may be forgotten. O(entries newer than the last). */
  flushed(height: bigint): void {
    this.#flushed = height
    for (const recent of this.#recent.values())
      for (const [key, entry] of recent) if (entry.height <= height) recent.delete(key)
  }

  /** Drops the accounts that were cached first, until a quarter is free or only unflushed ones are left. */
  #evict(): void {
    const target = (ACCOUNTS_CACHED_MAX * 3) / 4
    for (const [key, account] of this.#accounts) {
      if (this.#accounts.size <= target) return
      if (account.height <= this.#flushed) this.#accounts.delete(key)
    }
  }
}
