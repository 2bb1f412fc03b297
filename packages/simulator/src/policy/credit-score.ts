/** The Sweep Credit Score, 0 … 850 (TRU-087 … 094), in the readings of the Notes. */
import type { Identity } from '../world/agent.ts'

export interface CreditFile {
  /** Share of obligations paid on time, by amount, 0 … 1; 0 for a thin file. */
  readonly payment: number
  /** n · personalised PageRank: 1 is the mean of the graph. */
  readonly citation: number
  /** Distinct agents that support this one; fewer than eight count as none. */
  readonly attesters: number
  readonly identity: Identity
  /** Seed weight of the active anchors behind the agent, basis points. */
  readonly backingBp: number
  /** Used share of the credit line, 0 … 1; undefined before the first line. */
  readonly utilisation: number | undefined
  readonly days: number
}

const ATTESTERS_MIN = 8
const TIERS = { unverified: 0.15, attested: 0.4, verified: 0.7 } as const
/** Cap of an identity on every score (TRU-084), thousandths. */
export const IDENTITY_CAPS = { unverified: 350, attested: 850, verified: 1_000 } as const

const unit = (value: number): number => Math.max(0, Math.min(1, value))

/** Integer, rounded down, capped by identity: 297, 722 or 850 at most. */
export function creditScore(file: CreditFile): number {
  const citation = file.attesters < ATTESTERS_MIN ? 0 : unit(file.citation / 4)
  const health = file.utilisation === undefined ? 0 : unit(1 - Math.abs(file.utilisation - 0.3) / 0.7)
  const score =
    850 *
    (0.35 * unit(file.payment) +
      0.15 * citation +
      0.15 * TIERS[file.identity] +
      0.15 * unit(file.backingBp / 5_000) +
      0.1 * health +
      0.1 * unit(file.days / 365))
  // A millionth against binary fractions: 0.15 · 0.7 must not lose a point to representation.
  return Math.min(Math.floor(score + 1e-6), Math.floor((850 * IDENTITY_CAPS[file.identity]) / 1_000))
}
