/** What a score depends on beside the evidence. A publication names the digest, so that nobody scores by other rules. */
import {
  amount,
  encode,
  frameFreeDigest,
  type Hash,
  type Infer,
  record,
  u64,
  uint,
} from '@symbolon/primitives'
import { FIXED_STEPS, FIXED_SURVIVAL, FIXED_TELEPORT } from '../fixed/index.ts'

/** Raised whenever the same input and parameters would give another root. */
export const SCORING_VERSION = 3
/** Tasks at which experience counts half: n₀ of AIN-089 and AIN-093. */
export const EXPERIENCE_HALF = 5

export const scoringParameters = record('scoring-parameters', {
  /** Most evidence that one pair adds in one epoch, base units of fees, and what counts as one whole task (AIN-090, AIN-104). */
  pairCap: [1, u64('base units', 2n ** 32n - 1n)],
  /** Epochs in which a relation loses half of its weight (TPR-127: 90 days). */
  supportHalfLife: [2, uint(2 ** 29, 'epochs')],
  /** Epochs in which an agent's own record loses half of its weight (AIN-091: 30 days). */
  recordHalfLife: [3, uint(2 ** 29, 'epochs')],
  /** g(S) = (S − stakeMin)/(stakeCap − stakeMin), 0 … 1: affine, so that splitting a stake gains nothing (AIN-101). */
  stakeMin: [4, amount],
  stakeCap: [5, amount],
})
export type ScoringParameters = Infer<typeof scoringParameters>

const digested = record('trust-parameters', {
  version: [1, uint()],
  teleport: [2, uint()],
  survival: [3, uint()],
  steps: [4, uint()],
  experienceHalf: [5, uint()],
  parameters: [6, scoringParameters],
})

export function parametersDigest(parameters: ScoringParameters): Hash {
  const body = {
    version: SCORING_VERSION,
    teleport: FIXED_TELEPORT,
    survival: FIXED_SURVIVAL,
    steps: FIXED_STEPS,
    experienceHalf: EXPERIENCE_HALF,
    parameters,
  }
  return frameFreeDigest('trust-parameters', encode(digested, body))
}
