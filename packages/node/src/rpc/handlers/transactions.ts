/** transaction.* and account.* */
import { decode, type Hash, SymbolonError } from '@symbolon/primitives'
import { accountKey, accountRecord, decodeTransaction } from '@symbolon/protocol'
import type { Handlers } from '../dispatcher.ts'
import { BlockTreeCache, inclusion } from './block-trees.ts'
import type { HandlerContext } from './context.ts'

type Methods = 'transaction.submit' | 'transaction.get' | 'transaction.prove' | 'account.get'

export function transactionHandlers({
  store,
  ledger,
  mempool,
  submission,
}: HandlerContext): Pick<Handlers, Methods> {
  const trees = new BlockTreeCache()
  const find = (id: Hash) => {
    const place = store.transaction(id)
    const block = place === undefined ? undefined : store.block(place.height)
    if (place === undefined || block === undefined) return undefined
    const { index } = place
    const bytes = block.block.transactions[index]
    const receipt = block.receipt(index)
    return bytes === undefined || receipt === undefined
      ? undefined
      : { block, index, receipt, transaction: decodeTransaction(bytes).transaction }
  }
  return {
    'transaction.submit': async ({ transaction: bytes, wait = 'final' }) => {
      const { id } = await submission.accept(bytes)
      if (wait === 'accepted') return { id }
      const outcome = await submission.final(id)
      return outcome === undefined ? { id } : { id, ...outcome }
    },

    'transaction.get': ({ id }) => {
      const found = find(id)
      if (found !== undefined) {
        const { transaction, receipt, block } = found
        return { transaction, receipt, height: block.height, pending: false }
      }
      const waiting = mempool.get(id)
      return waiting === undefined ? { pending: false } : { transaction: waiting.transaction, pending: true }
    },

    'transaction.prove': ({ id }) => {
      const found = find(id)
      if (found === undefined)
        throw new SymbolonError(
          'TRANSACTION_UNKNOWN',
          'no checkpoint contains this transaction; is it still waiting?',
        )
      const { transaction, receipt, block, index } = found
      const { transactions, receipts } = trees.of(block)
      return {
        transaction,
        receipt,
        transactionInclusion: inclusion(transactions, index),
        receiptInclusion: inclusion(receipts, index),
        checkpoint: block.checkpoint,
      }
    },

    'account.get': ({ address }) => {
      const stored = ledger.get('accounts', accountKey(address))
      const { balance, nonce } =
        stored === undefined ? { balance: 0n, nonce: 0n } : decode(accountRecord, stored)
      return { balance, nonce, nextNonce: mempool.nextNonce(address), height: ledger.height }
    },
  }
}
