/**
 * A sliding window over a flow of base units.
 *
 * Exact sums need one entry per payment; instead, payments of one step share an entry, and an entry counts until the
 * newest payment it may hold has left the window. So the window never admits more than an exact one; up to
 * WINDOW_STEPS seconds a step is one second and the two are the same. Memory: at most WINDOW_STEPS + 1 entries.
 */
import type { Amount } from '@symbolon/primitives'
import { WINDOW_STEPS } from '../limits.ts'
import { lesser } from './lesser.ts'
import type { RateWindow } from './mandate.ts'

interface Entry {
  step: number
  sum: Amount
}

export class SlidingWindow {
  readonly limit: Amount
  readonly #seconds: number
  /** Seconds per step. */
  readonly #width: number
  /** Ascending by step; entries before #first have left. */
  #entries: Entry[] = []
  #first = 0
  #sum: Amount = 0n

  constructor(of: RateWindow) {
    this.limit = of.limit
    this.#seconds = Number(of.seconds)
    this.#width = Math.ceil(this.#seconds / WINDOW_STEPS)
  }

  /** Base units that count at `now` (Unix seconds, never less than in an earlier call). */
  sum(now: number): Amount {
    let entry = this.#entries[this.#first]
    while (entry !== undefined && this.#leavesAt(entry) <= now) {
      this.#sum -= entry.sum
      entry = this.#entries[++this.#first]
    }
    // Amortised: each entry is moved at most once per WINDOW_STEPS departures.
    if (this.#first > WINDOW_STEPS) {
      this.#entries = this.#entries.slice(this.#first)
      this.#first = 0
    }
    return this.#sum
  }

  add(now: number, amount: Amount): void {
    if (amount === 0n) return
    const step = Math.floor(now / this.#width)
    const last = this.#entries.at(-1)
    if (last !== undefined && last.step >= step && this.#entries.length > this.#first) last.sum += amount
    else this.#entries.push({ step, sum: amount })
    this.#sum += amount
  }

  /** Takes back what was added at `at` and did not flow after all; nothing if it has left the window. */
  credit(at: number, amount: Amount): void {
    const step = Math.floor(at / this.#width)
    for (let i = this.#entries.length - 1; i >= this.#first; i--) {
      const entry = this.#entries[i]
      if (entry === undefined || entry.step < step) return
      if (entry.step > step) continue
      const returned = lesser(amount, entry.sum)
      entry.sum -= returned
      this.#sum -= returned
      return
    }
  }

  /** The first second at which `amount` fits if nothing else flows; undefined if it never does. */
  fitsAt(now: number, amount: Amount): number | undefined {
    if (amount > this.limit) return undefined
    let sum = this.sum(now)
    let at = now
    for (let i = this.#first; sum + amount > this.limit; i++) {
      const entry = this.#entries[i]
      if (entry === undefined) return undefined
      sum -= entry.sum
      at = this.#leavesAt(entry)
    }
    return at
  }

  #leavesAt({ step }: Entry): number {
    return (step + 1) * this.#width - 1 + this.#seconds
  }
}
