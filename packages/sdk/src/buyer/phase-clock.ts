/**
 * The time of a purchase (`ch09-10` LB-1…LB-12): an envelope, a minimum cost per phase, and at every boundary the rule
 * steal-or-fail: slack = envelope − elapsed − Σ minimum cost of the phases still to come. A phase may run into the slack and is
 * cancelled at its end, because a purchase that cannot finish in time should fail while nothing, or little, is paid.
 * Streaming is not in the envelope: its length is what was bought.
 */
import { SdkError } from '../errors.ts'

export const PHASES = [
  'discovery',
  'negotiation',
  'quote',
  'commitment',
  'channel',
  'authentication',
  'stream',
  'settlement',
] as const
export type PhaseName = (typeof PHASES)[number]

export interface PhaseBudget {
  /** Milliseconds from the decision to buy to the first unit paid, margin taken off (LB-3). */
  readonly envelopeMs: number
  /** Least that each phase takes: what must be left for it when it begins. */
  readonly minimumMs: Readonly<Record<PhaseName, number>>
}

/** Warm: the channel exists. Cold: it has to be opened on the frame first. */
export const WARM_BUDGET: PhaseBudget = {
  envelopeMs: 720,
  minimumMs: {
    discovery: 1,
    negotiation: 0,
    quote: 1,
    commitment: 1,
    channel: 1,
    authentication: 2,
    stream: 1,
    settlement: 0,
  },
}
export const COLD_BUDGET: PhaseBudget = {
  envelopeMs: 30_000,
  minimumMs: { ...WARM_BUDGET.minimumMs, channel: 10 },
}

export interface PhaseDecision {
  readonly phase: PhaseName
  /** Milliseconds left over for this phase beyond its minimum; at or below 0 the purchase is cancelled. */
  readonly slackMs: number
  readonly outcome: 'continue' | 'cancel'
}

export class PhaseClock {
  readonly #now: () => number
  readonly #started: number
  readonly #onDecision: (decision: PhaseDecision) => void
  #budget: PhaseBudget
  /** Milliseconds that each phase took so far. */
  readonly took: Partial<Record<PhaseName, number>> = {}

  /** @param now monotonic milliseconds */
  constructor(
    budget: PhaseBudget,
    now: () => number = () => performance.now(),
    onDecision: (decision: PhaseDecision) => void = () => {},
  ) {
    this.#budget = budget
    this.#now = now
    this.#started = now()
    this.#onDecision = onDecision
  }

  get elapsedMs(): number {
    return this.#now() - this.#started
  }

  /** A purchase turns out to be cold: it gets the other profile (LB-7). */
  use(budget: PhaseBudget): void {
    this.#budget = budget
  }

  /** Worked example 27: envelope 800, elapsed 780, 785, 790, downstream minimum 15 → slack +5, 0, −5. */
  slackMs(phase: PhaseName): number {
    const downstream = PHASES.slice(PHASES.indexOf(phase) + 1).reduce(
      (sum, name) => sum + this.#budget.minimumMs[name],
      0,
    )
    return this.#budget.envelopeMs - this.elapsedMs - downstream
  }

  /** Runs a phase with a deadline at its slack. Errors: PHASE_CANCELLED before it begins or while it runs; those of `work`. */
  async run<T>(phase: PhaseName, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const slackMs = this.slackMs(phase)
    this.#onDecision({ phase, slackMs, outcome: slackMs > 0 ? 'continue' : 'cancel' })
    if (slackMs <= 0) throw cancelled(phase, slackMs)
    const began = this.#now()
    const deadline = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      const expired = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          deadline.abort()
          this.#onDecision({ phase, slackMs: 0, outcome: 'cancel' })
          reject(cancelled(phase, 0))
        }, slackMs)
      })
      return await Promise.race([work(deadline.signal), expired])
    } finally {
      clearTimeout(timer)
      this.took[phase] = (this.took[phase] ?? 0) + this.#now() - began
    }
  }

  /** Runs a phase without a deadline, for its duration only. */
  async measure<T>(phase: PhaseName, work: () => Promise<T>): Promise<T> {
    const began = this.#now()
    try {
      return await work()
    } finally {
      this.took[phase] = (this.took[phase] ?? 0) + this.#now() - began
    }
  }
}

function cancelled(phase: PhaseName, slackMs: number): SdkError {
  return new SdkError(
    'PHASE_CANCELLED',
    `no time is left for ${phase} (slack ${Math.round(slackMs)} ms); raise the envelope or choose a nearer provider`,
    {
      details: { phase, slackMs },
    },
  )
}
