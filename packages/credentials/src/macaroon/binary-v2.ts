import { malformed, requireMacaroonBounds, requireMacaroonSize } from './bounds.ts'
import type { Caveat, Macaroon } from './macaroon.ts'

/**
 * Binary format version 2 of libmacaroons (its doc/format.txt), byte for byte:
 *
 *     2, [location], identifier, EOS, { [location], identifier, [vid], EOS }*, EOS, signature
 *
 * A field is its type and its length as varints, then the bytes; EOS is a single zero. The reader accepts one
 * encoding per macaroon: fields in this order, shortest varints, nothing after the signature.
 */
export const VERSION_2 = 2
const EOS = 0
const LOCATION = 1
const IDENTIFIER = 2
const VERIFICATION_ID = 4
const SIGNATURE = 6

/** Reading position, one per call, in a plain object so that the hot path makes no closures. */
interface Cursor {
  readonly bytes: Uint8Array
  at: number
}

/** @throws MACAROON_TOO_LARGE, MACAROON_MALFORMED, MACAROON_CAVEATS_TOO_MANY, MACAROON_CAVEAT_TOO_LONG */
export function decodeBinaryV2(bytes: Uint8Array): Macaroon {
  requireMacaroonSize(bytes.length)
  if (bytes[0] !== VERSION_2) throw malformed('it does not start with version 2')
  const cursor: Cursor = { bytes, at: 1 }
  const location = optionalField(cursor, LOCATION)
  const identifier = requiredField(cursor, IDENTIFIER)
  requireEnd(cursor)
  const caveats: Caveat[] = []
  while (bytes[cursor.at] !== EOS) {
    const caveatLocation = optionalField(cursor, LOCATION)
    const caveatIdentifier = requiredField(cursor, IDENTIFIER)
    const verificationId = optionalField(cursor, VERIFICATION_ID)
    requireEnd(cursor)
    caveats.push({ identifier: caveatIdentifier, verificationId, location: caveatLocation })
  }
  requireEnd(cursor)
  const signature = requiredField(cursor, SIGNATURE)
  if (cursor.at !== bytes.length) throw malformed('bytes follow the signature')
  const macaroon: Macaroon = { location, identifier, caveats, signature }
  requireMacaroonBounds(macaroon)
  return macaroon
}

function requireEnd(cursor: Cursor): void {
  if (cursor.bytes[cursor.at++] !== EOS) throw malformed('a section does not end where it should')
}

function optionalField(cursor: Cursor, type: number): Uint8Array | undefined {
  if (cursor.bytes[cursor.at] !== type) return undefined
  cursor.at++
  const length = readLength(cursor)
  const start = cursor.at
  cursor.at = start + length
  if (cursor.at > cursor.bytes.length) throw malformed('a field is longer than what is left')
  return cursor.bytes.subarray(start, cursor.at)
}

function requiredField(cursor: Cursor, type: number): Uint8Array {
  const field = optionalField(cursor, type)
  if (field === undefined) throw malformed(`field ${type} is missing`)
  return field
}

/** A varint of at most two bytes: MACAROON_BYTES_MAX is below 2^14. */
function readLength(cursor: Cursor): number {
  const low = cursor.bytes[cursor.at++]
  if (low === undefined) throw malformed('it ends inside a length')
  if (low < 0x80) return low
  const high = cursor.bytes[cursor.at++]
  if (high === undefined || high >= 0x80) throw malformed('a length is over the bound or unfinished')
  if (high === 0) throw malformed('a length is not in its shortest form')
  return (high << 7) | (low & 0x7f)
}

function fieldSize(bytes: Uint8Array | undefined): number {
  return bytes === undefined ? 0 : bytes.length + (bytes.length < 0x80 ? 2 : 3)
}

/** @throws MACAROON_CAVEATS_TOO_MANY, MACAROON_CAVEAT_TOO_LONG, MACAROON_MALFORMED, MACAROON_TOO_LARGE */
export function encodeBinaryV2(macaroon: Macaroon): Uint8Array {
  requireMacaroonBounds(macaroon)
  // Version, end of header, end of caveats.
  let size = 3 + fieldSize(macaroon.location) + fieldSize(macaroon.identifier) + fieldSize(macaroon.signature)
  for (const caveat of macaroon.caveats)
    size += fieldSize(caveat.location) + fieldSize(caveat.identifier) + fieldSize(caveat.verificationId) + 1
  requireMacaroonSize(size)

  const out = new Uint8Array(size)
  out[0] = VERSION_2
  let at = writeField(out, 1, LOCATION, macaroon.location)
  at = writeField(out, at, IDENTIFIER, macaroon.identifier)
  out[at++] = EOS
  for (const caveat of macaroon.caveats) {
    at = writeField(out, at, LOCATION, caveat.location)
    at = writeField(out, at, IDENTIFIER, caveat.identifier)
    at = writeField(out, at, VERIFICATION_ID, caveat.verificationId)
    out[at++] = EOS
  }
  out[at++] = EOS
  writeField(out, at, SIGNATURE, macaroon.signature)
  return out
}

/** Writes the field if there is one; returns the position after it. */
function writeField(out: Uint8Array, at: number, type: number, bytes: Uint8Array | undefined): number {
  if (bytes === undefined) return at
  let position = at
  out[position++] = type
  if (bytes.length < 0x80) out[position++] = bytes.length
  else {
    out[position++] = (bytes.length & 0x7f) | 0x80
    out[position++] = bytes.length >>> 7
  }
  out.set(bytes, position)
  return position + bytes.length
}
