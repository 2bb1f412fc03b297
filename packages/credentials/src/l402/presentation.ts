import { fromHex, toHex } from '@symbolon/primitives'
import { CredentialError } from '../errors.ts'
import { MACAROON_BYTES_MAX } from '../limits.ts'
import { decodeMacaroonText, encodeMacaroonText } from '../macaroon/decode.ts'
import type { Macaroon } from '../macaroon/macaroon.ts'
import { decodeBase64, encodeBase64 } from '../text/base64.ts'

/** What a client sends: the macaroon and the proof that its invoice was paid. Together a bearer secret. */
export interface Presentation {
  readonly macaroon: Macaroon
  /** 32 bytes. */
  readonly preimage: Uint8Array
}

/** Scheme, base64 of the largest macaroon, colon, preimage in hex. */
const HEADER_CHARS_MAX = 5 + Math.ceil(MACAROON_BYTES_MAX / 3) * 4 + 1 + 64

/**
 * The value of Authorization: `L402 <base64 macaroon>:<preimage>` (L402-9). The book's form of the preimage is base64;
 * much deployed software wants hexadecimal.
 */
export function formatPresentation(
  { macaroon, preimage }: Presentation,
  preimageAs: 'base64' | 'hex' = 'base64',
): string {
  if (preimage.length !== 32) throw malformed('a preimage must be 32 bytes')
  return `L402 ${encodeMacaroonText(macaroon)}:${preimageAs === 'hex' ? toHex(preimage) : encodeBase64(preimage)}`
}

/**
 * Reads both forms of the preimage, which cannot be confused: 64 characters or 44 (43 without padding).
 * @throws L402_HEADER_TOO_LARGE, L402_PRESENTATION_MALFORMED
 * @throws MACAROON_TOO_LARGE, MACAROON_MALFORMED, MACAROON_CAVEATS_TOO_MANY, MACAROON_CAVEAT_TOO_LONG
 */
export function parsePresentation(header: string): Presentation {
  if (header.length > HEADER_CHARS_MAX)
    throw new CredentialError(
      'L402_HEADER_TOO_LARGE',
      `the Authorization header is over ${HEADER_CHARS_MAX} characters, which is MACAROON_BYTES_MAX in base64`,
    )
  const match = /^(?:l402|lsat) +([A-Za-z0-9+/_=-]+):([A-Za-z0-9+/_=-]+)$/i.exec(header)
  if (match === null) throw malformed('send "L402 <base64 macaroon>:<preimage>"')
  const [, macaroonText = '', preimageText = ''] = match
  const preimage = /^[0-9a-fA-F]{64}$/.test(preimageText)
    ? fromHex(preimageText.toLowerCase())
    : decodeBase64(preimageText)
  if (preimage === undefined || preimage.length !== 32)
    throw malformed('the preimage must be 32 bytes in base64 or hexadecimal')
  return { macaroon: decodeMacaroonText(macaroonText), preimage }
}

function malformed(reason: string): CredentialError {
  return new CredentialError('L402_PRESENTATION_MALFORMED', `not an L402 credential: ${reason}`)
}
