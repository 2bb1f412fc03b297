/** Measured latencies of one provider and phase, and demotion of those who are persistently slow (LB-11). */
import { MarketError } from '../errors.ts'
import {
  DEMOTION_PERCENT,
  DEMOTION_WINDOWS,
  LATENCY_WINDOW_CYCLES_MAX,
  LATENCY_WINDOW_CYCLES_MIN,
} from '../limits.ts'

/** Nearest-rank percentile: the smallest value that at least `percent` % of the sorted values do not exceed. */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  const rank = Math.max(1, Math.ceil((sorted.length * percent) / 100))
  return sorted[rank - 1] ?? 0
}

/** Strictly over 120 % of the sub-budget; multiplied out, so a budget of 150 ms tolerates exactly 180. */
export function overBudget(p95Ms: number, subBudgetMs: number): boolean {
  return p95Ms * 100 > subBudgetMs * DEMOTION_PERCENT
}

/** Consecutive windows, each of a fixed number of cycles. Memory: 4 bytes per cycle. */
export class LatencyWindow {
  readonly #cycles: Uint32Array
  readonly #subBudgetMs: number
  #filled = 0
  #over = 0
  #summary: { p50: number; p95: number; p99: number } | undefined

  /** Errors: LATENCY_WINDOW_SIZE unless 100 … 500 cycles. */
  constructor(subBudgetMs: number, cycles: number = LATENCY_WINDOW_CYCLES_MIN) {
    if (!Number.isInteger(cycles) || cycles < LATENCY_WINDOW_CYCLES_MIN || cycles > LATENCY_WINDOW_CYCLES_MAX)
      throw new MarketError(
        'LATENCY_WINDOW_SIZE',
        `a window has ${LATENCY_WINDOW_CYCLES_MIN} to ${LATENCY_WINDOW_CYCLES_MAX} cycles, not ${cycles}`,
      )
    this.#subBudgetMs = subBudgetMs
    this.#cycles = new Uint32Array(cycles)
  }

  /** Adds one cycle, milliseconds; longer ones than 49 days count as 49 days. */
  add(latencyMs: number): void {
    this.#cycles[this.#filled++] = Math.min(Math.ceil(latencyMs), 0xffff_ffff)
    if (this.#filled < this.#cycles.length) return
    this.#filled = 0
    const sorted = this.#cycles.slice().sort()
    this.#summary = { p50: percentile(sorted, 50), p95: percentile(sorted, 95), p99: percentile(sorted, 99) }
    this.#over = overBudget(this.#summary.p95, this.#subBudgetMs) ? this.#over + 1 : 0
  }

  /** Of the newest full window, milliseconds; undefined before the first. */
  get summary(): { readonly p50: number; readonly p95: number; readonly p99: number } | undefined {
    return this.#summary
  }

  /** True from the third window in a row over budget until one is not. */
  get demoted(): boolean {
    return this.#over >= DEMOTION_WINDOWS
  }
}
