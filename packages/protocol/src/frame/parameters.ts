/** Economic parameters of a frame, fixed by its genesis. Sources: requirements tables; DESIGN §7. */
import { amount, BASE_UNITS_PER_UNIT, type Infer, optional, record, u64, uint } from '@symbolon/primitives'
import { trustParameters } from './trust-parameters.ts'

export const parameters = record('parameters', {
  /** Base units per unit of gas below which the mempool refuses a transaction, scaled by 10^6 (micro base units). */
  gasPriceMinimum: [1, u64('gas price')],
  /** Gas that one block may use. */
  blockGasLimit: [2, u64('gas limit')],
  /** Checkpoints in which a unilateral close can be answered, and what one late answer adds, once (CON-114). */
  challengePeriod: [3, u64('challenge period')],
  challengeExtension: [4, u64('challenge extension')],
  /** Posted by who closes unilaterally; forfeited by the fair rule (CON-115). */
  disputeBond: [5, amount],
  /** Locked by a registration (DESIGN §7), and checkpoints until it is free after deactivation. */
  registrationBond: [6, amount],
  unbondingPeriod: [7, u64('unbonding period')],
  /** Checkpoints per epoch and per snapshot. */
  epochLength: [8, u64('epoch length')],
  snapshotInterval: [9, u64('snapshot interval')],
  /** Share of the fees for the proposer, parts per million; the rest goes to the attestors by weight. */
  proposerFeeShare: [10, uint(1_000_000, 'parts per million')],
  /** Start and EMA factor of agent reputation, parts per million, and fees per epoch that count as full volume (CON-102). */
  reputationStart: [11, uint(1_000_000, 'parts per million')],
  reputationAlpha: [12, uint(1_000_000, 'parts per million')],
  reputationVolumeTarget: [13, amount],
  /** Scores over the trust graph; absent for the defaults of trust-parameters.ts. */
  trust: [14, optional(trustParameters)],
})
export type Parameters = Infer<typeof parameters>

export const DEFAULT_PARAMETERS: Parameters = {
  gasPriceMinimum: 1_000_000n,
  blockGasLimit: 2_000_000_000n,
  challengePeriod: 100n,
  challengeExtension: 20n,
  disputeBond: BASE_UNITS_PER_UNIT,
  registrationBond: 50n * BASE_UNITS_PER_UNIT,
  unbondingPeriod: 96n,
  epochLength: 32n,
  snapshotInterval: 256n,
  proposerFeeShare: 500_000,
  reputationStart: 500_000,
  reputationAlpha: 700_000,
  reputationVolumeTarget: BASE_UNITS_PER_UNIT / 1_000n,
}
