/** Every error of the frame store; the page of the package lists the codes in order of precedence. */
import { SymbolonError } from '@symbolon/primitives'

export type StoreErrorCode =
  | 'STORE_CLOSED'
  | 'STORE_FAILED'
  | 'STORE_GENESIS_MISSING'
  | 'STORE_FRAME_MISMATCH'
  | 'STORE_VERSION'
  | 'STORE_AHEAD_OF_LOG'
  | 'STORE_STATE_MISMATCH'
  | 'STORE_CORRUPT'
  | 'STORE_OUT_OF_ORDER'
  | 'STORE_CHECKPOINT_MISMATCH'
  | 'STORE_BLOCK_TOO_LARGE'
  | 'STORE_RANGE_INVALID'
  | 'STORE_AUDIT_FAILED'
  | 'VOTE_STALE'
  | 'VOTE_EQUIVOCATION'

export class StoreError extends SymbolonError {
  declare readonly code: StoreErrorCode

  // Narrows `code` to the codes of this store.
  constructor(
    code: StoreErrorCode,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(code, message, options)
  }
}
