import { CredentialError } from '../errors.ts'
import { COUNTERS_MAX } from '../limits.ts'
import type { CounterCommit, CounterOperation, CounterStore } from './counter-store.ts'

interface Counter {
  value: bigint
  expiresAt: number
}

/**
 * Counters in memory, for one process that may forget them when it stops. A commit runs to completion before any
 * other code, which makes it atomic.
 *
 * PERF: when full, one pass over all counters drops the expired ones, at most once per second of `now`.
 */
export class MemoryCounterStore implements CounterStore {
  readonly #counterByKey = new Map<string, Counter>()
  readonly #countersMax: number
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor(countersMax: number = COUNTERS_MAX) {
    this.#countersMax = countersMax
  }

  /** Counters held now, expired ones included until they are swept. */
  get size(): number {
    return this.#counterByKey.size
  }

  /** What a counter holds; 0n if it was never written. */
  valueOf(key: string): bigint {
    return this.#counterByKey.get(key)?.value ?? 0n
  }

  /** @throws COUNTER_STORE_FULL: refusing service is safe, forgetting a live counter is not */
  commit(operations: readonly CounterOperation[], now: number): CounterCommit {
    // New values are worked out aside first, so that a refusal or a full store leaves nothing behind.
    const values = new Map<string, bigint>()
    for (const [index, operation] of operations.entries()) {
      const held = values.get(operation.key) ?? this.#counterByKey.get(operation.key)?.value
      if (operation.kind === 'add') {
        const raised = (held ?? 0n) + operation.amount
        if (raised > operation.limit) return { committed: false, refusedIndex: index }
        values.set(operation.key, raised)
      } else {
        if (held !== undefined && operation.to <= held) return { committed: false, refusedIndex: index }
        values.set(operation.key, operation.to)
      }
    }
    this.#makeRoom(values, now)
    for (const operation of operations) {
      const expiresAt = operation.expiresAt ?? Number.POSITIVE_INFINITY
      const counter = this.#counterByKey.get(operation.key)
      const value = values.get(operation.key)!
      if (counter === undefined) this.#counterByKey.set(operation.key, { value, expiresAt })
      else {
        counter.value = value
        counter.expiresAt = Math.max(counter.expiresAt, expiresAt)
      }
    }
    return { committed: true }
  }

  #makeRoom(values: ReadonlyMap<string, bigint>, now: number): void {
    let added = 0
    for (const key of values.keys()) if (!this.#counterByKey.has(key)) added++
    if (added === 0 || this.#counterByKey.size + added <= this.#countersMax) return
    if (now > this.#sweptAt) {
      this.#sweptAt = now
      for (const [key, counter] of this.#counterByKey)
        if (counter.expiresAt < now && !values.has(key)) this.#counterByKey.delete(key)
    }
    if (this.#counterByKey.size + added > this.#countersMax)
      throw new CredentialError(
        'COUNTER_STORE_FULL',
        `the store holds COUNTERS_MAX = ${this.#countersMax} live counters; shorten expiries or raise the bound`,
        { details: { bound: this.#countersMax } },
      )
  }
}
