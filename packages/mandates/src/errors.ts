/** Every error of this package. The README lists the codes in order of precedence. */
import { SymbolonError } from '@symbolon/primitives'

/** A mandate, or a chain of them, that is not valid. */
export type MandateCode =
  | 'MANDATE_NO_EXPIRY'
  | 'MANDATE_WINDOW'
  | 'MANDATE_DEPTH'
  | 'MANDATE_FRAME'
  | 'MANDATE_PARENT'
  | 'MANDATE_ISSUER'
  | 'MANDATE_SIGNATURE'
  | 'MANDATE_WIDENED'
  | 'MANDATE_DELEGATE'
  | 'MANDATE_UNKNOWN'

/** Why a mandate does not cover an intent, in the order in which it is checked. */
export type RefusalCode =
  | 'PROVIDER_NOT_ALLOWED'
  | 'MANDATE_EXPIRED'
  | 'HEIGHT_UNKNOWN'
  | 'RESOURCE_NOT_ALLOWED'
  | 'TASK_NOT_ALLOWED'
  | 'CAP_PER_CALL'
  | 'CAP_PER_TASK'
  | 'CAP_PER_PROVIDER'
  | 'RATE_WINDOW'
  | 'CAP_TOTAL'
  | 'CAP_MARGIN'

/** A request that does not fit the state of the budget. */
export type BudgetCode =
  | 'INTENT_REUSED'
  | 'INTENT_CLOSED'
  | 'HOLD_UNKNOWN'
  | 'HOLD_EXCEEDED'
  | 'BUDGET_BOUND'
  | 'BUDGET_INVARIANT'
  | 'BUDGET_REPLAY'
  | 'CHANNEL_UNKNOWN'
  | 'CHANNEL_NOT_FUNDED'
  | 'CHANNEL_CLOSED'
  | 'CHANNEL_STALE'
  | 'CHANNEL_CONSERVATION'
  | 'CHANNEL_COUNTERSIGNATURE'

/** An intent that the interceptor does not sign. */
export type InterceptorCode =
  | 'INTERCEPTOR_CLOSED'
  | 'INTENT_FRAME'
  | 'INTENT_SENDER'
  | 'INTENT_KIND_REFUSED'
  | 'CHANNEL_KEY'
  | 'PREDICATE_DENIED'
  | 'PREDICATE_UNAVAILABLE'
  | 'BACKSTOP_REACHED'
  | 'SUPERVISION_REQUIRED'
  | 'EVIDENCE_INVALID'

/** An audit log that is not what it was when it was written. */
export type AuditCode =
  | 'AUDIT_ENTRY_MALFORMED'
  | 'AUDIT_INDEX'
  | 'AUDIT_CHAIN'
  | 'AUDIT_TIME'
  | 'AUDIT_TRUNCATED'
  | 'AUDIT_PROOF'

export type MandatesErrorCode = MandateCode | RefusalCode | BudgetCode | InterceptorCode | AuditCode

export class MandatesError extends SymbolonError {
  declare readonly code: MandatesErrorCode

  // Narrows `code` to the codes of this package.
  constructor(
    code: MandatesErrorCode,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(code, message, options)
  }
}
