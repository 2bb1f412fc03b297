import { SymbolonError } from '../errors.ts'

/** `KEY_STORE_MALFORMED`, `KEY_STORE_PARAMETER_OUT_OF_BOUNDS`, `KEY_STORE_UNLOCK_FAILED`. */
export class KeyStoreError extends SymbolonError {}

export function malformed(what: string, cause?: unknown): KeyStoreError {
  return new KeyStoreError(
    'KEY_STORE_MALFORMED',
    `not a key store of version 1: ${what}; restore the file from a backup`,
    {
      cause,
    },
  )
}

export function outOfBounds(name: string, value: unknown, bound: string): KeyStoreError {
  return new KeyStoreError(
    'KEY_STORE_PARAMETER_OUT_OF_BOUNDS',
    `${name} must be ${bound}, got ${String(value)}; nothing was computed`,
    { details: { name, bound } },
  )
}

/** One answer to a wrong password and to a changed file: telling them apart would help whoever changed it. */
export function unlockFailed(): KeyStoreError {
  return new KeyStoreError(
    'KEY_STORE_UNLOCK_FAILED',
    'the key store did not open: the password is wrong or the file was changed; try again, then restore a backup',
  )
}
