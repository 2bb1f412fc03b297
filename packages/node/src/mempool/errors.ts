/** Why the mempool refuses a transaction. */
import { SymbolonError } from '@symbolon/primitives'

/** In order of precedence. */
export type MempoolErrorCode =
  | 'TRANSACTION_KNOWN'
  | 'TRANSACTION_EXPIRED'
  | 'NONCE_TOO_LOW'
  | 'FEE_TOO_LOW'
  | 'NONCE_TOO_FAR'
  | 'REPLACEMENT_TOO_LATE'
  | 'REPLACEMENT_UNDERPRICED'
  | 'ACCOUNT_QUEUE_FULL'
  | 'INSUFFICIENT_BALANCE'
  | 'MEMPOOL_FULL'
export class MempoolError extends SymbolonError {
  constructor(code: MempoolErrorCode, message: string, details?: Record<string, unknown>) {
    super(code, message, details === undefined ? {} : { details })
  }
}
