/** Every error of the key-value engines; store's page lists the codes in order of precedence. */
import { SymbolonError } from '@symbolon/primitives'

export type EngineErrorCode =
  | 'ENGINE_LOCKED'
  | 'ENGINE_CLOSED'
  | 'ENGINE_KEY_OUT_OF_BOUNDS'
  | 'ENGINE_VALUE_TOO_LARGE'
  | 'ENGINE_BATCH_TOO_LARGE'
  | 'ENGINE_RANGE_INVALID'
  | 'ENGINE_CORRUPT'
  | 'ENGINE_FAILED'

export class EngineError extends SymbolonError {
  declare readonly code: EngineErrorCode

  // Narrows `code` to the codes of the engines.
  constructor(
    code: EngineErrorCode,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(code, message, options)
  }
}
