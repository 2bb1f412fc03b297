/**
 * What a stateful caveat asks of the verifier's counters.
 *
 * `add` raises a counter by `amount` unless that would pass `limit`; `advance` sets a counter to `to` unless that
 * is not greater than what it holds. A counter that is not there holds 0 and has never been advanced.
 */
export type CounterOperation =
  | {
      readonly kind: 'add'
      readonly key: string
      readonly amount: bigint
      readonly limit: bigint
      readonly expiresAt: number | undefined
    }
  | {
      readonly kind: 'advance'
      readonly key: string
      readonly to: bigint
      readonly expiresAt: number | undefined
    }

export type CounterCommit =
  | { readonly committed: true }
  /** Nothing was changed; `refusedIndex` is the first operation that could not be done. */
  | { readonly committed: false; readonly refusedIndex: number }

/**
 * Counters behind stateful caveats.
 *
 * - **Atomic**: all operations of a commit happen or none does, as seen by every other commit (CAV-10). Two requests
 *   racing for one remaining use are two commits; exactly one is committed.
 * - **Sequential within a commit**: a key named twice is added to twice.
 * - **Durable before it returns**, in a store that claims durability: what was granted on a commit must still count
 *   after a crash, or the holder is served twice.
 * - `expiresAt` (Unix seconds) is the last instant at which anyone can present a credential that touches the key;
 *   a store may forget the counter after it, never before. Undefined: never.
 *
 * Keys are lower-case hexadecimal digests of 64 characters and reveal nothing about the credential.
 */
export interface CounterStore {
  /** `now` is Unix seconds. May throw COUNTER_STORE_FULL, in which case nothing was changed. */
  commit(operations: readonly CounterOperation[], now: number): CounterCommit | Promise<CounterCommit>
}
