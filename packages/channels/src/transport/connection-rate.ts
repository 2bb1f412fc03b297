/** A token bucket per remote address. Pure but for its own memory; the time is passed in. */
export class ConnectionRate {
  readonly #perMinute: number
  readonly #addressesMax: number
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>()

  constructor(perMinute: number, addressesMax: number) {
    this.#perMinute = perMinute
    this.#addressesMax = addressesMax
  }

  /** Takes one token; false if the address has none left. */
  allow(address: string, nowMs: number): boolean {
    const bucket = this.#buckets.get(address) ?? { tokens: this.#perMinute, atMs: nowMs }
    const elapsedMs = Math.max(0, nowMs - bucket.atMs)
    const tokens = Math.min(this.#perMinute, bucket.tokens + (elapsedMs * this.#perMinute) / 60_000)
    // Insertion order is age: the oldest address is forgotten, which at worst grants it a new burst.
    this.#buckets.delete(address)
    this.#buckets.set(address, { tokens: tokens < 1 ? tokens : tokens - 1, atMs: nowMs })
    if (this.#buckets.size > this.#addressesMax)
      this.#buckets.delete(this.#buckets.keys().next().value as string)
    return tokens >= 1
  }
}
