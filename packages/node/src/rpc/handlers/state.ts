/**
 * identity.*, channel.*, state.prove. A handler runs in one turn of the event loop, and a checkpoint is
 * committed in one: so all that a call reads is of one checkpoint, the one whose height it names.
 */

import { type SearchQuery, type StateReader, search } from '@symbolon/ledger'
import { decode, encode, SymbolonError } from '@symbolon/primitives'
import {
  channelKey,
  channelRecord,
  identityKey,
  identityRecord,
  type Namespace,
  PAGE_MAX,
  reputationKey,
  type StateProof,
  trustHeadKey,
} from '@symbolon/protocol'
import { scoreProof } from '@symbolon/reputation'
import type { Handlers } from '../dispatcher.ts'
import type { HandlerContext } from './context.ts'
import { withCursorError } from './cursor.ts'
import { proveState } from './prove-state.ts'
import { movingAverageOf } from './reputation.ts'

type Methods = 'identity.get' | 'identity.search' | 'channel.get' | 'channel.list' | 'state.prove'

export function stateHandlers(context: HandlerContext): Pick<Handlers, Methods> {
  const { store, ledger, scores } = context
  const prove = (namespace: Namespace, key: Uint8Array): StateProof => proveState(context, namespace, key)
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
        reputation: movingAverageOf(context, did).score,
        height: ledger.height,
      }
    },

    'identity.search': (params) => {
      const { capability, domain, minReputation, cursor, limit = PAGE_MAX, proofs = false } = params
      if (capability === undefined && domain === undefined)
        throw new SymbolonError('SEARCH_CRITERION_MISSING', 'search by capability, by domain, or by both')
      const { minTrust, trustDimension = 'eigenTrust' } = params
      const final = minTrust === undefined ? undefined : scores.final()
      const query: SearchQuery = {
        limit,
        ...(capability === undefined ? {} : { capability }),
        ...(domain === undefined ? {} : { domain }),
        ...(minReputation === undefined ? {} : { reputationMin: minReputation }),
        ...(minTrust === undefined ? {} : { trustMin: { dimension: trustDimension, min: minTrust } }),
        ...(cursor === undefined ? {} : { cursor }),
      }
      // A frame without final scores has scored nobody.
      const state: StateReader = { ...reader(), trust: (of, dimension) => final?.of(of, dimension) ?? 0 }
      const page = withCursorError(() => search(state, query))
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
        ...(hit.trust === undefined ? {} : { trust: hit.trust }),
        ...(proofs && final !== undefined
          ? { trustProof: encode(scoreProof, final.tree.prove(hit.subject)) }
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
              ...(final === undefined ? {} : { trustHead: prove('reputation', trustHeadKey()) }),
            }),
      }
    },

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
