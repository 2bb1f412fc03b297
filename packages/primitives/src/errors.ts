/**
 * The one base class of every error that Symbolon throws on purpose.
 *
 * A code is stable, upper-case and documented on the page of the package that throws it; programs branch on the
 * code, people read the message, which says what to do next. `toJSON` is what crosses a worker or an HTTP
 * boundary: it holds no stack and no secret.
 */
export class SymbolonError extends Error {
  readonly code: string
  /** Plain values that a program may want: the bound that was exceeded, the expected digest. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: string,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.details = options.details ?? {}
  }

  toJSON(): { code: string; message: string; details: Readonly<Record<string, unknown>> } {
    return { code: this.code, message: this.message, details: this.details }
  }
}

/** True if `error` is one of ours and, when a code is given, carries that code. */
export function isSymbolonError(error: unknown, code?: string): error is SymbolonError {
  return error instanceof SymbolonError && (code === undefined || error.code === code)
}
