/**
 * A block as it is stored and sent. Transactions stay byte strings: their canonical bytes are the leaves of the
 * transaction root, and a reader that wants only headers never decodes them.
 */
import { bytes, decode, encode, type Infer, list, optional, record } from '@symbolon/primitives'
import { BLOCK_BYTES_MAX, BLOCK_TRANSACTIONS_MAX, TRANSACTION_BYTES_MAX, VALIDATORS_MAX } from '../limits.ts'
import { header } from './header.ts'

export const block = record('block', {
  header: [1, header],
  transactions: [2, list(bytes(1, TRANSACTION_BYTES_MAX, 'transaction'), BLOCK_TRANSACTIONS_MAX)],
  /**
   * Who attested the parent and shares this block's fees (CON-088): bit i, least significant first, is validator i of the
   * parent's set. Absent: the proposer takes all. The header's evidence root commits to it.
   */
  attestors: [3, optional(bytes(1, Math.ceil(VALIDATORS_MAX / 8), 'attestor bitmap'))],
})
export type Block = Infer<typeof block>

export function encodeBlock(of: Block): Uint8Array {
  return encode(block, of)
}

/** Throws SchemaError for anything but one canonical block of at most BLOCK_BYTES_MAX bytes. */
export function decodeBlock(encoded: Uint8Array): Block {
  return decode(block, encoded, BLOCK_BYTES_MAX)
}
