export { attestorsOf } from './block/attestors.ts'
export type { ExecutedBlock, ProposedBlock, SkippedTransaction } from './block/executed-block.ts'
export { genesisSeed } from './block/genesis-block.ts'
export { type BlockValidators, Ledger, type LedgerOptions, type Proposal } from './block/ledger.ts'
export { BlockError, LedgerError, LedgerFault } from './error.ts'
export { type Executor, inlineExecutor } from './execution/executor.ts'
export { type Attestor, splitFees } from './execution/fees.ts'
export * from './limits.ts'
export type * from './module.ts'
export { ModuleRegistry } from './module-registry.ts'
export { MODULES } from './modules.ts'
export { type FlatState, MemoryFlatState, type StateChanges } from './state/flat-state.ts'
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
export { inlineSignatureVerifier, type SignatureVerifier } from './transaction/signature-verifier.ts'
export type { Change } from './trie/change.ts'
export { prove, provePrefix } from './trie/prove.ts'
export { Trie, type TrieStage } from './trie/trie.ts'
