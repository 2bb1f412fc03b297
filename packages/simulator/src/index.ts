export * from './adaptive/index.ts'
export * from './attack/index.ts'
export { ATTESTATIONS_MAX, anchorStakeFor, DEFAULT_ECONOMY, type Economy } from './economy/economy.ts'
export * from './economy/spending.ts'
export * from './errors.ts'
export * from './fixtures/f30.ts'
export * from './fixtures/r350.ts'
export * from './limits.ts'
export * from './outcome/index.ts'
export * from './policy/index.ts'
export { trainingPool } from './pool/training-pool.ts'
export { GATES, type GateName, type GateRow, type Verdict } from './scorecard/gate.ts'
export { type Scorecard, type ScorecardOptions, scorecard, sumsOf } from './scorecard/scorecard.ts'
export * from './scoring/index.ts'
export { ROI_MAX, type SimulationRow } from './simulate/row.ts'
export {
  SIMULATED_ATTACKS,
  type SimulatedAttack,
  type SimulateOptions,
  simulate,
} from './simulate/simulate.ts'
export * from './topology/index.ts'
export * from './world/index.ts'
