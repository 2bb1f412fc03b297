import { MACAROON_BYTES_MAX } from '../limits.ts'
import { decodeBase64, encodeBase64 } from '../text/base64.ts'
import { decodeBinaryV1 } from './binary-v1.ts'
import { decodeBinaryV2, encodeBinaryV2, VERSION_2 } from './binary-v2.ts'
import { malformed, requireMacaroonSize } from './bounds.ts'
import { decodeJsonV2 } from './json-v2.ts'
import type { Macaroon } from './macaroon.ts'

const OPENING_BRACE = 0x7b

/**
 * Reads any of the three formats; the first byte tells which, since version 1 starts with a hexadecimal digit.
 * @throws MACAROON_TOO_LARGE, MACAROON_MALFORMED, MACAROON_CAVEATS_TOO_MANY, MACAROON_CAVEAT_TOO_LONG
 */
export function decodeMacaroon(bytes: Uint8Array): Macaroon {
  if (bytes[0] === VERSION_2) return decodeBinaryV2(bytes)
  if (bytes[0] === OPENING_BRACE) return decodeJsonV2(bytes)
  return decodeBinaryV1(bytes)
}

/** As {@link decodeMacaroon}, from base64 of either alphabet, which is how headers carry it. */
export function decodeMacaroonText(text: string): Macaroon {
  // Checked before decoding, so that an oversize header costs nothing.
  if (text.length > Math.ceil(MACAROON_BYTES_MAX / 3) * 4)
    requireMacaroonSize(Math.floor((text.length * 3) / 4))
  const bytes = decodeBase64(text)
  if (bytes === undefined) throw malformed('it is not base64')
  return decodeMacaroon(bytes)
}

/** Base64 of the binary version 2 form. */
export function encodeMacaroonText(macaroon: Macaroon): string {
  return encodeBase64(encodeBinaryV2(macaroon))
}
