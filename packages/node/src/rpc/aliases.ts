/** Plain GETs with the same results as the methods (CON-133). */
import { SymbolonError } from '@symbolon/primitives'
import { CAPABILITY_BYTES_MAX, PAGE_MAX } from '@symbolon/protocol'
import type { RestAlias } from './documents.ts'

const asText = (text: string): unknown => text
const asInteger = (text: string): unknown => (/^\d{1,9}$/.test(text) ? Number(text) : text)
const asBoolean = (text: string): unknown => (text === 'true' ? true : text === 'false' ? false : text)

/** Reads a share such as `0.8` as parts per million; the document's example has a decimal threshold (CON-108). */
function asShare(text: string): unknown {
  const match = /^(0|1)(?:\.(\d{1,6}))?$/.exec(text)
  const millionths =
    match === null ? 2_000_000 : Number(match[1]) * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'))
  if (millionths > 1_000_000)
    throw new SymbolonError(
      'QUERY_MALFORMED',
      'min_reputation and min_trust are shares from 0 to 1 with at most 6 decimals',
    )
  return millionths
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
    min_trust: {
      parameter: 'minTrust',
      read: asShare,
      schema: { type: 'number', minimum: 0, maximum: 1 },
    },
    trust_dimension: { parameter: 'trustDimension', read: asText, schema: { type: 'string' } },
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
  { path: '/reputation/:did/trust-score', method: 'reputation.score', query: { did: text('did') } },
  { path: '/channels/:channel', method: 'channel.get', query: { channel: text('channel') } },
  { path: '/transactions/:id', method: 'transaction.get', query: { id: text('id') } },
  { path: '/blocks/:height', method: 'block.get', query: { height: text('height') } },
  { path: '/supply', method: 'supply.get', query: {} },
  { path: '/checkpoints/latest', method: 'checkpoint.latest', query: {} },
]
