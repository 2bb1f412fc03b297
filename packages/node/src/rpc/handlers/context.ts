/** What the handlers work with. */
import type { Ledger, TransactionCandidate } from '@symbolon/ledger'
import type { FrameStore } from '@symbolon/store'
import type { Mempool } from '../../mempool/mempool.ts'
import type { EpochScorer } from '../../reputation/scorer.ts'
import type { Submission } from '../../submission.ts'
import type { Subscriptions } from '../subscriptions.ts'

export interface HandlerContext {
  readonly store: FrameStore
  readonly ledger: Ledger
  readonly mempool: Mempool<TransactionCandidate>
  readonly submission: Submission
  readonly subscriptions: Subscriptions
  readonly scores: EpochScorer
  readonly version: string
}
