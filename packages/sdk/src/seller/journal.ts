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
  /**
   * A use was counted, and for which request: one record, so that no crash can separate the count from the grant. The same
   * request again is served without being counted again.
   */
  counted: [
    3,
    record('counted', {
      operations: [1, list(operation, 64)],
      now: [2, uint()],
      grant: [
        3,
        optional(record('grant', { request: [1, hash], content: [2, hash], expiresAt: [3, uint()] })),
      ],
    }),
  ],
  /** A challenge was paid: the preimage that the payer got, so that a repeated request after a crash is still answered. */
  paid: [5, record('paid', { paymentHash: [1, hash], preimage: [2, fixedBytes(32)] })],
})

/** A request that was counted. The last two are of this life only: a crash loses the answers as well. */
export interface RequestGrant {
  /** Digest of everything that the request consists of beside its name. */
  readonly content: Hash
  /** Unix seconds, inclusive. */
  readonly expiresAt: number
  answered: boolean
  /** Answers that went out, were too long to be kept, and did not arrive whole. */
  undelivered: number
}

export interface CommittedPurchase {
  readonly quote: Uint8Array
  readonly commitment: Uint8Array
}

export class SellerJournal implements CounterStore {
  readonly #journal: Journal
  readonly #counters = new MemoryCounterStore()
  readonly #granted = new Map<string, RequestGrant>()
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
      else if (kind === 'counted') {
        self.#counters.commit(body.operations.map(readOperation), body.now)
        if (body.grant !== undefined) self.#remember(body.grant)
      }
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

  /** The grant of a request that was counted before, in this life or an earlier one. */
  grantOf(request: Hash, now: number): RequestGrant | undefined {
    const grant = this.#granted.get(hashKey(request))
    return grant !== undefined && grant.expiresAt >= now ? grant : undefined
  }

  /** Counters whose next commit also grants this request, in one durable step. */
  granting(grant: { request: Hash; content: Hash; expiresAt: number }): CounterStore {
    return { commit: (operations, now) => this.#commit(operations, now, grant) }
  }

  /** Durable counters: the check and the count are one synchronous step, the answer waits for the disk. */
  commit(operations: readonly CounterOperation[], now: number): Promise<CounterCommit> {
    return this.#commit(operations, now, undefined)
  }

  async #commit(
    operations: readonly CounterOperation[],
    now: number,
    grant: { request: Hash; content: Hash; expiresAt: number } | undefined,
  ): Promise<CounterCommit> {
    const committed = this.#counters.commit(operations, now)
    if (!committed.committed || operations.length === 0) return committed
    this.#journal.append(
      encode(entry, { kind: 'counted', body: { operations: operations.map(writeOperation), now, grant } }),
    )
    if (grant !== undefined) this.#remember(grant, now)
    await this.#journal.flush()
    return committed
  }

  /** Grants expire with their credentials, the oldest about first: forgetting from the front bounds them. */
  #remember(of: { request: Hash; content: Hash; expiresAt: number }, now = 0): void {
    for (const [key, { expiresAt }] of this.#granted) {
      if (expiresAt >= now) break
      this.#granted.delete(key)
    }
    const { request, content, expiresAt } = of
    this.#granted.set(hashKey(request), { content, expiresAt, answered: false, undelivered: 0 })
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
