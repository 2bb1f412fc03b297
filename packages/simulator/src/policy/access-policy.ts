/**
 * What a standing opens: markets, fees, credit. The rule of entry is the same everywhere: *not flagged and rmt at least the
 * minimum* (TRU-086). Two policies differ in what an open door is worth:
 *
 *   bands      the credit bands of TRU-095 with the corrections of TRU-084, 094, 096, 097: a line follows from the score alone
 *   exposure   the same; entry asks for trust from some anchor; who is inside is not put out by a point; and nobody can owe more than a share of what this standing has already cost him for good or
 *              puts at risk: fees burned, bond, and the backing of anchors that are liable for this line (TRU-101)
 *
 * The second is the one to deploy. It rests on no detector: identities are free to invent, so what a stranger can run away
 * with must cost him more before (Friedman and Resnick 2001: newcomers pay their dues).
 */
import type { Identity } from '../world/agent.ts'
import { type CreditFile, creditScore, IDENTITY_CAPS } from './credit-score.ts'

export interface AccessPolicy {
  readonly name: string
  /** Least rmt of a gated market; 700 on the calibrated scale (TRU-086). */
  readonly rmtMin: number
  /** Least credit score for a line that is not fully covered (TRU-097). */
  readonly scsMin: number
  /**
   * Entry asks that trust arrives from some anchor, over anybody who has paid or vouched, whatever the score: a registration
   * alone opens nothing (CON-105).
   */
  readonly supportRequired: boolean
  /**
   * Points below the minimum down to which one who was admitted before keeps his access while a fall or a flag is reviewed
   * (14 days, TRU-070); nothing new is opened to him. 0: he loses it at once, and whoever can move a score by a point can
   * take the place of a rival who stands on the edge.
   */
  readonly retention: number
  /** Unsecured credit ≤ this share of the dues; null: no such bound. */
  readonly exposureShare: number | null
  /** All discounts of an agent ≤ this share of the fees that it burned; null: no such bound. */
  readonly discountShare: number | null
}

export const BAND_POLICY: AccessPolicy = {
  name: 'bands',
  rmtMin: 700,
  scsMin: 550,
  supportRequired: false,
  retention: 0,
  exposureShare: null,
  discountShare: null,
}

/**
 * Half and a quarter: together three quarters of every unit of fees come back at most, which leaves a loss of 25 % on fees and
 * 50 % on bonds before a detector has looked at anything.
 */
export const EXPOSURE_POLICY: AccessPolicy = {
  ...BAND_POLICY,
  name: 'exposure',
  supportRequired: true,
  retention: 100,
  exposureShare: 0.5,
  discountShare: 0.25,
}

export interface Standing {
  readonly flagged: boolean
  /** Trust arrives from an anchor: a chain of support, however long, that starts at one. */
  readonly supported: boolean
  /** Before the cap of identity. */
  readonly rmt: number
  readonly identity: Identity
  /** Admitted when it was last looked at. */
  readonly incumbent: boolean
  readonly file: CreditFile
  /** Obligations repaid; six open an uncovered line (TRU-094). */
  readonly obligations: number
  /** USDC. */
  readonly feesBurned: number
  /** USDC, forfeited on default. */
  readonly bond: number
  /** USDC of anchors' stake that is liable for this very line. */
  readonly backing: number
}

export interface Access {
  readonly admitted: boolean
  /** 0 … 1000, after the cap of identity. */
  readonly rmt: number
  readonly feeBp: number
  /** Credit that is not covered by collateral, USDC. */
  readonly unsecured: number
  /** Most that all discounts can add up to, USDC. */
  readonly discountMax: number
}

const BASE_FEE_BP = 10
const OBLIGATIONS_MIN = 6

export function accessOf(standing: Standing, policy: AccessPolicy): Access {
  const rmt = Math.min(standing.rmt, IDENTITY_CAPS[standing.identity])
  const enters = !standing.flagged && rmt >= policy.rmtMin && (standing.supported || !policy.supportRequired)
  const stays = standing.incumbent && policy.retention > 0 && rmt >= policy.rmtMin - policy.retention
  const dues = standing.feesBurned + standing.bond + standing.backing
  const line = enters ? uncoveredLine(standing, policy) : 0
  return {
    admitted: enters || stays,
    rmt,
    feeBp: feeBp(standing, rmt),
    unsecured: bounded(line, policy.exposureShare, dues),
    discountMax: bounded(Number.POSITIVE_INFINITY, policy.discountShare, standing.feesBurned),
  }
}

function bounded(amount: number, share: number | null, of: number): number {
  return share === null ? amount : Math.min(amount, share * of)
}

/** Half-open bands by rmt; flagged and unverified agents pay the base fee (TRU-096). */
function feeBp({ flagged, identity }: Standing, rmt: number): number {
  if (flagged || identity === 'unverified' || rmt < 100) return BASE_FEE_BP
  if (rmt < 300) return 8
  return rmt < 600 ? 5 : 2
}

/** Principal less collateral: Operator 5,000 at 50 %, Navigator 50,000 at 25 %; every smaller band is fully covered. */
function uncoveredLine({ file, identity, obligations }: Standing, policy: AccessPolicy): number {
  const scs = creditScore(file)
  if (scs < policy.scsMin || identity !== 'verified' || obligations < OBLIGATIONS_MIN) return 0
  return scs > 700 ? 37_500 : 2_500
}
