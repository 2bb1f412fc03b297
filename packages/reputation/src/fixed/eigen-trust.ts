/**
 * EigenTrust (Kamvar, Schlosser, Garcia-Molina 2003; TPR-126…132) and personalised PageRank (TRU-016) in fixed point. They are
 * one recurrence: EigenTrust runs on net local trust max(satisfied − unsatisfied, 0), PageRank on the support itself. Rows
 * without entries hand everything to the prior. Every step is a contraction by 1 − teleport in the 1-norm, so 100 steps at 0.15
 * leave less than 2 · 10⁻⁷ of any start (TPR-130), and a fixed number of steps needs no test of a tolerance.
 */
import type { Csr } from '../graph/csr.ts'
import { anchoredWalk } from './anchored-walk.ts'
import type { FixedPrior } from './prior.ts'
import { PPM } from './scale.ts'
import { shareMatrix } from './share-matrix.ts'

export const FIXED_STEPS = 100
/** Parts per million of the mass that return to the anchors in each step (TPR-126). */
export const FIXED_TELEPORT = 150_000

export interface FixedWalkOptions {
  /** Parts per million; 150,000 unless given. The damping is what is left of a million. */
  readonly teleport?: number
  readonly steps?: number
}

/** Units of MASS by node, summing to MASS exactly. `trust`: whole, positive net local trust. Errors: FIXED_WEIGHT_INVALID. */
export function fixedEigenTrust(trust: Csr, prior: FixedPrior, options: FixedWalkOptions = {}): Float64Array {
  const { teleport = FIXED_TELEPORT, steps = FIXED_STEPS } = options
  return anchoredWalk(shareMatrix(trust, PPM - teleport), prior, steps).mass
}

/** As EigenTrust, on the weights of support. */
export const fixedPersonalisedPageRank: typeof fixedEigenTrust = fixedEigenTrust
