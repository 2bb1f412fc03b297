import { CredentialError } from '../errors.ts'
import { KEY_VERSION_MAX } from '../limits.ts'

/**
 * The identifier that this package mints, in a fixed layout so that one byte string has one reading (L402-4):
 *
 *     offset  size  field
 *          0     1  layout version, 1
 *          1     4  key version, unsigned big-endian: selects the master secret (MAC-5)
 *          5    32  payment hash, SHA-256 of the preimage that activates the credential
 *         37    16  nonce, random: makes the identifier unique
 *
 * 53 bytes: with the HMAC pad that is two SHA-256 blocks, the least possible.
 */
export interface CredentialIdentifier {
  readonly keyVersion: number
  readonly paymentHash: Uint8Array
  readonly nonce: Uint8Array
}

export const IDENTIFIER_BYTES = 53
const LAYOUT_VERSION = 1

/** @throws MACAROON_IDENTIFIER_MALFORMED if a part has the wrong size or the key version is not a u32 */
export function encodeIdentifier({ keyVersion, paymentHash, nonce }: CredentialIdentifier): Uint8Array {
  if (!Number.isInteger(keyVersion) || keyVersion < 0 || keyVersion > KEY_VERSION_MAX)
    throw invalid('the key version must be an unsigned 32-bit integer')
  if (paymentHash.length !== 32) throw invalid('the payment hash must be 32 bytes')
  if (nonce.length !== 16) throw invalid('the nonce must be 16 bytes')
  const bytes = new Uint8Array(IDENTIFIER_BYTES)
  bytes[0] = LAYOUT_VERSION
  new DataView(bytes.buffer).setUint32(1, keyVersion)
  bytes.set(paymentHash, 5)
  bytes.set(nonce, 37)
  return bytes
}

/** @throws MACAROON_IDENTIFIER_MALFORMED for anything that {@link encodeIdentifier} did not make */
export function decodeIdentifier(bytes: Uint8Array): CredentialIdentifier {
  if (bytes.length !== IDENTIFIER_BYTES || bytes[0] !== LAYOUT_VERSION)
    throw invalid(`it must be ${IDENTIFIER_BYTES} bytes and start with ${LAYOUT_VERSION}`)
  return {
    keyVersion: ((bytes[1]! << 24) | (bytes[2]! << 16) | (bytes[3]! << 8) | bytes[4]!) >>> 0,
    paymentHash: bytes.subarray(5, 37),
    nonce: bytes.subarray(37, 53),
  }
}

/**
 * The payment hash of an identifier, for a client that meets other issuers too: ours, or the layout of the L402
 * specification (version 0 as u16, payment hash, 32-byte token id: 66 bytes). Undefined for any other.
 */
export function paymentHashOf(identifier: Uint8Array): Uint8Array | undefined {
  if (identifier.length === IDENTIFIER_BYTES && identifier[0] === LAYOUT_VERSION)
    return identifier.subarray(5, 37)
  if (identifier.length === 66 && identifier[0] === 0 && identifier[1] === 0)
    return identifier.subarray(2, 34)
  return undefined
}

function invalid(reason: string): CredentialError {
  return new CredentialError('MACAROON_IDENTIFIER_MALFORMED', `not an identifier of this issuer: ${reason}`)
}
