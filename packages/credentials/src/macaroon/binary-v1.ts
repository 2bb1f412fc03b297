import { asciiString } from '../text/ascii.ts'
import { malformed, requireMacaroonBounds, requireMacaroonSize } from './bounds.ts'
import type { Caveat, Macaroon } from './macaroon.ts'

/**
 * Reads binary format version 1, which older L402 servers still send. A packet is its whole length as four
 * lower-case hexadecimal digits, a key, a space, the value, and a newline; the packets come in a fixed order:
 *
 *     location identifier { cid [vid cl] }* signature
 *
 * There is no writer: what this package issues or narrows travels as version 2.
 */
interface Packet {
  readonly key: string
  readonly value: Uint8Array
}

/** @throws MACAROON_TOO_LARGE, MACAROON_MALFORMED, MACAROON_CAVEATS_TOO_MANY, MACAROON_CAVEAT_TOO_LONG */
export function decodeBinaryV1(bytes: Uint8Array): Macaroon {
  requireMacaroonSize(bytes.length)
  const packets = readPackets(bytes)
  let at = 0
  const take = (key: string): Uint8Array | undefined =>
    packets[at]?.key === key ? packets[at++]!.value : undefined

  const location = take('location')
  const identifier = take('identifier')
  if (location === undefined || identifier === undefined)
    throw malformed('it lacks a location or an identifier')
  const caveats: Caveat[] = []
  for (let cid = take('cid'); cid !== undefined; cid = take('cid')) {
    const verificationId = take('vid')
    caveats.push({ identifier: cid, verificationId, location: take('cl') })
  }
  const signature = take('signature')
  if (signature === undefined) throw malformed('a packet is out of place or the signature is missing')
  if (at !== packets.length) throw malformed('packets follow the signature')
  const macaroon: Macaroon = {
    // Version 1 must carry a location; an empty one means none.
    location: location.length === 0 ? undefined : location,
    identifier,
    caveats,
    signature,
  }
  requireMacaroonBounds(macaroon)
  return macaroon
}

function readPackets(bytes: Uint8Array): Packet[] {
  const packets: Packet[] = []
  for (let at = 0; at < bytes.length; ) {
    const prefix = asciiString(bytes, at, Math.min(at + 4, bytes.length))
    if (!/^[0-9a-f]{4}$/.test(prefix)) throw malformed('a packet length is not four hexadecimal digits')
    const end = at + Number.parseInt(prefix, 16)
    const space = bytes.indexOf(0x20, at + 4)
    // Shortest packet: length, one letter of key, space, newline.
    if (end < at + 7 || end > bytes.length || bytes[end - 1] !== 0x0a || space === -1 || space >= end - 1)
      throw malformed('a packet does not hold a key and a value of its stated length')
    packets.push({ key: asciiString(bytes, at + 4, space), value: bytes.subarray(space + 1, end - 1) })
    at = end
  }
  return packets
}
