import { SymbolonError } from '../errors.ts'

/** A byte string of the wrong length was given where the format fixes it. Code `INPUT_LENGTH`. */
export class InputLengthError extends SymbolonError {
  constructor(name: string, expected: string, actual: number) {
    super('INPUT_LENGTH', `${name} must be ${expected} bytes long, got ${actual}; nothing was computed`, {
      details: { name, expected, actual },
    })
  }
}

/** Throws `INPUT_LENGTH` unless `bytes` holds exactly `length` bytes. */
export function requireLength(bytes: Uint8Array, length: number, name: string): void {
  if (bytes.length !== length) throw new InputLengthError(name, String(length), bytes.length)
}
