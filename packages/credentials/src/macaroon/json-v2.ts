import { decodeBase64 } from '../text/base64.ts'
import { malformed, requireMacaroonBounds, requireMacaroonSize } from './bounds.ts'
import type { Caveat, Macaroon } from './macaroon.ts'

/**
 * Reads JSON format version 2 of libmacaroons: `{"v":2,"l":…,"i":…,"c":[{"i":…,"v":…,"l":…}],"s":…}`, where a
 * name with `64` appended holds base64 in place of text. Unknown names and both forms of one field are refused.
 *
 * @throws MACAROON_TOO_LARGE, MACAROON_MALFORMED, MACAROON_CAVEATS_TOO_MANY, MACAROON_CAVEAT_TOO_LONG
 */
export function decodeJsonV2(bytes: Uint8Array): Macaroon {
  requireMacaroonSize(bytes.length)
  let parsed: unknown
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw Object.assign(malformed('it is not JSON'), { cause })
  }
  const root = requireObject(parsed, ['v', 'l', 'l64', 'i', 'i64', 'c', 's', 's64'])
  if (root['v'] !== 2) throw malformed('its JSON version is not 2')
  const listed = root['c'] ?? []
  if (!Array.isArray(listed)) throw malformed('its caveats are not a list')
  const macaroon: Macaroon = {
    location: field(root, 'l'),
    identifier: requireField(root, 'i'),
    caveats: listed.map((entry): Caveat => {
      const caveat = requireObject(entry, ['i', 'i64', 'v', 'v64', 'l', 'l64'])
      return {
        identifier: requireField(caveat, 'i'),
        verificationId: field(caveat, 'v'),
        location: field(caveat, 'l'),
      }
    }),
    signature: requireField(root, 's'),
  }
  requireMacaroonBounds(macaroon)
  return macaroon
}

function requireObject(value: unknown, names: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed('a part is not an object')
  for (const name of Object.keys(value))
    if (!names.includes(name)) throw malformed('it has an unknown JSON name')
  return value as Record<string, unknown>
}

function field(object: Record<string, unknown>, name: string): Uint8Array | undefined {
  const text = object[name]
  const encoded = object[`${name}64`]
  if (text !== undefined && encoded !== undefined) throw malformed(`it gives "${name}" twice`)
  if (typeof text === 'string') return new TextEncoder().encode(text)
  if (typeof encoded === 'string') {
    const decoded = decodeBase64(encoded)
    if (decoded !== undefined) return decoded
  }
  if (text === undefined && encoded === undefined) return undefined
  throw malformed(`its field "${name}" is not text or base64`)
}

function requireField(object: Record<string, unknown>, name: string): Uint8Array {
  const value = field(object, name)
  if (value === undefined) throw malformed(`its field "${name}" is missing`)
  return value
}
