/**
 * identity.*, reputation.*, channel.*, state.prove. A handler runs in one turn of the event loop, and a checkpoint is
 * committed in one: so all that a call reads is of one checkpoint, the one whose height it names.
 */

import { reputationAt, type SearchQuery, type StateReader, search } from '@symbolon/ledger'
import { type Address, decode, SymbolonError } from '@symbolon/primitives'
import {
  channelKey,
  channelRecord,
  identityKey,
  identityRecord,
  type Namespace,
  PAGE_MAX,
  reputationKey,
  reputationRecord,
  type StateProof,
} from '@symbolon/protocol'
import type { Handlers } from '../dispatcher.ts'
import type { HandlerContext } from './context.ts'
import { withCursorError } from './cursor.ts'

type Methods =
  | 'identity.get'
  | 'identity.search'
  | 'reputation.get'
  | 'channel.get'
  | 'channel.list'
  | 'state.prove'

export function stateHandlers(context: HandlerContext): Pick<Handlers, Methods> {
  const { store, ledger } = context
  const prove = (namespace: Namespace, key: Uint8Array): StateProof => {
    const checkpoint = store.checkpoint(ledger.height)
    if (checkpoint === undefined) throw new SymbolonError('BLOCK_UNKNOWN', 'the frame has no checkpoint yet')
    const value = ledger.get(namespace, key)
    return {
      namespace,
      key,
      ...(value === undefined ? {} : { value }),
      proof: ledger.prove(namespace, key),
      roots: [...ledger.namespaceRoots],
      checkpoint,
    }
  }
  const reputationOf = (of: Address): { score: number; settlements: bigint } => {
    const stored = ledger.get('reputation', reputationKey(of))
    if (stored === undefined) return { score: 0, settlements: 0n }
    const record = decode(reputationRecord, stored)
    return {
      score: reputationAt(record, ledger.head.epoch, ledger.genesis.parameters),
      settlements: record.lifetime,
    }
  }
  const reader = (): StateReader => ({
    height: ledger.height,
    epoch: ledger.head.epoch,
    parameters: ledger.genesis.parameters,
    get: (namespace, key) => ledger.get(namespace, key),
    keysUnder: (namespace, prefix) => ledger.keysUnder(namespace, prefix),
  })

  return {
    'identity.get': ({ did }) => {
      const stored = ledger.get('identity', identityKey(did))
      return {
        ...(stored === undefined ? {} : { identity: decode(identityRecord, stored) }),
        reputation: reputationOf(did).score,
        height: ledger.height,
      }
    },

    'identity.search': ({ capability, domain, minReputation, cursor, limit = PAGE_MAX, proofs = false }) => {
      if (capability === undefined && domain === undefined)
        throw new SymbolonError('SEARCH_CRITERION_MISSING', 'search by capability, by domain, or by both')
      const query: SearchQuery = {
        limit,
        ...(capability === undefined ? {} : { capability }),
        ...(domain === undefined ? {} : { domain }),
        ...(minReputation === undefined ? {} : { reputationMin: minReputation }),
        ...(cursor === undefined ? {} : { cursor }),
      }
      const page = withCursorError(() => search(reader(), query))
      const hits = page.hits.map((hit) => ({
        did: hit.subject,
        identity: hit.identity,
        reputation: hit.reputation,
        ...(proofs
          ? {
              proofs: [
                prove('identity', identityKey(hit.subject)),
                prove('reputation', reputationKey(hit.subject)),
              ],
            }
          : {}),
      }))
      const checkpoint = proofs ? store.checkpoint(ledger.height) : undefined
      return {
        hits,
        height: page.height,
        ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
        ...(checkpoint === undefined
          ? {}
          : {
              complete: ledger.provePrefix('identity', page.prefix),
              roots: [...ledger.namespaceRoots],
              checkpoint,
            }),
      }
    },

    'reputation.get': ({ did }) => ({ ...reputationOf(did), height: ledger.height }),

    'channel.get': ({ channel }) => {
      const stored = ledger.get('channels', channelKey(channel))
      return {
        ...(stored === undefined ? {} : { record: decode(channelRecord, stored) }),
        height: ledger.height,
      }
    },

    'channel.list': ({ party, cursor, limit = PAGE_MAX }) => {
      const found = withCursorError(() =>
        store.channelsOf(party, { limit, ...(cursor === undefined ? {} : { cursor }) }),
      )
      const channels = found.channels.flatMap((channel) => {
        const stored = ledger.get('channels', channelKey(channel))
        return stored === undefined ? [] : [{ channel, record: decode(channelRecord, stored) }]
      })
      return {
        channels,
        height: ledger.height,
        ...(found.cursor === undefined ? {} : { cursor: found.cursor }),
      }
    },

    'state.prove': ({ namespace, key }) => prove(namespace, key),
  }
}
