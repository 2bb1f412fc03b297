/**
 * What a seller must not forget: agreements that it countersigned, purchases that were paid for, and uses of credentials.
 * Each is durable before the answer that rests on it leaves; one flush serves all that wait for it.
 */
import { mkdirSync } from 'node:fs'
import type { CounterCommit, CounterOperation, CounterStore } from '@symbolon/credentials'
import { MemoryCounterStore } from '@symbolon/credentials'
import { Journal } from '@symbolon/journal'
import { MARKET_RECORD_BYTES_MAX } from '@symbolon/market'
import {
  boolean,
  bytes,
  decode,
  encode,
  fixedBytes,
  type Hash,
  hash,
  hashKey,
  list,
  optional,
  record,
  text,
  u64,
  uint,
  union,
} from '@symbolon/primitives'

const operation = record('counter-operation', {
  advance: [1, boolean],
  key: [2, text(128)],
  amount: [3, u64('amount')],
  limit: [4, optional(u64('limit'))],
  expiresAt: [5, optional(uint())],
})

const entry = union('seller-entry', {
  /** Quote and commitment, both signed by both; the offer's descriptor is found by the quote. */
  committed: [
    1,
    record('committed', {
      quote: [1, bytes(1, MARKET_RECORD_BYTES_MAX)],
      commitment: [2, bytes(1, MARKET_RECORD_BYTES_MAX)],
    }),
  ],
  /** The challenge of this quote was paid in this channel and its credential presented. */
  authenticated: [2, record('authenticated', { quote: [1, hash], channel: [2, hash] })],
  counted: [3, record('counted', { operations: [1, list(operation, 64)], now: [2, uint()] })],
  /** A use of a credential was counted for this request: the same request again is not counted again. */
  granted: [4, record('granted', { request: [1, fixedBytes(32)], expiresAt: [2, uint()] })],
  /** A challenge was paid: the preimage that the payer got, so that a repeated request after a crash is still answered. */
  paid: [5, record('paid', { paymentHash: [1, hash], preimage: [2, fixedBytes(32)] })],
})

export interface CommittedPurchase {
  readonly quote: Uint8Array
  readonly commitment: Uint8Array
}

export class SellerJournal implements CounterStore {
  readonly #journal: Journal
  readonly #counters = new MemoryCounterStore()
  readonly #granted = new Map<string, number>()
  /** Read back at start: agreements in the order in which they were made. */
  readonly committed: CommittedPurchase[] = []
  /** Quote digest → channel in which it was paid. */
  readonly authenticated = new Map<string, Hash>()

  private constructor(journal: Journal) {
    this.#journal = journal
  }

  /** Errors: those of the journal. */
  static open(directory: string, sync: 'fdatasync' | 'none' = 'fdatasync'): SellerJournal {
    mkdirSync(directory, { recursive: true })
    const journal = Journal.open({ directory, sync })
    const self = new SellerJournal(journal)
    for (const { record: bytes } of journal.entries()) {
      const { kind, body } = decode(entry, bytes)
      if (kind === 'committed') self.committed.push(body)
      else if (kind === 'authenticated') self.authenticated.set(hashKey(body.quote), body.channel)
      else if (kind === 'granted') self.#granted.set(hashKey(body.request), body.expiresAt)
      else if (kind === 'counted') self.#counters.commit(body.operations.map(readOperation), body.now)
    }
    return self
  }

  async commitPurchase(purchase: CommittedPurchase): Promise<void> {
    this.#journal.append(encode(entry, { kind: 'committed', body: purchase }))
    await this.#journal.flush()
  }

  async authenticate(quote: Hash, channel: Hash): Promise<void> {
    if (this.authenticated.has(hashKey(quote))) return
    this.#journal.append(encode(entry, { kind: 'authenticated', body: { quote, channel } }))
    await this.#journal.flush()
    this.authenticated.set(hashKey(quote), channel)
  }

  /** True if this request was counted before, in this life or an earlier one. */
  wasGranted(request: Uint8Array, now: number): boolean {
    const expiresAt = this.#granted.get(hashKey(request))
    return expiresAt !== undefined && expiresAt >= now
  }

  /** Remembers that the request was counted. Becomes durable with the counters, which are flushed next. */
  grant(request: Uint8Array, expiresAt: number, now: number): void {
    this.#journal.append(encode(entry, { kind: 'granted', body: { request, expiresAt } }))
    this.#granted.set(hashKey(request), expiresAt)
    if (this.#granted.size % 1_024 === 0)
      for (const [key, until] of this.#granted) if (until < now) this.#granted.delete(key)
  }

  /** Durable counters: the check and the count are one synchronous step, the answer waits for the disk. */
  async commit(operations: readonly CounterOperation[], now: number): Promise<CounterCommit> {
    const committed = await this.#counters.commit(operations, now)
    if (!committed.committed || operations.length === 0) return committed
    this.#journal.append(
      encode(entry, { kind: 'counted', body: { operations: operations.map(writeOperation), now } }),
    )
    await this.#journal.flush()
    return committed
  }

  async flush(): Promise<void> {
    await this.#journal.flush()
  }

  async close(): Promise<void> {
    await this.#journal.close()
  }
}

interface StoredOperation {
  advance: boolean
  key: string
  amount: bigint
  limit?: bigint | undefined
  expiresAt?: number | undefined
}

function writeOperation(of: CounterOperation): StoredOperation {
  const expiresAt = of.expiresAt === undefined ? {} : { expiresAt: of.expiresAt }
  return of.kind === 'add'
    ? { advance: false, key: of.key, amount: of.amount, limit: of.limit, ...expiresAt }
    : { advance: true, key: of.key, amount: of.to, ...expiresAt }
}

function readOperation(of: StoredOperation): CounterOperation {
  return of.advance
    ? { kind: 'advance', key: of.key, to: of.amount, expiresAt: of.expiresAt }
    : { kind: 'add', key: of.key, amount: of.amount, limit: of.limit ?? 0n, expiresAt: of.expiresAt }
}
