import { malformed, outOfBounds } from './errors.ts'
import type { KeyDerivationParameters } from './key-derivation.ts'
import {
  KEY_STORE_FILE_CHARACTERS_MAX,
  KEY_STORE_LABEL_CHARACTERS_MAX,
  KEY_STORE_NONCE_BYTES,
  KEY_STORE_SALT_BYTES,
  KEY_STORE_SECRET_BYTES_MAX,
  KEY_STORE_TAG_BYTES,
} from './limits.ts'

/** Everything in the file but the ciphertext. All of it is authenticated. */
export interface KeyStoreHeader extends KeyDerivationParameters {
  /** Shown to people, e.g. the agent's name; not secret, but not changeable without notice. */
  label: string
  salt: Uint8Array
  nonce: Uint8Array
}

const FORMAT = 'symbolon-key-store'
const VERSION = 1
const KDF = 'argon2id'
const CIPHER = 'xchacha20-poly1305'

const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** The header as an object whose keys always stand in this order. */
function headerObject(header: KeyStoreHeader) {
  return {
    format: FORMAT,
    version: VERSION,
    label: header.label,
    kdf: {
      name: KDF,
      memoryKiB: header.memoryKiB,
      passes: header.passes,
      parallelism: header.parallelism,
      salt: toHex(header.salt),
    },
    cipher: { name: CIPHER, nonce: toHex(header.nonce) },
  }
}

/**
 * The associated data: the header's values in a fixed order, written anew rather than taken from the file, so
 * that white space and key order of the file do not matter and every value does.
 */
export function associatedData(header: KeyStoreHeader): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(headerObject(header)))
}

export function formatKeyStore(header: KeyStoreHeader, ciphertext: Uint8Array): string {
  return `${JSON.stringify({ ...headerObject(header), ciphertext: toHex(ciphertext) }, null, 2)}\n`
}

function requireObject(value: unknown, keys: readonly string[], name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(`${name} is not an object`)
  const found = Object.keys(value).sort().join()
  if (found !== keys.toSorted().join())
    throw malformed(`${name} must have exactly the members ${keys.join(', ')}`)
  return value as Record<string, unknown>
}

function requireHex(value: unknown, bytesMin: number, bytesMax: number, name: string): Uint8Array {
  if (typeof value !== 'string' || !/^(?:[0-9a-f]{2})*$/.test(value))
    throw malformed(`${name} is not lower-case hex`)
  if (value.length < 2 * bytesMin || value.length > 2 * bytesMax)
    throw malformed(`${name} must have ${bytesMin} to ${bytesMax} bytes`)
  return Uint8Array.from({ length: value.length / 2 }, (_, i) =>
    Number.parseInt(value.slice(2 * i, 2 * i + 2), 16),
  )
}

function requireNumber(value: unknown, name: string): number {
  if (typeof value !== 'number') throw malformed(`${name} is not a number`)
  return value
}

export function requireLabel(label: string): void {
  if (label.length > KEY_STORE_LABEL_CHARACTERS_MAX)
    throw outOfBounds('label length', label.length, `at most ${KEY_STORE_LABEL_CHARACTERS_MAX} characters`)
}

/** Strict: unknown members, other algorithms and other lengths are `KEY_STORE_MALFORMED`. Costs are not judged here. */
export function parseKeyStore(text: string): { header: KeyStoreHeader; ciphertext: Uint8Array } {
  if (text.length > KEY_STORE_FILE_CHARACTERS_MAX)
    throw outOfBounds('file length', text.length, `at most ${KEY_STORE_FILE_CHARACTERS_MAX} characters`)
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text; keep it out of logs.
    throw malformed('it is not JSON')
  }
  const file = requireObject(
    parsed,
    ['format', 'version', 'label', 'kdf', 'cipher', 'ciphertext'],
    'the file',
  )
  if (file['format'] !== FORMAT || file['version'] !== VERSION)
    throw malformed(`format or version is another`)
  if (typeof file['label'] !== 'string') throw malformed('label is not a string')
  requireLabel(file['label'])
  const kdf = requireObject(file['kdf'], ['name', 'memoryKiB', 'passes', 'parallelism', 'salt'], 'kdf')
  const cipher = requireObject(file['cipher'], ['name', 'nonce'], 'cipher')
  if (kdf['name'] !== KDF || cipher['name'] !== CIPHER) throw malformed('kdf or cipher is unknown')
  return {
    header: {
      label: file['label'],
      memoryKiB: requireNumber(kdf['memoryKiB'], 'memoryKiB'),
      passes: requireNumber(kdf['passes'], 'passes'),
      parallelism: requireNumber(kdf['parallelism'], 'parallelism'),
      salt: requireHex(kdf['salt'], KEY_STORE_SALT_BYTES, KEY_STORE_SALT_BYTES, 'salt'),
      nonce: requireHex(cipher['nonce'], KEY_STORE_NONCE_BYTES, KEY_STORE_NONCE_BYTES, 'nonce'),
    },
    ciphertext: requireHex(
      file['ciphertext'],
      KEY_STORE_TAG_BYTES,
      KEY_STORE_SECRET_BYTES_MAX + KEY_STORE_TAG_BYTES,
      'ciphertext',
    ),
  }
}
