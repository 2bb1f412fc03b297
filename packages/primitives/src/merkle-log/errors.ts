import { SymbolonError } from '../errors.ts'

/** An index or size outside the log, or a bound exceeded. Code `MERKLE_LOG_RANGE`. */
export class MerkleLogError extends SymbolonError {}

/** Throws `MERKLE_LOG_RANGE` unless `value` is an integer from `least` to `most`. */
export function requireRange(value: number, least: number, most: number, name: string): void {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new MerkleLogError(
      'MERKLE_LOG_RANGE',
      `${name} must be an integer from ${least} to ${most}, got ${value}`,
      {
        details: { name, value, least, most },
      },
    )
}
