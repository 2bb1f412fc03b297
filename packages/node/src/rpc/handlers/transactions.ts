/** transaction.* and account.* */
import { decode, MerkleTree, SymbolonError } from '@symbolon/primitives'
import { accountKey, accountRecord, decodeTransaction, type InclusionProof } from '@symbolon/protocol'
import type { Handlers } from '../dispatcher.ts'
import type { HandlerContext } from './context.ts'

type Methods = 'transaction.submit' | 'transaction.get' | 'transaction.prove' | 'account.get'

export function transactionHandlers({
  store,
  ledger,
  mempool,
  submission,
}: HandlerContext): Pick<Handlers, Methods> {
  return {
    'transaction.submit': async ({ transaction: bytes, wait = 'final' }) => {
      const { id } = await submission.accept(bytes)
      if (wait === 'accepted') return { id }
      const outcome = await submission.final(id)
      return outcome === undefined ? { id } : { id, ...outcome }
    },

    'transaction.get': ({ id }) => {
      const place = store.transaction(id)
      const block = place === undefined ? undefined : store.block(place.height)
      const bytes = place === undefined ? undefined : block?.block.transactions[place.index]
      const receipt = place === undefined ? undefined : block?.receipts[place.index]
      if (place !== undefined && bytes !== undefined && receipt !== undefined)
        return {
          transaction: decodeTransaction(bytes).transaction,
          receipt,
          height: place.height,
          pending: false,
        }
      const waiting = mempool.get(id)
      return waiting === undefined ? { pending: false } : { transaction: waiting.transaction, pending: true }
    },

    'transaction.prove': ({ id }) => {
      const place = store.transaction(id)
      const block = place === undefined ? undefined : store.block(place.height)
      const bytes = place === undefined ? undefined : block?.block.transactions[place.index]
      const receipt = place === undefined ? undefined : block?.receipts[place.index]
      if (place === undefined || block === undefined || bytes === undefined || receipt === undefined)
        throw new SymbolonError(
          'TRANSACTION_UNKNOWN',
          'no checkpoint contains this transaction; is it still waiting?',
        )
      return {
        transaction: decodeTransaction(bytes).transaction,
        receipt,
        transactionInclusion: inclusion(block.block.transactions, place.index),
        receiptInclusion: inclusion(block.receiptBytes, place.index),
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

/** Position of a leaf under an RFC 9162 root. PERF: hashes the whole block; a block has at most 16,384 leaves. */
function inclusion(leaves: readonly Uint8Array[], index: number): InclusionProof {
  return {
    index,
    size: leaves.length,
    hashes: MerkleTree.fromLeaves(leaves).inclusionProof(index) as InclusionProof['hashes'],
  }
}
