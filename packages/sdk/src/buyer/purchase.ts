/** What a purchase is asked for, what it tells on its way, and what it yields. */

import type { Address, Amount, Hash } from '@symbolon/primitives'
import type { TrustDimension } from '@symbolon/reputation'
import type { LoopStateName, SettledState } from './loop-state.ts'
import type { Negotiable } from './negotiate.ts'
import type { PhaseBudget, PhaseDecision, PhaseName } from './phase-clock.ts'
import type { PurchaseEvidence } from './receipt.ts'
import type { UnitSink } from './sink.ts'

export interface PurchaseOrder {
  readonly capability: string
  readonly domain?: string
  /** Exact name; default: whatever the best provider offers under the capability. */
  readonly resource?: string
  readonly quantity: bigint
  /** First row, for goods that are rows of a file. */
  readonly first?: number
  /** Base units: ceilings, refused above. */
  readonly unitPriceMax: Amount
  readonly totalMax: Amount
  /** Parts per million; default 0. */
  readonly reputationMin?: number
  /** Parts per million in one dimension of the newest final scores, `eigenTrust` unless named; by default no minimum. */
  readonly trustMin?: number
  readonly trustDimension?: TrustDimension
  /** Terms to agree on before the quote; without it the seller's standard terms are taken. */
  readonly negotiate?: Negotiable
  /** Label for task caps of the mandate. */
  readonly task?: string
  readonly sink: UnitSink
  /** Units that may have to be paid before the first is delivered: what a seller can run away with. Default PREPAID_UNITS_MAX. */
  readonly prepaidUnitsMax?: bigint
  /** Milliseconds without a unit after which a connected seller is given up. Default DELIVERY_STALL_MS. */
  readonly stallMs?: number
  /** Base units to lock when a channel has to be opened; default: the total and its reserve. */
  readonly collateral?: Amount
  readonly warmBudget?: PhaseBudget
  readonly coldBudget?: PhaseBudget
  readonly signal?: AbortSignal
  readonly onEvent?: (event: PurchaseEvent) => void
}

export type PurchaseEvent =
  | { readonly kind: 'state'; readonly state: LoopStateName; readonly atMs: number }
  | { readonly kind: 'phase'; readonly decision: PhaseDecision }
  | {
      readonly kind: 'candidates'
      readonly ranked: number
      readonly dropped: number
      readonly eliminated: number
    }
  | {
      readonly kind: 'provider'
      readonly provider: Address
      readonly reputation: number
      readonly resource: string
    }
  | { readonly kind: 'progress'; readonly units: bigint; readonly quantity: bigint; readonly paid: Amount }
  | { readonly kind: 'retry'; readonly provider: Address; readonly code: string; readonly message: string }

export interface Purchase {
  readonly settled: SettledState
  readonly provider: Address
  readonly resource: string
  readonly channel: Hash
  readonly warm: boolean
  readonly units: bigint
  readonly paid: Amount
  readonly phasesMs: Readonly<Partial<Record<PhaseName, number>>>
  /** Milliseconds from the decision to the first verified and paid unit. */
  readonly firstUnitMs: number
  /** Milliseconds from the first to the last unit. */
  readonly streamMs: number
  /** Milliseconds from the decision to buy to the settlement. */
  readonly totalMs: number
  /** What the receipt of this purchase is made of once its channel is closed. */
  readonly evidence: PurchaseEvidence
}
