/**
 * When to stop waiting and close alone (`ch01-02` CL-4 to CL-7). Pure: what is known goes in, an action with its reason comes out.
 */
import type { Amount } from '@symbolon/primitives'

export interface ForceClosePolicy {
  /** Silence after which a cooperative answer is no longer expected (CL-4). */
  readonly livenessTimeoutMs: number
  /** A pending payment is uneconomic when claiming it costs more than this share of it, parts per million (CL-5). */
  readonly uneconomicShare: bigint
  /** Uneconomic payments tolerated before closing: closing for a single one may cost more than it. */
  readonly uneconomicPaymentsMax: number
}

/** Profiles of CL-7. The 30 s and the several minutes are the document's range for the liveness timeout. */
export const FORCE_CLOSE_PROFILES = {
  highFrequency: { livenessTimeoutMs: 30_000, uneconomicShare: 500_000n, uneconomicPaymentsMax: 4 },
  longTerm: { livenessTimeoutMs: 300_000, uneconomicShare: 1_000_000n, uneconomicPaymentsMax: 16 },
} as const satisfies Record<string, ForceClosePolicy>

export interface ForceCloseSituation {
  /** Milliseconds since the oldest unanswered request; undefined if nothing is unanswered. */
  readonly silentMs: number | undefined
  readonly pendingPayments: readonly Amount[]
  /** Ledger fee of claiming one pending payment at present. */
  readonly claimFee: Amount
  /** The ledger shows a close with an older state than mine (CL-6). */
  readonly staleCloseSeen: boolean
  /** Fee of a unilateral close and its sweeps, and what the locked capital costs meanwhile. */
  readonly forceCloseCost: Amount
  /** Expected cost of waiting for a cooperative settlement. */
  readonly waitingCost: Amount
  /** False after a restore from a copy until peer or ledger confirmed that the state is the newest (CM-17). */
  readonly stateConfirmed: boolean
}

export type ForceCloseAction =
  | { readonly kind: 'wait' }
  /** Answer the stale close at once; nothing else matters (CL-6). */
  | { readonly kind: 'challenge' }
  | { readonly kind: 'force-close'; readonly reason: 'unresponsive' | 'uneconomic-payments' | 'cheaper' }

const PARTS = 1_000_000n

/** In order of precedence: breach, then an unconfirmed state (never close with it), silence, uneconomic payments, cost. */
export function forceCloseAction(situation: ForceCloseSituation, policy: ForceClosePolicy): ForceCloseAction {
  if (situation.staleCloseSeen) return { kind: 'challenge' }
  if (!situation.stateConfirmed) return { kind: 'wait' }
  if (situation.silentMs === undefined) {
    // A responsive peer makes the cooperative close the cheapest (CL-8); only uneconomic payments pile up regardless.
    return uneconomicCount(situation, policy) > policy.uneconomicPaymentsMax
      ? { kind: 'force-close', reason: 'uneconomic-payments' }
      : { kind: 'wait' }
  }
  if (situation.silentMs >= policy.livenessTimeoutMs) return { kind: 'force-close', reason: 'unresponsive' }
  if (uneconomicCount(situation, policy) > policy.uneconomicPaymentsMax)
    return { kind: 'force-close', reason: 'uneconomic-payments' }
  return situation.forceCloseCost < situation.waitingCost
    ? { kind: 'force-close', reason: 'cheaper' }
    : { kind: 'wait' }
}

function uneconomicCount(situation: ForceCloseSituation, policy: ForceClosePolicy): number {
  return situation.pendingPayments.filter(
    (amount) => situation.claimFee * PARTS > amount * policy.uneconomicShare,
  ).length
}
