/** What a ranking knows about each provider and about the buyer. All integers. */
import type { Address, Amount } from '@symbolon/primitives'

export interface Candidate {
  readonly provider: Address
  /** Base units for the whole task at the quoted or posted price. */
  readonly taskCost: Amount
  /** Base units that choosing it costs beside the price: opening or rebalancing a channel (PS-7). */
  readonly switchingCost?: Amount
  /** Measured latency at p95, milliseconds. */
  readonly latencyMs: number
  readonly reputationPpm: number
  /** Age of the price, milliseconds. */
  readonly priceAgeMs: number
  /** Own experience, from ProviderHistory: 0 = none or good, 1,000,000 = always fails. */
  readonly historyPenaltyPpm?: number
  /** Over its latency budget in three windows in a row (LB-11): ranked after everybody who is not. */
  readonly demoted?: boolean
}

/** Hard gates (PS-1). */
export interface Gates {
  readonly latencyCeilingMs: number
  readonly taskCostMax: Amount
  readonly reputationMinPpm: number
}

/** Read again before every selection: each dispatch changes it (PS-6). */
export interface Runway {
  readonly remaining: Amount
  readonly initial: Amount
  /** Tasks still to be paid from `remaining`, this one included; at least 1. */
  readonly tasksRemaining: bigint
  /** Share of the time to the deadline that is used up, ppm; 0 without a deadline. */
  readonly deadlinePressurePpm: number
}
