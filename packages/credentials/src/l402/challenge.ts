import { CredentialError } from '../errors.ts'
import { BINDING_BYTES_MAX, BINDING_SIGNATURE_BYTES_MAX, INVOICE_CHARS_MAX } from '../limits.ts'
import { decodeMacaroonText, encodeMacaroonText } from '../macaroon/decode.ts'
import type { Macaroon } from '../macaroon/macaroon.ts'
import { isPlainText } from '../text/ascii.ts'
import { decodeBase64, encodeBase64Url } from '../text/base64.ts'
import { type AuthChallenge, parseChallenges } from './auth-params.ts'

/** The provider's statement of what the challenge is for, with its signature; see `binding.ts`. */
export interface SignedBinding {
  /** The canonical bytes that were signed. */
  readonly bytes: Uint8Array
  readonly signature: Uint8Array
}

/** A 402 challenge (L402-1). */
export interface Challenge {
  readonly macaroon: Macaroon
  /** A request for payment in the form of its own kind (BOLT 11, a signed payment request): opaque here. */
  readonly invoice: string
  readonly binding: SignedBinding | undefined
}

/**
 * The value of WWW-Authenticate: `L402 macaroon="…", invoice="…"`, and for a signed challenge `binding` and
 * `binding-signature`, which clients that do not know them ignore.
 *
 * @throws L402_HEADER_MALFORMED if the invoice is not 1 to INVOICE_CHARS_MAX visible ASCII characters
 * @throws MACAROON_TOO_LARGE and the other bounds of a macaroon
 */
export function formatChallenge({ macaroon, invoice, binding }: Challenge): string {
  if (invoice.length === 0 || invoice.length > INVOICE_CHARS_MAX || !isPlainText(invoice))
    throw new CredentialError(
      'L402_HEADER_MALFORMED',
      `an invoice must be 1 to INVOICE_CHARS_MAX = ${INVOICE_CHARS_MAX} visible characters without quotes`,
    )
  const header = `L402 macaroon="${encodeMacaroonText(macaroon)}", invoice="${invoice}"`
  if (binding === undefined) return header
  const { bytes, signature } = binding
  return `${header}, binding="${encodeBase64Url(bytes)}", binding-signature="${encodeBase64Url(signature)}"`
}

/**
 * The first L402 challenge of a WWW-Authenticate value, which may offer other schemes as well. Accepts what clients
 * meet in the wild: the legacy scheme `LSAT`, and `token=` in place of `macaroon=`.
 *
 * @throws L402_HEADER_TOO_LARGE, L402_HEADER_MALFORMED, L402_CHALLENGE_MISSING
 * @throws MACAROON_TOO_LARGE, MACAROON_MALFORMED, MACAROON_CAVEATS_TOO_MANY, MACAROON_CAVEAT_TOO_LONG
 */
export function parseChallenge(header: string): Challenge {
  const offered = parseChallenges(header).find(({ scheme }) => /^(l402|lsat)$/i.test(scheme))
  if (offered === undefined)
    throw new CredentialError(
      'L402_CHALLENGE_MISSING',
      'the server offers no L402 challenge; use a scheme it offers',
    )
  const invoice = offered.params.get('invoice')
  if (
    invoice === undefined ||
    invoice.length === 0 ||
    invoice.length > INVOICE_CHARS_MAX ||
    !isPlainText(invoice)
  )
    throw malformed('its invoice is missing, too long or not visible ASCII')
  return {
    macaroon: decodeMacaroonText(requireMacaroonText(offered)),
    invoice,
    binding: readBinding(offered),
  }
}

function requireMacaroonText({ params }: AuthChallenge): string {
  const macaroon = params.get('macaroon')
  const token = params.get('token')
  const text = macaroon ?? token
  if (text === undefined) throw malformed('its macaroon is missing')
  // Two parameters may say the same thing, never two things.
  if (macaroon !== undefined && token !== undefined && macaroon !== token)
    throw malformed('its macaroon and its token differ')
  return text
}

function readBinding({ params }: AuthChallenge): SignedBinding | undefined {
  const encodedBytes = params.get('binding')
  const encodedSignature = params.get('binding-signature')
  if (encodedBytes === undefined && encodedSignature === undefined) return undefined
  const bytes = decodeBase64(encodedBytes ?? '')
  const signature = decodeBase64(encodedSignature ?? '')
  if (
    bytes === undefined ||
    signature === undefined ||
    bytes.length === 0 ||
    signature.length === 0 ||
    bytes.length > BINDING_BYTES_MAX ||
    signature.length > BINDING_SIGNATURE_BYTES_MAX
  )
    throw malformed('its binding or the signature of it is missing, too long or not base64')
  return { bytes, signature }
}

function malformed(reason: string): CredentialError {
  return new CredentialError(
    'L402_HEADER_MALFORMED',
    `not a usable L402 challenge: ${reason}; do not pay for it`,
  )
}
