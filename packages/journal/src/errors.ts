/** Every error of this package. The page of the package lists the codes in order of precedence. */
import { SymbolonError } from '@symbolon/primitives'

export type JournalErrorCode =
  | 'JOURNAL_OPTION_OUT_OF_BOUNDS'
  | 'JOURNAL_LOCKED'
  | 'JOURNAL_CORRUPT'
  | 'JOURNAL_CLOSED'
  | 'JOURNAL_FAILED'
  | 'JOURNAL_RECORD_TOO_LARGE'
  | 'JOURNAL_PENDING_FULL'
  | 'JOURNAL_POSITION_OUT_OF_RANGE'

export class JournalError extends SymbolonError {
  declare readonly code: JournalErrorCode

  // Narrows `code` to the codes of this package.
  constructor(
    code: JournalErrorCode,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(code, message, options)
  }
}
