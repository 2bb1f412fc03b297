export {
  type Baseline,
  baselineOf,
  type Judged,
  judge,
  type Observed,
  observe,
  observedUnder,
  withPolicy,
} from './judged.ts'
export { type AttackOutcome, type Benefit, outcomeOf } from './outcome.ts'
export { standingsOf } from './standings.ts'
