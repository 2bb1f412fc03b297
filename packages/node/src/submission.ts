/**
 * From bytes to the mempool, and from there to an answer.
 *
 * Signatures of transactions that arrive together are verified together: submissions gather for one turn of the event loop
 * and go to the verifier threads as one batch, so a busy node pays for messages between threads once per batch.
 *
 * A transaction is identified by its body, so repeating a submission after a lost answer is safe: known identifiers
 * answer with what became of them.
 */

import { type Ledger, TransactionCandidate } from '@symbolon/ledger'
import { type Hash, hashKey, SchemaError, SymbolonError } from '@symbolon/primitives'
import type { Receipt } from '@symbolon/protocol'
import { FINAL_WAIT_MS } from './limits.ts'
import { MempoolError } from './mempool/errors.ts'
import type { Mempool } from './mempool/mempool.ts'

export interface Outcome {
  readonly height: bigint
  readonly receipt: Receipt
}

interface Waiter {
  readonly resolve: (outcome: Outcome | undefined) => void
  readonly reject: (error: SymbolonError) => void
  readonly timer: NodeJS.Timeout
}

export interface SubmissionOptions {
  readonly ledger: Ledger
  readonly mempool: Mempool<TransactionCandidate>
  /** What became of a transaction that is final. */
  readonly find: (id: Hash) => Outcome | undefined
  readonly wake: () => void
}

export class Submission {
  readonly #options: SubmissionOptions
  readonly #waiters = new Map<string, Set<Waiter>>()
  #closed: SymbolonError | undefined
  #gathering: { candidate: TransactionCandidate; done: (error?: unknown) => void }[] = []

  constructor(options: SubmissionOptions) {
    this.#options = options
  }

  /**
   * Checks a transaction and takes it into the mempool.
   * Errors, in order: NODE_STOPPING or NODE_FAILED, TRANSACTION_MALFORMED, TRANSACTION_FRAME … (see `checkTransaction`), then
   * those of the mempool.
   */
  async accept(bytes: Uint8Array): Promise<TransactionCandidate> {
    if (this.#closed !== undefined) throw this.#closed
    const candidate = this.#decode(bytes)
    const { ledger, mempool, wake, find } = this.#options
    // A known transaction needs no second look; its submitter only lost the answer.
    if (mempool.has(candidate.id)) return candidate
    await this.#verify(candidate)
    if (this.#closed !== undefined) throw this.#closed
    const refusal = ledger.check(candidate, { gapAllowed: true })
    if (refusal !== undefined) {
      // A final one has used its nonce, so it is always refused: the index is only asked then, not for every newcomer.
      if (find(candidate.id) !== undefined) return candidate
      throw new SymbolonError(refusal.code, refusal.message)
    }
    try {
      for (const id of mempool.add(candidate))
        this.#settle(
          id,
          new SymbolonError(
            'TRANSACTION_DROPPED',
            'it was replaced, or had to make room for a better-paying one',
          ),
        )
    } catch (error) {
      if (!(error instanceof MempoolError) || error.code !== 'TRANSACTION_KNOWN') throw error
    }
    wake()
    return candidate
  }

  /**
   * Waits until the transaction is final. Undefined if that takes longer than FINAL_WAIT_MS.
   * Rejects with TRANSACTION_DROPPED, NODE_STOPPING, NODE_FAILED.
   */
  final(id: Hash): Promise<Outcome | undefined> {
    const known = this.#options.find(id)
    if (known !== undefined) return Promise.resolve(known)
    if (this.#closed !== undefined) return Promise.reject(this.#closed)
    return new Promise((resolve, reject) => {
      const key = hashKey(id)
      const waiters = this.#waiters.get(key) ?? new Set()
      const timer = setTimeout(() => {
        waiters.delete(waiter)
        if (waiters.size === 0 && this.#waiters.get(key) === waiters) this.#waiters.delete(key)
        resolve(undefined)
      }, FINAL_WAIT_MS)
      const waiter = { resolve, reject, timer }
      this.#waiters.set(key, waiters.add(waiter))
    })
  }

  /** A block is final: answers those who wait for its transactions. */
  included(receipts: readonly Receipt[], height: bigint): void {
    if (this.#waiters.size === 0) return
    for (const receipt of receipts) this.#settle(receipt.transaction as Hash, { height, receipt })
  }

  dropped(candidate: TransactionCandidate, code: string, message: string): void {
    this.#settle(candidate.id, new SymbolonError(code, message))
  }

  /** Nothing is taken any more, and whoever waits is told why. What is not in a checkpoint by now may still be in the next one. */
  close(reason: SymbolonError): void {
    this.#closed ??= reason
    for (const waiters of this.#waiters.values())
      for (const { reject, timer } of waiters) {
        clearTimeout(timer)
        reject(this.#closed)
      }
    this.#waiters.clear()
  }

  #settle(id: Hash, outcome: Outcome | SymbolonError): void {
    const key = hashKey(id)
    const waiters = this.#waiters.get(key)
    if (waiters === undefined) return
    this.#waiters.delete(key)
    for (const { resolve, reject, timer } of waiters) {
      clearTimeout(timer)
      if (outcome instanceof SymbolonError) reject(outcome)
      else resolve(outcome)
    }
  }

  #decode(bytes: Uint8Array): TransactionCandidate {
    try {
      return TransactionCandidate.decode(bytes)
    } catch (cause) {
      if (!(cause instanceof SchemaError)) throw cause
      throw new SymbolonError('TRANSACTION_MALFORMED', `not a canonical transaction: ${cause.message}`, {
        cause,
      })
    }
  }

  #verify(candidate: TransactionCandidate): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#gathering.push({ candidate, done: (error) => (error === undefined ? resolve() : reject(error)) })
      if (this.#gathering.length > 1) return
      setImmediate(() => {
        const batch = this.#gathering
        this.#gathering = []
        this.#options.ledger.verifySignatures(batch.map((one) => one.candidate)).then(
          () => {
            for (const { done } of batch) done()
          },
          (error: unknown) => {
            for (const { done } of batch) done(error)
          },
        )
      })
    })
  }
}
