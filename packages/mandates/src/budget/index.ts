export { type Demand, flowOf, type Moment } from './allowance.ts'
export type { Advance } from './books.ts'
export {
  Budget,
  type BudgetOptions,
  type BudgetReport,
  marginReleaseDigest,
} from './budget.ts'
export { checkLink, narrow, signMandate, verifyChain } from './chain.ts'
export { type Outflow, outflow, ownTotal } from './channel-outflow.ts'
export type { HoldReport } from './hold.ts'
export {
  isReclaimable,
  type KeyCheck,
  type Mandate,
  mandate,
  mandateDigest,
  type RateWindow,
  type SignedMandate,
  signedMandate,
  verifyMandateSignature,
} from './mandate.ts'
export { checkNarrows, widenedField } from './narrowing.ts'
export { type Authorization, type BudgetOperation, budgetOperation, type Payment } from './operation.ts'
export { SlidingWindow } from './rate-window.ts'
export { isWithin } from './resource.ts'
