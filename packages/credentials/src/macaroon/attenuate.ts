import { asciiBytes } from '../text/ascii.ts'
import { requireCaveatCount, requireCaveatLength } from './bounds.ts'
import { baseSignature, stepSignature } from './chain.ts'
import type { Caveat, Macaroon } from './macaroon.ts'

/**
 * A macaroon that allows a subset of what `macaroon` allows. Offline, one HMAC, no issuer involved (MAC-8).
 *
 * Hand over the result only: whoever also holds the parent's signature has the parent's authority (MAC-9).
 * Any text is carried byte for byte; use `formatCaveat` so that a verifier will understand it.
 *
 * @throws MACAROON_CAVEATS_TOO_MANY, MACAROON_CAVEAT_TOO_LONG
 */
export function attenuate(macaroon: Macaroon, condition: string | Uint8Array): Macaroon {
  return append(macaroon, {
    identifier: typeof condition === 'string' ? conditionBytes(condition) : condition.slice(),
    verificationId: undefined,
    location: undefined,
  })
}

/** As {@link attenuate}, for several conditions in order. */
export function attenuateAll(macaroon: Macaroon, conditions: Iterable<string | Uint8Array>): Macaroon {
  let narrowed = macaroon
  for (const condition of conditions) narrowed = attenuate(narrowed, condition)
  return narrowed
}

/** A macaroon from its root key, with no caveat yet. `mintCredential` is what an issuer wants: it demands an expiry. */
export function createMacaroon(rootKey: Uint8Array, identifier: Uint8Array, location?: Uint8Array): Macaroon {
  return { location, identifier, caveats: [], signature: baseSignature(rootKey, identifier) }
}

function append(macaroon: Macaroon, caveat: Caveat): Macaroon {
  requireCaveatLength(caveat.identifier.length)
  requireCaveatCount(macaroon.caveats.length + 1)
  return {
    location: macaroon.location,
    identifier: macaroon.identifier,
    caveats: [...macaroon.caveats, caveat],
    signature: stepSignature(macaroon.signature, caveat),
  }
}

function conditionBytes(condition: string): Uint8Array {
  // Anything outside ASCII has no canonical place in the language; UTF-8 carries it so that a verifier refuses it.
  return /^[\x20-\x7e]*$/.test(condition) ? asciiBytes(condition) : new TextEncoder().encode(condition)
}
