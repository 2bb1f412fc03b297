/** A block with everything that executing it produced: what is voted on, stored, indexed and, once final, committed. */
import type { Hash } from '@symbolon/primitives'
import type { Block, Header, LedgerEvent, Namespace, Receipt } from '@symbolon/protocol'
import type { ChangedAccount } from '../state/committed-state.ts'
import type { StateChanges } from '../state/flat-state.ts'
import type { TransactionCandidate } from '../transaction/candidate.ts'
import type { TrieStage } from '../trie/trie.ts'

export interface ExecutedBlock {
  readonly block: Block
  readonly header: Header
  readonly hash: Hash
  readonly transactions: readonly TransactionCandidate[]
  /** Index by index with `transactions`; the canonical bytes are the leaves of the receipt root. */
  readonly receipts: readonly Receipt[]
  readonly receiptBytes: readonly Uint8Array[]
  /** In order; the canonical bytes are the leaves of the event root. */
  readonly events: readonly LedgerEvent[]
  readonly eventBytes: readonly Uint8Array[]
  /** Every changed key once, in no particular order: what the flat state must apply in one batch. */
  readonly changes: StateChanges
  readonly namespaceRoots: readonly Hash[]
  readonly gasUsed: bigint
  /** For the ledger that executed it: what `commit` takes over. Index by index with `changes.accounts`. */
  readonly accounts: readonly ChangedAccount[]
  readonly stages: Readonly<Record<Namespace, TrieStage>>
}

/** A candidate that the proposer left out. `BLOCK_FULL` may be tried again in the next block. */
export interface SkippedTransaction {
  readonly candidate: TransactionCandidate
  readonly code: string
  readonly message: string
}

export interface ProposedBlock extends ExecutedBlock {
  readonly skipped: readonly SkippedTransaction[]
}
