/** Why a procurement stopped (AB-1): every abort has exactly one class, and each class one next step. */
import { type Address, SymbolonError } from '@symbolon/primitives'

export const ABORT_CLASSES = [
  'NEGOTIATION_MISMATCH',
  'COMMITMENT_TIMEOUT',
  'FUNDING_COORDINATION_FAILURE',
] as const
export type AbortClass = (typeof ABORT_CLASSES)[number]

/** What the buyer does next, and nothing else: there is no generic retry. */
export const ABORT_ACTIONS = {
  NEGOTIATION_MISMATCH: 'next-candidate',
  COMMITMENT_TIMEOUT: 'discard-commitment',
  FUNDING_COORDINATION_FAILURE: 'recover-on-ledger',
} as const satisfies Record<AbortClass, string>
export type AbortAction = (typeof ABORT_ACTIONS)[AbortClass]

/** How far the purchase had come; the class follows from it. */
export const PROCUREMENT_STEPS = ['negotiation', 'commitment', 'funding'] as const
export type ProcurementStep = (typeof PROCUREMENT_STEPS)[number]

const CLASS_OF_STEP = {
  negotiation: 'NEGOTIATION_MISMATCH',
  commitment: 'COMMITMENT_TIMEOUT',
  funding: 'FUNDING_COORDINATION_FAILURE',
} as const satisfies Record<ProcurementStep, AbortClass>

/** The diagnostic event of one abort: plain data, for logs and dashboards. */
export interface Abort {
  readonly class: AbortClass
  readonly action: AbortAction
  readonly provider: Address
  /** Unix milliseconds. */
  readonly at: number
  /** Code of the error that caused it, or TIMEOUT when nothing arrived. */
  readonly cause: string
  readonly message: string
  /** AB-2: the funding is on its way and the other side is silent, so submit the refund state now. */
  readonly recoverFunding: boolean
}

/**
 * Classifies a failure by the step that it interrupted; the cause stays visible beside the class.
 * @param cause the error, or undefined for a timeout
 * @param fundingSubmitted whether the opening transaction has left this side
 */
export function classifyAbort(failure: {
  readonly step: ProcurementStep
  readonly provider: Address
  readonly at: number
  readonly cause?: unknown
  readonly fundingSubmitted?: boolean
}): Abort {
  const { step, provider, at, cause } = failure
  const of = CLASS_OF_STEP[step]
  return {
    class: of,
    action: ABORT_ACTIONS[of],
    provider,
    at,
    cause: cause === undefined ? 'TIMEOUT' : cause instanceof SymbolonError ? cause.code : 'UNEXPECTED',
    message:
      cause === undefined
        ? `no answer in time during ${step}`
        : cause instanceof Error
          ? cause.message
          : String(cause),
    recoverFunding: step === 'funding' && failure.fundingSubmitted === true,
  }
}
