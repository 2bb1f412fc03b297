/** Outcomes of one attack in several worlds as one row of a table. */
import type { AttackOutcome } from '../outcome/outcome.ts'

/** TRU-060: an attacker must lose at least a tenth of what he puts in. */
export const ROI_MAX = -0.1

export interface SimulationRow {
  readonly attack: string
  readonly scorer: string
  readonly policy: string
  readonly worlds: number
  /** Means over the worlds. */
  readonly detected: number
  readonly admitted: number
  readonly falsePositives: number
  readonly falsePositivesBefore: number
  readonly honestAdmitted: number
  readonly honestCredit: number
  readonly rmt: number
  readonly cost: number
  readonly benefit: number
  /** Of worlds in which a point was won at all; null if in none. */
  readonly costPerPoint: number | null
  readonly gainPerPoint: number | null
  readonly roi: number
  /** The best that the attacker reached in any world. */
  readonly roiWorst: number
  /** roiWorst ≤ −10 %. */
  readonly holds: boolean
}

/** At least one outcome, all of one attack and policy. */
export function summarise(outcomes: readonly AttackOutcome[]): SimulationRow {
  const first = outcomes[0] as AttackOutcome
  const mean = (of: (outcome: AttackOutcome) => number): number =>
    outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / outcomes.length
  const meanKnown = (of: (outcome: AttackOutcome) => number | null): number | null => {
    const known = outcomes.map(of).filter((value) => value !== null)
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
  }
  const roiWorst = Math.max(...outcomes.map(({ roi }) => roi))
  return {
    attack: first.attack,
    scorer: first.scorer,
    policy: first.policy,
    worlds: outcomes.length,
    detected: mean((outcome) => outcome.detected),
    admitted: mean((outcome) => outcome.admitted),
    falsePositives: mean((outcome) => outcome.falsePositives),
    falsePositivesBefore: mean((outcome) => outcome.falsePositivesBefore),
    honestAdmitted: mean((outcome) => outcome.honestAdmitted),
    honestCredit: mean((outcome) => outcome.honestCredit),
    rmt: mean((outcome) => outcome.rmtMean),
    cost: mean((outcome) => outcome.cost),
    benefit: mean((outcome) => outcome.benefit.total),
    costPerPoint: meanKnown((outcome) => outcome.costPerPoint),
    gainPerPoint: meanKnown((outcome) => outcome.gainPerPoint),
    roi: mean((outcome) => outcome.roi),
    roiWorst,
    holds: roiWorst <= ROI_MAX,
  }
}
