/**
 * How a frame scores its agents once per scoring epoch (theprotocol TPR-126…132, ainur AIN-087…104). Part of the genesis, so that
 * everybody scores by the same rules; a genesis without them has the defaults.
 */
import {
  address,
  amount,
  BASE_UNITS_PER_UNIT,
  type Infer,
  list,
  record,
  u64,
  uint,
} from '@symbolon/primitives'
import { TRUST_ANCHORS_MAX } from '../limits.ts'
import type { Parameters } from './parameters.ts'

export const trustParameters = record('trust', {
  /** Checkpoints per scoring epoch; more than both windows together, so that one epoch is settled before the next ends. */
  epochLength: [1, u64('checkpoints', 2n ** 32n)],
  /** Checkpoints after the end of an epoch in which its root can be published, and then challenged. */
  publishWindow: [2, u64('checkpoints', 2n ** 32n)],
  challengeWindow: [3, u64('checkpoints', 2n ** 32n)],
  /** Posted with a publication, and with a challenge; the loser's goes half to the winner and is half destroyed. */
  bond: [4, amount],
  /** Checkpoints after the end of a channel in which its buyer may rate it. */
  attestWindow: [5, u64('checkpoints', 2n ** 32n)],
  /** Most evidence that a pair adds in one epoch, base units of fees, and what counts as one whole task (AIN-090, AIN-104). */
  pairCap: [6, u64('base units', 2n ** 32n - 1n)],
  /** Epochs in which relations, and an agent's own record, lose half of their weight; 0 for never. */
  supportHalfLife: [7, uint(2 ** 29, 'epochs')],
  recordHalfLife: [8, uint(2 ** 29, 'epochs')],
  /** Bond below which stake counts nothing, and from which on it counts in full (AIN-093, AIN-101). */
  stakeMin: [9, amount],
  stakeCap: [10, amount],
  /** From whom trust starts, each alike; without any, identities with matured bonds, one per controller (TPR-129). */
  anchors: [11, list(address, TRUST_ANCHORS_MAX, { name: 'trust anchors' })],
})
export type TrustParameters = Infer<typeof trustParameters>

/** Half-lives are 90 and 30 days at a checkpoint per second; the cap is what one closing burns at the least price. */
export const DEFAULT_TRUST_PARAMETERS: TrustParameters = {
  epochLength: 256n,
  publishWindow: 64n,
  challengeWindow: 100n,
  bond: 10n * BASE_UNITS_PER_UNIT,
  attestWindow: 256n,
  pairCap: 100_000n,
  supportHalfLife: 30_375,
  recordHalfLife: 10_125,
  stakeMin: 10n * BASE_UNITS_PER_UNIT,
  stakeCap: 1_000n * BASE_UNITS_PER_UNIT,
  anchors: [],
}

export function trustParametersOf({ trust }: Pick<Parameters, 'trust'>): TrustParameters {
  return trust ?? DEFAULT_TRUST_PARAMETERS
}

/** Why these parameters cannot work, or undefined. */
export function trustParametersFault(of: TrustParameters): string | undefined {
  if (of.publishWindow === 0n || of.challengeWindow === 0n)
    return 'publishing and challenging scores take at least one checkpoint each'
  if (of.publishWindow + of.challengeWindow >= of.epochLength)
    return 'a scoring epoch must be longer than publishWindow and challengeWindow together'
  if (of.stakeMin >= of.stakeCap) return 'stakeCap must exceed stakeMin'
  const seen = new Set(of.anchors.map((anchor) => anchor.toString()))
  return seen.size === of.anchors.length ? undefined : 'a trust anchor is named twice'
}
