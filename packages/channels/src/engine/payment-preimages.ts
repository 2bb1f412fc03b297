/**
 * Preimages of conditional payments: what takes a payment to me from the ledger, and what proves for ever that one of mine was
 * made. Each is appended to the journal when it is learnt; the flush of what it belongs to makes it durable.
 */
import { equalBytes, type Hash, sha256 } from '@symbolon/primitives'
import type { Party } from '@symbolon/protocol'
import type { OperationBatch } from '../operation/apply.ts'
import type { EntryBody } from '../storage/entry.ts'

export class PaymentPreimages {
  readonly #kept: Uint8Array[]
  readonly #append: (body: EntryBody) => void

  constructor(stored: readonly Uint8Array[], append: (body: EntryBody) => void) {
    this.#kept = [...stored]
    this.#append = append
  }

  get all(): readonly Uint8Array[] {
    return this.#kept
  }

  /** The newest that hashes to it. PERF: one hash for each that is kept. */
  find(paymentHash: Hash): Uint8Array | undefined {
    return this.#kept.findLast((preimage) => equalBytes(sha256(preimage), paymentHash))
  }

  keep(preimage: Uint8Array): void {
    this.#kept.push(preimage)
    this.#append({ kind: 'preimage', body: { preimage } })
  }

  /** Those that the other side reveals: on disk together with the state that pays. */
  keepRevealed(batches: readonly OperationBatch[], own: Party): void {
    for (const { proposer, operations } of batches) {
      if (proposer === own) continue
      for (const { kind, body } of operations) if (kind === 'fulfilHtlc') this.keep(body.preimage)
    }
  }
}
