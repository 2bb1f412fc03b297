/** Plain GETs with the same results as the methods (CON-133), and W3C DID documents (CON-107). */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { decode, formatDid, parseDid, SymbolonError } from '@symbolon/primitives'
import { CAPABILITY_BYTES_MAX, identityKey, identityRecord, PAGE_MAX } from '@symbolon/protocol'
import type { RestAlias } from './documents.ts'
import type { HandlerContext } from './handlers/context.ts'
import { multibaseEd25519 } from './multibase.ts'

const asText = (text: string): unknown => text
const asInteger = (text: string): unknown => (/^\d{1,9}$/.test(text) ? Number(text) : text)
const asBoolean = (text: string): unknown => (text === 'true' ? true : text === 'false' ? false : text)

/** Reads a share such as `0.8` as parts per million; the document's example has a decimal threshold (CON-108). */
function asShare(text: string): unknown {
  const match = /^(0|1)(?:\.(\d{1,6}))?$/.exec(text)
  if (match === null)
    throw new SymbolonError(
      'SCHEMA_TYPE_MISMATCH',
      'min_reputation is a share from 0 to 1 with at most 6 decimals',
    )
  return Number(match[1]) * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'))
}

const search: RestAlias = {
  path: '/rpc/identity/search',
  method: 'identity.search',
  query: {
    capability: {
      parameter: 'capability',
      read: asText,
      schema: { type: 'string', maxLength: CAPABILITY_BYTES_MAX },
    },
    domain: { parameter: 'domain', read: asText, schema: { type: 'string' } },
    min_reputation: {
      parameter: 'minReputation',
      read: asShare,
      schema: { type: 'number', minimum: 0, maximum: 1 },
    },
    cursor: { parameter: 'cursor', read: asText, schema: { type: 'string' } },
    limit: {
      parameter: 'limit',
      read: asInteger,
      schema: { type: 'integer', minimum: 1, maximum: PAGE_MAX },
    },
    proofs: { parameter: 'proofs', read: asBoolean, schema: { type: 'boolean' } },
  },
}

const text = (parameter: string): RestAlias['query'][string] => ({
  parameter,
  read: asText,
  schema: { type: 'string' },
})

export const REST_ALIASES: readonly RestAlias[] = [
  search,
  { path: '/accounts/:address', method: 'account.get', query: { address: text('address') } },
  { path: '/identities/:did', method: 'identity.get', query: { did: text('did') } },
  { path: '/channels/:channel', method: 'channel.get', query: { channel: text('channel') } },
  { path: '/transactions/:id', method: 'transaction.get', query: { id: text('id') } },
  { path: '/blocks/:height', method: 'block.get', query: { height: text('height') } },
  { path: '/supply', method: 'supply.get', query: {} },
  { path: '/checkpoints/latest', method: 'checkpoint.latest', query: {} },
]

/** GET /did/:did as application/did+json: https://www.w3.org/TR/did-core/. A deactivated DID says so in its metadata. */
export function serveDidDocument(
  { ledger }: HandlerContext,
  _: IncomingMessage,
  response: ServerResponse,
  url: URL,
): boolean {
  const match = /^\/did\/(did:[^/]+)$/.exec(decodeURIComponent(url.pathname))
  if (match === null) return false
  const subject = parseDid(match[1] ?? '')
  const stored = ledger.get('identity', identityKey(subject))
  if (stored === undefined) {
    response.writeHead(404, { 'content-type': 'application/problem+json' })
    response.end(
      JSON.stringify({
        type: 'urn:symbolon:error:identity_unknown',
        title: 'IDENTITY_UNKNOWN',
        status: 404,
        detail: 'no identity is registered for this DID',
        code: 'IDENTITY_UNKNOWN',
      }),
    )
    return true
  }
  const record = decode(identityRecord, stored)
  const id = formatDid(subject)
  const methods = record.keys
    .map((key, index) => ({ key, index }))
    .filter(({ key }) => key.until === undefined && record.deactivated === undefined)
    .map(({ key, index }) => ({
      id: `${id}#key-${index}`,
      type: 'Ed25519VerificationKey2020',
      controller: record.controller === undefined ? id : formatDid(record.controller),
      publicKeyMultibase: multibaseEd25519(key.publicKey),
    }))
  response.writeHead(200, { 'content-type': 'application/did+json' })
  response.end(
    JSON.stringify({
      '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/suites/ed25519-2020/v1'],
      id,
      ...(record.controller === undefined ? {} : { controller: formatDid(record.controller) }),
      verificationMethod: methods,
      authentication: methods.map((one) => one.id),
      assertionMethod: methods.map((one) => one.id),
      service: record.profile.services.map((one) => ({
        id: `${id}#${one.name}`,
        type: 'SymbolonService',
        serviceEndpoint: one.endpoint,
      })),
    }),
  )
  return true
}
