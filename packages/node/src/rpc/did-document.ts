/** W3C DID documents (CON-107) at GET /did/:did: https://www.w3.org/TR/did-core/. */
import { type Address, formatDid, parseDid, SymbolonError } from '@symbolon/primitives'
import type { IdentityRecord } from '@symbolon/protocol'
import { decodeSegment } from './alias-route.ts'
import { multibaseEd25519 } from './multibase.ts'

/** The subject, or undefined if the path is not `/did/…`. Throws PATH_MALFORMED, DID_MALFORMED, ADDRESS_MALFORMED. */
export function didOfPath(path: string): Address | undefined {
  const match = /^\/did\/([^/]+)$/.exec(path)
  return match === null ? undefined : parseDid(decodeSegment(match[1] ?? ''))
}

/**
 * Keys in force and services. The channel key is a verification method for nothing else: it neither authenticates the subject nor
 * asserts anything, so no relationship names it.
 * Throws IDENTITY_UNKNOWN; IDENTITY_DEACTIVATED, which is permanent.
 */
export function didDocument(subject: Address, record: IdentityRecord | undefined): object {
  if (record === undefined)
    throw new SymbolonError('IDENTITY_UNKNOWN', 'no identity is registered for this DID')
  if (record.deactivated !== undefined)
    throw new SymbolonError('IDENTITY_DEACTIVATED', `deactivated for ever at height ${record.deactivated}`)
  const id = formatDid(subject)
  const controller = record.controller === undefined ? undefined : formatDid(record.controller)
  const methodOf = (name: string, publicKey: Uint8Array) => ({
    id: `${id}#${name}`,
    type: 'Ed25519VerificationKey2020',
    controller: controller ?? id,
    publicKeyMultibase: multibaseEd25519(publicKey),
  })
  const methods = record.keys
    .map((key, index) => ({ key, index }))
    .filter(({ key }) => key.until === undefined)
    .map(({ key, index }) => methodOf(`key-${index}`, key.publicKey))
  const { channelKey } = record.profile
  const channel = channelKey === undefined ? [] : [methodOf('channel', channelKey)]
  const references = methods.map((one) => one.id)
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/suites/ed25519-2020/v1'],
    id,
    ...(controller === undefined ? {} : { controller }),
    verificationMethod: [...methods, ...channel],
    authentication: references,
    assertionMethod: references,
    service: record.profile.services.map((one) => ({
      id: `${id}#${one.name}`,
      type: 'SymbolonService',
      serviceEndpoint: one.endpoint,
    })),
  }
}
