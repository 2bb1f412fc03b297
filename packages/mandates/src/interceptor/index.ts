export { type Decision, decision, type Escalation, escalation } from './decision.ts'
export { type Approval, type Intent, MESSAGE_DOMAINS, type Purpose } from './intent.ts'
export { Interceptor, type InterceptorOptions } from './interceptor.ts'
export {
  channelPayouts,
  type LedgerTrust,
  transactionReceipt,
  verifyNeverIncluded,
} from './ledger-evidence.ts'
export {
  evaluateAll,
  type Opinion,
  orderPredicates,
  type Predicate,
  type PredicateInput,
} from './predicate.ts'
export { type PrincipalWord, principalWordDigest } from './principal-word.ts'
export { approvalDigest, nextRegime, REGIMES, type Regime } from './regime.ts'
export { type Spender, type TransactionCharge, transactionCharge } from './transaction-charge.ts'
