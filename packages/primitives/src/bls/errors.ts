import { SymbolonError } from '../errors.ts'

/** `BLS_SIGNATURE_INVALID`, `BLS_PUBLIC_KEY_INVALID`, `BLS_AGGREGATE_SIZE`: see the package page. */
export class BlsError extends SymbolonError {}

export function invalidSignature(index: number, cause?: unknown): BlsError {
  return new BlsError(
    'BLS_SIGNATURE_INVALID',
    `signature ${index} is not 96 bytes of a point in the signature group; leave it out and aggregate the rest`,
    { cause, details: { index } },
  )
}

export function invalidPublicKey(index: number, cause?: unknown): BlsError {
  return new BlsError(
    'BLS_PUBLIC_KEY_INVALID',
    `public key ${index} is not 48 bytes of a point in the key group other than infinity; it must not be registered`,
    { cause, details: { index } },
  )
}

export function aggregateSize(count: number, limit: number): BlsError {
  return new BlsError(
    'BLS_AGGREGATE_SIZE',
    `an aggregate takes from 1 to BLS_AGGREGATE_KEYS_MAX (${limit}) members, got ${count}`,
    { details: { count, limit } },
  )
}
