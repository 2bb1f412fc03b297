import { asHash, MerkleTree } from '@symbolon/primitives'
import { MarketError } from '../errors.ts'
import { ROW_BYTES_MAX, ROWS_MAX } from '../limits.ts'
import type { QuotedGoods } from '../quote/quote.ts'

/** A file ready for sale: its rows, and the tree whose root goes into quotes. */
export interface GoodsForSale {
  readonly rows: readonly Uint8Array[]
  readonly tree: MerkleTree
}

/**
 * Commits to the rows of a file once; every quote and delivery then reads from the tree. About 1 µs and 64 bytes per row.
 * Errors: GOODS_ROWS_EXCEEDED, GOODS_ROW_TOO_LARGE.
 */
export function offerRows(rows: readonly Uint8Array[]): GoodsForSale {
  if (rows.length > ROWS_MAX)
    throw new MarketError(
      'GOODS_ROWS_EXCEEDED',
      `${rows.length} rows, at most ${ROWS_MAX}; sell the file in parts`,
    )
  const large = rows.findIndex((row) => row.length > ROW_BYTES_MAX)
  if (large !== -1)
    throw new MarketError(
      'GOODS_ROW_TOO_LARGE',
      `row ${large} has ${rows[large]?.length} bytes, at most ${ROW_BYTES_MAX} allowed`,
    )
  return { rows, tree: MerkleTree.fromLeaves(rows) }
}

/** What a quote says of the rows from `first` on. */
export function quotedGoodsOf({ tree }: GoodsForSale, first = 0): QuotedGoods {
  return { root: asHash(tree.root), rowCount: tree.size, first }
}
