import { CredentialError } from '../errors.ts'
import {
  CAVEAT_BYTES_MAX,
  CAVEATS_MAX,
  IDENTIFIER_BYTES_MAX,
  LOCATION_BYTES_MAX,
  MACAROON_BYTES_MAX,
  VERIFICATION_ID_BYTES_MAX,
} from '../limits.ts'
import type { Macaroon } from './macaroon.ts'

export function malformed(reason: string): CredentialError {
  return new CredentialError(
    'MACAROON_MALFORMED',
    `not a macaroon: ${reason}; ask the issuer for a fresh one`,
  )
}

/** @throws MACAROON_TOO_LARGE */
export function requireMacaroonSize(length: number): void {
  if (length <= MACAROON_BYTES_MAX) return
  throw new CredentialError(
    'MACAROON_TOO_LARGE',
    `a macaroon of ${length} bytes is over MACAROON_BYTES_MAX = ${MACAROON_BYTES_MAX}; use fewer or shorter caveats`,
    { details: { length, bound: MACAROON_BYTES_MAX } },
  )
}

/** @throws MACAROON_CAVEATS_TOO_MANY */
export function requireCaveatCount(count: number): void {
  if (count <= CAVEATS_MAX) return
  throw new CredentialError(
    'MACAROON_CAVEATS_TOO_MANY',
    `${count} caveats are over CAVEATS_MAX = ${CAVEATS_MAX}; join restrictions or have the issuer mint anew`,
    { details: { count, bound: CAVEATS_MAX } },
  )
}

/** @throws MACAROON_CAVEAT_TOO_LONG */
export function requireCaveatLength(length: number): void {
  if (length <= CAVEAT_BYTES_MAX) return
  throw new CredentialError(
    'MACAROON_CAVEAT_TOO_LONG',
    `a caveat of ${length} bytes is over CAVEAT_BYTES_MAX = ${CAVEAT_BYTES_MAX}; shorten its value`,
    { details: { length, bound: CAVEAT_BYTES_MAX } },
  )
}

/**
 * Bounds of every part, for macaroons of any wire format.
 * @throws MACAROON_CAVEATS_TOO_MANY, MACAROON_CAVEAT_TOO_LONG, MACAROON_MALFORMED (in that order)
 */
export function requireMacaroonBounds(macaroon: Macaroon): void {
  requireCaveatCount(macaroon.caveats.length)
  for (const caveat of macaroon.caveats) {
    requireCaveatLength(caveat.identifier.length)
    if ((caveat.verificationId?.length ?? 0) > VERIFICATION_ID_BYTES_MAX)
      throw malformed(`a verification id is over VERIFICATION_ID_BYTES_MAX = ${VERIFICATION_ID_BYTES_MAX}`)
    if ((caveat.location?.length ?? 0) > LOCATION_BYTES_MAX)
      throw malformed(`a caveat location is over LOCATION_BYTES_MAX = ${LOCATION_BYTES_MAX}`)
  }
  if (macaroon.identifier.length > IDENTIFIER_BYTES_MAX)
    throw malformed(`the identifier is over IDENTIFIER_BYTES_MAX = ${IDENTIFIER_BYTES_MAX}`)
  if ((macaroon.location?.length ?? 0) > LOCATION_BYTES_MAX)
    throw malformed(`the location is over LOCATION_BYTES_MAX = ${LOCATION_BYTES_MAX}`)
  if (macaroon.signature.length !== 32) throw malformed('the signature is not 32 bytes')
}
