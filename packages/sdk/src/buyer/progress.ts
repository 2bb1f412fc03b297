/**
 * How far each purchase has come, durable: written whole after every step that cannot be repeated for free. After a crash the
 * loop continues behind the newest step; a paid challenge is presented again and not paid again, an open stream goes on
 * (`ch09-10` FR-3, FR-4).
 */
import { mkdirSync } from 'node:fs'
import { Journal } from '@symbolon/journal'
import { DESCRIPTOR_BYTES_MAX, MARKET_RECORD_BYTES_MAX } from '@symbolon/market'
import {
  address,
  bytes,
  decode,
  encode,
  fixedBytes,
  type Hash,
  hash,
  hashKey,
  type Infer,
  optional,
  record,
  text,
  u64,
  uint,
} from '@symbolon/primitives'

export const purchaseProgress = record('purchase-progress', {
  /** Quote digest: names the purchase. */
  id: [1, hash],
  provider: [2, address],
  url: [3, text(256)],
  channelUrl: [4, text(256)],
  descriptor: [5, bytes(1, DESCRIPTOR_BYTES_MAX)],
  quote: [6, bytes(1, MARKET_RECORD_BYTES_MAX)],
  commitment: [7, bytes(1, MARKET_RECORD_BYTES_MAX)],
  channel: [8, optional(hash)],
  warm: [9, optional(uint(1))],
  /** The challenge's header, before it is paid. */
  challenge: [10, optional(text(16_384))],
  preimage: [11, optional(fixedBytes(32))],
  authenticated: [12, optional(uint(1))],
  run: [13, optional(u64('run'))],
  settled: [14, optional(u64('units'))],
  /** Units that the stream paid, written before it is closed: a stream that is gone afterwards is not paid again. */
  streamed: [15, optional(u64('units'))],
  /** Given up before anything was paid. */
  abandoned: [16, optional(uint(1))],
})
export type PurchaseProgress = Infer<typeof purchaseProgress>

export class PurchaseJournal {
  readonly #journal: Journal
  readonly #progress = new Map<string, PurchaseProgress>()

  private constructor(journal: Journal) {
    this.#journal = journal
  }

  static open(directory: string, sync: 'fdatasync' | 'none' = 'fdatasync'): PurchaseJournal {
    mkdirSync(directory, { recursive: true })
    const self = new PurchaseJournal(Journal.open({ directory, sync }))
    for (const { record: stored } of self.#journal.entries()) {
      const progress = decode(purchaseProgress, stored)
      self.#progress.set(hashKey(progress.id), progress)
    }
    return self
  }

  /** Durable when it resolves. */
  async save(progress: PurchaseProgress): Promise<void> {
    this.#progress.set(hashKey(progress.id), progress)
    this.#journal.append(encode(purchaseProgress, progress))
    await this.#journal.flush()
  }

  get(id: Hash): PurchaseProgress | undefined {
    return this.#progress.get(hashKey(id))
  }

  /** Purchases that were interrupted after the agreement and before their settlement. */
  unfinished(): PurchaseProgress[] {
    return [...this.#progress.values()].filter(
      ({ settled, abandoned }) => settled === undefined && abandoned === undefined,
    )
  }

  /** Purchases that were received and paid in full, in the order in which they were agreed. */
  settled(): PurchaseProgress[] {
    return [...this.#progress.values()].filter(({ settled }) => settled !== undefined)
  }

  async close(): Promise<void> {
    await this.#journal.close()
  }
}
