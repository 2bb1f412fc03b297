/**
 * Addresses and DIDs are one thing with two spellings.
 *
 * An address is the domain digest of the Ed25519 public key that created it: self-certifying, so nobody can squat
 * it, and stable, because a later key rotation changes the identity record and not the address. As an account it
 * is written `sym1…` (bech32m, BIP-350, with a checksum that catches any four wrong characters); as an identity,
 * `did:symbolon:sym1…`. The same key has the same address in every frame; signatures name the frame.
 */
import { bech32m } from '@scure/base'
import { SymbolonError } from '../errors.ts'
import { fixedBytes, refine, type Schema } from '../schema/index.ts'
import { frameFreeDigest } from './domain.ts'
import { HASH_BYTES, hashKey } from './hash.ts'

const PREFIX = 'sym'
const DID_METHOD = 'did:symbolon:'
const TEXT_PATTERN = '^sym1[02-9ac-hj-np-z]{58}$'

export type Address = Uint8Array & { readonly __brand: 'Address' }
export type Did = `did:symbolon:sym1${string}`

export function asAddress(bytes: Uint8Array): Address {
  if (bytes.length !== HASH_BYTES)
    throw new SymbolonError('ADDRESS_MALFORMED', `an address has 32 bytes, not ${bytes.length}`)
  return bytes as Address
}

/** The address that a public key creates. */
export function addressOf(publicKey: Uint8Array): Address {
  return asAddress(frameFreeDigest('account', publicKey))
}

/**
 * The spellings seen last. A purchase writes and reads the same few addresses about a hundred times, at 20 µs each.
 * Bounded: at SPELLINGS_MAX all are forgotten. Keyed by content, so a caller that changes its bytes changes nothing here.
 */
const SPELLINGS_MAX = 4_096
const textOf = new Map<string, string>()
const bytesOf = new Map<string, Uint8Array>()

function remember(key: string, text: string, bytes: Uint8Array): void {
  if (textOf.size >= SPELLINGS_MAX) {
    textOf.clear()
    bytesOf.clear()
  }
  textOf.set(key, text)
  bytesOf.set(text, bytes)
}

export function formatAddress(address: Address): string {
  const key = hashKey(address)
  const known = textOf.get(key)
  if (known !== undefined) return known
  const text = bech32m.encode(PREFIX, bech32m.toWords(address), 90)
  if (address.length === HASH_BYTES) remember(key, text, Uint8Array.from(address))
  return text
}

/** Reads `sym1…`; ADDRESS_MALFORMED names the likely cause (a checksum error is a typing error). */
export function parseAddress(text: string): Address {
  const known = bytesOf.get(text)
  if (known !== undefined) return asAddress(known.slice())
  let bytes: Uint8Array
  try {
    const { prefix, words } = bech32m.decode(text as `${string}1${string}`, 90)
    if (prefix !== PREFIX || text !== text.toLowerCase()) throw new Error(`expected lower-case ${PREFIX}1…`)
    bytes = bech32m.fromWords(words)
  } catch (cause) {
    throw new SymbolonError(
      'ADDRESS_MALFORMED',
      `"${text.slice(0, 80)}" is not an address: check it for typing errors`,
      { cause },
    )
  }
  const parsed = asAddress(bytes)
  remember(hashKey(parsed), text, parsed.slice())
  return parsed
}

export function formatDid(address: Address): Did {
  return `${DID_METHOD}${formatAddress(address)}` as Did
}

export function parseDid(text: string): Address {
  if (!text.startsWith(DID_METHOD))
    throw new SymbolonError('DID_MALFORMED', `"${text.slice(0, 80)}" does not start with ${DID_METHOD}`)
  return parseAddress(text.slice(DID_METHOD.length))
}

/** Accepts either spelling: what a person pastes into a command. */
export function parseAddressOrDid(text: string): Address {
  return text.startsWith('did:') ? parseDid(text) : parseAddress(text)
}

/** 32 bytes in CBOR, `sym1…` in JSON. */
export const address: Schema<Address> = refine('address', fixedBytes(HASH_BYTES, 'address'), asAddress, {
  to: formatAddress,
  from: parseAddress,
  pattern: TEXT_PATTERN,
  description: 'an address, sym1 followed by 58 characters',
})

/** 32 bytes in CBOR, `did:symbolon:sym1…` in JSON. */
export const did: Schema<Address> = refine('did', fixedBytes(HASH_BYTES, 'did'), asAddress, {
  to: formatDid,
  from: parseDid,
  pattern: TEXT_PATTERN.replace('^', '^did:symbolon:'),
  description: 'a DID, did:symbolon:sym1 followed by 58 characters',
})
