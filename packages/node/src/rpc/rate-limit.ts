/**
 * A token bucket per remote address. Buckets of quiet addresses are forgotten, so that memory is bounded by the addresses
 * that were active in the last refill time, and hard-bounded by ADDRESSES_MAX.
 */
const ADDRESSES_MAX = 65_536

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

  /** True if the address may do one more; false costs nothing. */
  take(address: string): boolean {
    const now = this.#now()
    const bucket = this.#buckets.get(address) ?? { tokens: this.#burst, at: now }
    bucket.tokens = Math.min(this.#burst, bucket.tokens + ((now - bucket.at) / 1_000) * this.#perSecond)
    bucket.at = now
    // Re-inserted, so that the map stays in order of last use and the quiet ones are at its front.
    this.#buckets.delete(address)
    this.#buckets.set(address, bucket)
    this.#forget(now)
    if (bucket.tokens < 1) return false
    bucket.tokens -= 1
    return true
  }

  #forget(now: number): void {
    const refillMs = (this.#burst / this.#perSecond) * 1_000
    for (const [address, bucket] of this.#buckets) {
      if (now - bucket.at < refillMs && this.#buckets.size <= ADDRESSES_MAX) return
      this.#buckets.delete(address)
    }
  }
}
