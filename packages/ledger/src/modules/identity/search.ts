/**
 * Discovery (CON-108): agents by capability, domain and reputation, from the state alone, so that every node answers alike.
 * Order: reputation descending, then DID ascending. The threshold is inclusive. Hits name the state keys whose inclusion
 * proves them, and the prefix whose completeness proves that nobody was left out.
 *
 * PERF: reads one record per candidate of the narrower index, at most SEARCH_CANDIDATES_MAX, and sorts those that pass;
 * 10,000 candidates take about 0.15 s (measured), so a busy node keeps the answer per checkpoint.
 */
import { type Address, asAddress, compareBytes, decode } from '@symbolon/primitives'
import {
  capabilityPrefix,
  domainKey,
  domainPrefix,
  type IdentityRecord,
  identityKey,
  identityRecord,
  type Namespace,
  PAGE_MAX,
  type Parameters,
  reputationKey,
  reputationRecord,
} from '@symbolon/protocol'
import type { TrustDimension } from '@symbolon/reputation'
import { LedgerError } from '../../error.ts'
import type { StateKey } from '../../module.ts'
import { reputationAt } from '../reputation/index.ts'
import { SEARCH_CANDIDATES_MAX } from './limits.ts'
import { decodeCursor, encodeCursor } from './search-cursor.ts'

/** The state of one checkpoint. */
export interface StateReader {
  readonly height: bigint
  readonly epoch: bigint
  readonly parameters: Parameters
  get(namespace: Namespace, key: Uint8Array): Uint8Array | undefined
  /** All keys that start with the prefix, each once. */
  keysUnder(namespace: Namespace, prefix: Uint8Array): Iterable<Uint8Array>
  /**
   * The agent's figure in the newest final scores, parts per million, 0 for who is not scored. The state holds their root alone,
   * so whoever searches by trust computes them from the input and says so by giving this.
   */
  trust?(of: Address, dimension: TrustDimension): number
}

export interface SearchQuery {
  readonly capability?: string
  readonly domain?: string
  /** Parts per million, inclusive; agents without a score have 0. */
  readonly reputationMin?: number
  /** Parts per million, inclusive, of one dimension of the newest final scores. */
  readonly trustMin?: { readonly dimension: TrustDimension; readonly min: number }
  readonly cursor?: string
  /** 1 … PAGE_MAX. */
  readonly limit?: number
}

export interface SearchHit {
  readonly subject: Address
  readonly identity: IdentityRecord
  /** Parts per million at the page's height. */
  readonly reputation: number
  /** The dimension of `trustMin`, if the query has one. */
  readonly trust?: number
  /** Include these in the proof: the identity, the score, and the index entries that the query used. */
  readonly keys: readonly StateKey[]
}

export interface SearchPage {
  readonly height: bigint
  readonly hits: readonly SearchHit[]
  /** Pass it back for the next page; absent on the last one. */
  readonly cursor?: string
  /** False if the state advanced since the first page: scores may have moved agents between pages. Every page is proven alone. */
  readonly consistent: boolean
  /** Everything under this prefix of `identity` was considered: prove it to show completeness. */
  readonly prefix: Uint8Array
}

/** Table of identity records, for a search by reputation alone. */
const ALL = identityKey(asAddress(new Uint8Array(32))).subarray(0, 1)

/** Errors, in order of precedence: SEARCH_LIMIT, SEARCH_CURSOR, SEARCH_TRUST, SEARCH_TOO_BROAD. */
export function search(state: StateReader, query: SearchQuery): SearchPage {
  const limit = query.limit ?? PAGE_MAX
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_MAX)
    throw new LedgerError('SEARCH_LIMIT', `a page holds 1 to ${PAGE_MAX} hits (PAGE_MAX)`)
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor)
  if (query.trustMin !== undefined && state.trust === undefined)
    throw new LedgerError('SEARCH_TRUST', 'a search by trust needs the scores of the final epoch')
  const prefix = prefixOf(query)
  const ordered = candidates(state, prefix, query)
    .filter(
      (hit) =>
        after === undefined || comparePlace(hit, { reputation: after.score, subject: after.subject }) > 0,
    )
    .sort(comparePlace)
  const hits = ordered.slice(0, limit)
  const last = hits[hits.length - 1]
  const began = after?.height ?? state.height
  return {
    height: state.height,
    hits,
    consistent: began === state.height,
    prefix,
    ...(last === undefined || ordered.length <= limit
      ? {}
      : { cursor: encodeCursor({ height: began, score: last.reputation, subject: last.subject }) }),
  }
}

function prefixOf({ capability, domain }: SearchQuery): Uint8Array {
  if (capability !== undefined) return capabilityPrefix(capability)
  return domain === undefined ? ALL : domainPrefix(domain)
}

type Place = Pick<SearchHit, 'reputation' | 'subject'>

function comparePlace(a: Place, b: Place): number {
  return b.reputation - a.reputation || compareBytes(a.subject, b.subject)
}

function candidates(state: StateReader, prefix: Uint8Array, query: SearchQuery): SearchHit[] {
  const found: SearchHit[] = []
  let seen = 0
  for (const entry of state.keysUnder('identity', prefix)) {
    if (++seen > SEARCH_CANDIDATES_MAX)
      throw new LedgerError(
        'SEARCH_TOO_BROAD',
        `more than ${SEARCH_CANDIDATES_MAX} agents match (SEARCH_CANDIDATES_MAX): name a narrower capability or domain`,
      )
    const hit = hitOf(state, entry, prefix, query)
    if (hit !== undefined) found.push(hit)
  }
  return found
}

function hitOf(
  state: StateReader,
  entry: Uint8Array,
  prefix: Uint8Array,
  query: SearchQuery,
): SearchHit | undefined {
  const subject = asAddress(entry.slice(prefix.length))
  const keys: StateKey[] = []
  if (prefix !== ALL) keys.push({ namespace: 'identity', key: entry })
  if (query.capability !== undefined && query.domain !== undefined) {
    const inDomain = domainKey(query.domain, subject)
    if (state.get('identity', inDomain) === undefined) return undefined
    keys.push({ namespace: 'identity', key: inDomain })
  }
  const stored = state.get('identity', identityKey(subject))
  if (stored === undefined) return undefined
  const identity = decode(identityRecord, stored)
  if (identity.deactivated !== undefined) return undefined
  const score = state.get('reputation', reputationKey(subject))
  const reputation =
    score === undefined ? 0 : reputationAt(decode(reputationRecord, score), state.epoch, state.parameters)
  if (reputation < (query.reputationMin ?? 0)) return undefined
  const { trustMin } = query
  const trust = trustMin === undefined ? undefined : state.trust?.(subject, trustMin.dimension)
  if (trustMin !== undefined && (trust ?? 0) < trustMin.min) return undefined
  keys.push(
    { namespace: 'identity', key: identityKey(subject) },
    { namespace: 'reputation', key: reputationKey(subject) },
  )
  return { subject, identity, reputation, keys, ...(trust === undefined ? {} : { trust }) }
}
