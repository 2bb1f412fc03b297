/**
 * A token bucket per client. Buckets of quiet clients are forgotten, so that memory is bounded by the clients that were
 * active in the last refill time, and hard-bounded by RATE_ADDRESSES_MAX.
 */
import { RATE_ADDRESSES_MAX } from '../limits.ts'

export class RateLimiter {
  readonly #buckets = new Map<string, { tokens: number; at: number }>()
  readonly #perSecond: number
  readonly #burst: number
  readonly #now: () => number

  /** @param now milliseconds, monotonic */
  constructor(perSecond: number, burst: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#now = now
  }

  /** Clients that are remembered. */
  get size(): number {
    return this.#buckets.size
  }

  /** True if the client may do something that costs `units` (at most the burst is charged); false costs nothing. */
  take(client: string, units = 1): boolean {
    const now = this.#now()
    const bucket = this.#buckets.get(client) ?? { tokens: this.#burst, at: now }
    bucket.tokens = Math.min(this.#burst, bucket.tokens + ((now - bucket.at) / 1_000) * this.#perSecond)
    bucket.at = now
    // Re-inserted, so that the map stays in order of last use and the quiet ones are at its front.
    this.#buckets.delete(client)
    this.#buckets.set(client, bucket)
    this.#forget(now)
    const cost = Math.min(units, this.#burst)
    if (bucket.tokens < cost) return false
    bucket.tokens -= cost
    return true
  }

  #forget(now: number): void {
    const refillMs = (this.#burst / this.#perSecond) * 1_000
    for (const [client, bucket] of this.#buckets) {
      if (now - bucket.at < refillMs && this.#buckets.size <= RATE_ADDRESSES_MAX) return
      this.#buckets.delete(client)
    }
  }
}
