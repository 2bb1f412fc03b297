/** What a benchmark is, and what it reports. */

/** How much is measured. Smoke runs the same code for a moment: its figures mean nothing. */
export interface Effort {
  readonly name: 'full' | 'smoke'
  /** Measured turns of every subject, after one that is not counted. */
  readonly rounds: number
  /** Length of a turn that is bounded by time. */
  readonly turnMs: number
  /** Factor on the sizes of turns that are bounded by count, 0 to 1. */
  readonly scale: number
}

export const EFFORTS: Readonly<Record<Effort['name'], Effort>> = {
  full: { name: 'full', rounds: 7, turnMs: 300, scale: 1 },
  smoke: { name: 'smoke', rounds: 1, turnMs: 10, scale: 1 / 64 },
}

export interface BenchmarkContext {
  readonly effort: Effort
  /** A folder of this benchmark alone on a real disk, removed afterwards. */
  readonly directory: string
}

/** One line of the table. Latencies (`ms`) have to be at or below their bar, everything else at or above. */
export interface Row {
  readonly name: string
  /** For people: what was counted. */
  readonly title: string
  /** Median of the turns; null if it was skipped. */
  readonly value: number | null
  readonly unit: '1/s' | 'ms'
  /** What this machine can do at most of it, in `unit`. */
  readonly ceiling: number | null
  /** What the other program does, in `unit`. */
  readonly peer: number | null
  /** Median of value ÷ peer, or value ÷ ceiling where there is no peer, of turns next to each other. */
  readonly ratio: number | null
  /** What the ratio is to. */
  readonly against: string
  readonly bar: number | null
  /** Whether the bar is on the ratio or on the value itself. */
  readonly barOn: 'ratio' | 'value' | null
  readonly met: boolean | null
  /** Turns, or single operations where the unit is ms. */
  readonly samples: number
  /** Median time of one operation, quantiles, sizes: whatever makes the figure readable. */
  readonly note: string
  /** Why there is no figure. */
  readonly skipped?: string
}

export interface Benchmark {
  /** Every row that `run` reports, in order. */
  readonly names: readonly string[]
  run(context: BenchmarkContext): Promise<Row[]>
}
