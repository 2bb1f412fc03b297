export { attestorsOf } from './block/attestors.ts'
export type { ExecutedBlock, ProposedBlock, SkippedTransaction } from './block/executed-block.ts'
export { genesisSeed } from './block/genesis-block.ts'
export { type BlockValidators, Ledger, type LedgerOptions, type Proposal } from './block/ledger.ts'
export { BlockError, LedgerError, LedgerFault } from './error.ts'
export {
  type ComponentPool,
  type ComponentPoolOptions,
  createComponentPool,
} from './execution/component-pool.ts'
export { type Executor, inlineExecutor } from './execution/executor.ts'
export { type Attestor, splitFees } from './execution/fees.ts'
export * from './limits.ts'
export type * from './module.ts'
export { ModuleRegistry } from './module-registry.ts'
export * from './modules/channels/index.ts'
export * from './modules/identity/index.ts'
export {
  maturedBond,
  type SearchHit,
  type SearchPage,
  type SearchQuery,
  type StateReader,
  search,
} from './modules/identity/index.ts'
export * from './modules/reputation/index.ts'
export { reputationAt } from './modules/reputation/index.ts'
export { MODULES } from './modules.ts'
export { componentsOf, type DeclaredKeys } from './schedule/components.ts'
export { assignLongestFirst } from './schedule/longest-processing-time.ts'
export { type FlatState, MemoryFlatState, type StateChanges } from './state/flat-state.ts'
export {
  auditSupply,
  type Holdings,
  type SupplyAudit,
  type SupplyAuditInput,
  type SupplyFinding,
  type SupplyFindingCode,
} from './supply/audit.ts'
export { SupplyTotals } from './supply/totals.ts'
export type { ThreadInstaller } from './thread/thread.ts'
export { type Plan, TransactionCandidate } from './transaction/candidate.ts'
export {
  checkTransaction,
  INCLUSION_CODES,
  type InclusionCode,
  type InclusionRefusal,
  type InclusionRules,
  mayAct,
  type SenderView,
} from './transaction/check.ts'
export { createSignaturePool } from './transaction/signature-pool.ts'
export { inlineSignatureVerifier, type SignatureVerifier } from './transaction/signature-verifier.ts'
export type { Change } from './trie/change.ts'
export { prove, provePrefix } from './trie/prove.ts'
export { Trie, type TrieStage } from './trie/trie.ts'
