import { toHex } from '@symbolon/primitives'
import { formatCaveat } from '../caveat/format.ts'
import { parseCaveat } from '../caveat/parse.ts'
import { CredentialError } from '../errors.ts'
import { EXPIRY_WINDOW_SECONDS_MAX } from '../limits.ts'
import { attenuateAll, createMacaroon } from '../macaroon/attenuate.ts'
import { encodeIdentifier } from '../macaroon/identifier.ts'
import type { Macaroon } from '../macaroon/macaroon.ts'
import type { RootKeys } from '../macaroon/root-keys.ts'
import { asciiBytes } from '../text/ascii.ts'

export interface MintParameters {
  readonly rootKeys: RootKeys
  /** SHA-256 of the preimage that will activate the credential: the hash that the invoice asks payment for. */
  readonly paymentHash: Uint8Array
  /** 16 random bytes, never used before. */
  readonly nonce: Uint8Array
  /** Unix seconds, by the issuer's clock. */
  readonly now: number
  /** Unix seconds, inclusive. Mandatory (CAV-7): without one the credential could only be revoked by key rotation. */
  readonly expiresAt: number
  /** Further restrictions. Everything left out is allowed. */
  readonly caveats?: readonly string[]
  /** Also states the payment hash as a caveat, for readers that look there (L402-4). */
  readonly statePaymentHash?: boolean
  readonly location?: string
  /** Longest life that this issuer grants, in seconds; default EXPIRY_WINDOW_SECONDS_MAX. */
  readonly expiryWindowSecondsMax?: number
}

/**
 * A new credential's macaroon. The expiry is its first caveat, so that it binds every counter and every delegate.
 *
 * @throws MINT_EXPIRY_MISSING, MINT_EXPIRY_OUT_OF_BOUNDS, MACAROON_IDENTIFIER_MALFORMED
 * @throws CAVEAT_UNKNOWN, CAVEAT_MALFORMED for a caveat that a verifier would refuse
 * @throws MACAROON_CAVEATS_TOO_MANY, MACAROON_CAVEAT_TOO_LONG
 */
export function mintCredential(parameters: MintParameters): Macaroon {
  const { rootKeys, paymentHash, nonce, caveats = [] } = parameters
  const expiry = formatCaveat('expiry_before', BigInt(requireExpiry(parameters)))
  const identifier = encodeIdentifier({ keyVersion: rootKeys.currentVersion, paymentHash, nonce })
  const conditions = [expiry]
  if (parameters.statePaymentHash === true) conditions.push(formatCaveat('payment_hash', toHex(paymentHash)))
  for (const caveat of caveats) {
    const clauses = parseCaveat(asciiBytes(caveat))
    if (typeof clauses === 'string')
      throw new CredentialError(
        clauses,
        `every verifier would refuse the caveat "${caveat}"; see the catalogue`,
      )
    conditions.push(caveat)
  }
  const rootKey = rootKeys.derive(rootKeys.currentVersion, identifier)!
  const location = parameters.location === undefined ? undefined : asciiBytes(parameters.location)
  return attenuateAll(createMacaroon(rootKey, identifier, location), conditions)
}

function requireExpiry({ now, expiresAt, expiryWindowSecondsMax }: MintParameters): number {
  // Callers without types can leave it out; that is the mistake this guards against.
  if (expiresAt === undefined || expiresAt === null)
    throw new CredentialError('MINT_EXPIRY_MISSING', 'a credential must have an expiry: pass expiresAt')
  const bound = expiryWindowSecondsMax ?? EXPIRY_WINDOW_SECONDS_MAX
  if (!Number.isSafeInteger(expiresAt) || expiresAt <= now || expiresAt - now > bound)
    throw new CredentialError(
      'MINT_EXPIRY_OUT_OF_BOUNDS',
      `the expiry must lie 1 to EXPIRY_WINDOW_SECONDS_MAX = ${bound} seconds ahead, in whole seconds`,
      { details: { now, expiresAt, bound } },
    )
  return expiresAt
}
