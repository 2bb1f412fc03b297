/** frame.*, block.*, checkpoint.*, supply.*, event.*, subscription.* */
import { SymbolonError } from '@symbolon/primitives'
import { blockHash, decodeTransaction, PAGE_MAX, supplyDelta } from '@symbolon/protocol'
import { EVENT_RANGE_MAX } from '../../limits.ts'
import type { Handlers } from '../dispatcher.ts'
import type { HandlerContext } from './context.ts'
import { withCursorError } from './cursor.ts'

type Methods =
  | 'frame.info'
  | 'frame.genesis'
  | 'block.get'
  | 'checkpoint.latest'
  | 'supply.get'
  | 'event.list'
  | 'subscription.open'
  | 'subscription.close'

export function frameHandlers(context: HandlerContext): Pick<Handlers, Methods> {
  const { store, ledger, mempool, subscriptions, version } = context
  return {
    'frame.info': () => ({
      frame: ledger.frame,
      name: ledger.genesis.name,
      height: ledger.height,
      checkpoint: ledger.headHash,
      epoch: ledger.head.epoch,
      validators: ledger.genesis.validators,
      version,
      pending: mempool.size,
    }),

    'frame.genesis': () => ledger.genesis,

    'block.get': ({ height }) => {
      // A block is durable a moment before it is committed; until then it is not there for anybody.
      const found = height > ledger.height ? undefined : store.block(height)
      if (found === undefined)
        throw new SymbolonError(
          'BLOCK_UNKNOWN',
          `there is no checkpoint at height ${height}; the newest is ${ledger.height}`,
        )
      const transactions = found.block.transactions.map((bytes) => decodeTransaction(bytes).id)
      return { checkpoint: found.checkpoint, hash: blockHash(found.block.header), transactions }
    },

    'checkpoint.latest': () => {
      const checkpoint = store.checkpoint(ledger.height)
      if (checkpoint === undefined)
        throw new SymbolonError('BLOCK_UNKNOWN', 'the frame has no checkpoint yet')
      return { checkpoint, hash: ledger.headHash }
    },

    'supply.get': () => {
      const { supply, height } = ledger.head
      return {
        supply,
        circulating: supply.issued - supply.destroyed,
        delta: supplyDelta(supply).toString(),
        height,
      }
    },

    'event.list': ({ fromHeight, toHeight = ledger.height, type, subject, cursor, limit = PAGE_MAX }) => {
      if (toHeight - fromHeight > EVENT_RANGE_MAX)
        throw new SymbolonError(
          'RANGE_TOO_WIDE',
          `ask for at most ${EVENT_RANGE_MAX} heights at a time (EVENT_RANGE_MAX)`,
        )
      const last = toHeight < ledger.height ? toHeight : ledger.height
      // Nothing has happened there, yet: who polls for what comes next is not wrong.
      if (fromHeight > last) return { events: [], height: ledger.height }
      const found = withCursorError(() =>
        store.events({
          fromHeight,
          toHeight: last,
          limit,
          ...(type === undefined ? {} : { type }),
          ...(subject === undefined ? {} : { subject }),
          ...(cursor === undefined ? {} : { cursor }),
        }),
      )
      return { ...found, height: ledger.height }
    },

    'subscription.open': (filter, caller) => ({ subscription: subscriptions.open(caller, filter) }),
    'subscription.close': ({ subscription }, caller) => ({
      closed: subscriptions.close(caller, subscription),
    }),
  }
}
