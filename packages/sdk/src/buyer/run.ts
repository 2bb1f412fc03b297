/** A purchase under way: where it stands, what is durable of it, and everything that the predicates and the receipt need. */
import type { ChallengeBinding } from '@symbolon/credentials'
import type { VerifiedQuote } from '@symbolon/market'
import type { SignedChannelState } from '@symbolon/protocol'
import type { Buyer } from './buyer.ts'
import { advanceLoop, type LoopEvent, type LoopState } from './loop-state.ts'
import type { PhaseClock } from './phase-clock.ts'
import type { PurchaseProgress } from './progress.ts'
import type { PurchaseOrder } from './purchase.ts'
import type { SellerClient } from './seller-client.ts'

export interface RunStart {
  readonly buyer: Buyer
  readonly quote: VerifiedQuote
  readonly order: PurchaseOrder
  readonly clock: PhaseClock
  readonly seller: SellerClient
  readonly progress: PurchaseProgress
  /** True if an earlier life, or an earlier attempt of this one, began it. */
  readonly isResumed: boolean
}

export class Run {
  readonly buyer: Buyer
  readonly quote: VerifiedQuote
  readonly order: PurchaseOrder
  readonly clock: PhaseClock
  readonly seller: SellerClient
  readonly isResumed: boolean
  /** True once a payment may be on its way: from then on another provider would be paid a second time. */
  isCommitted: boolean
  binding?: ChallengeBinding
  streamState?: SignedChannelState
  #state: LoopState = { name: 'Idle' }
  #progress: PurchaseProgress

  constructor({ buyer, quote, order, clock, seller, progress, isResumed }: RunStart) {
    this.buyer = buyer
    this.quote = quote
    this.order = order
    this.clock = clock
    this.seller = seller
    this.isResumed = isResumed
    this.isCommitted = progress.preimage !== undefined
    this.#progress = progress
  }

  get state(): LoopState {
    return this.#state
  }

  /** What is durable. */
  get progress(): PurchaseProgress {
    return this.#progress
  }

  get resource(): string {
    return this.quote.quote.resource
  }

  /** One step of the loop. Errors: those of `advanceLoop`. */
  advance(event: LoopEvent): void {
    this.#state = advanceLoop(this.#state, event)
    this.order.onEvent?.({ kind: 'state', state: this.#state.name, atMs: this.clock.elapsedMs })
  }

  async save(more: Partial<PurchaseProgress>): Promise<void> {
    this.#progress = { ...this.#progress, ...more }
    await this.buyer.purchases.save(this.#progress)
  }
}
