/** The seller's side: cuts the rows sold into packets with their proofs. */
import type { Hash } from '@symbolon/primitives'
import { MarketError } from '../errors.ts'
import { CHUNK_ROWS_MAX } from '../limits.ts'
import type { RowPacket } from './packet.ts'
import { depthOf, descend, packetRows, type TreeRange } from './tree-range.ts'

/** A Merkle tree over all rows of the file, such as `MerkleTree` of primitives; proofs as in RFC 9162 §2.1.3.1. */
export interface RowTree {
  readonly size: number
  inclusionProof(index: number): readonly Uint8Array[]
}

/** One delivery. After a reconnect, begin a new one at the first row that the buyer has not verified. */
export class RowSeller {
  readonly #tree: RowTree
  readonly #rows: readonly Uint8Array[]
  readonly #end: number
  readonly #rowsMax: number
  #next: number
  /** Nodes that the buyer will have proven but not received, the next one last. */
  readonly #proven: TreeRange[]

  /**
   * @param sold `first` and `end` (exclusive) of the rows sold, out of all `rows` of the file
   * @param rowsMax largest packet, rows
   * Errors: GOODS_OUT_OF_ORDER (no such rows).
   */
  constructor(
    tree: RowTree,
    rows: readonly Uint8Array[],
    sold: { first: number; end: number },
    rowsMax: number,
  ) {
    if (tree.size !== rows.length || sold.first < 0 || sold.end > rows.length || sold.first > sold.end)
      throw new MarketError(
        'GOODS_OUT_OF_ORDER',
        `rows ${sold.first} to ${sold.end} of ${rows.length} do not exist`,
      )
    this.#tree = tree
    this.#rows = rows
    this.#next = sold.first
    this.#end = sold.end
    this.#rowsMax = Math.max(1, Math.min(rowsMax, CHUNK_ROWS_MAX))
    this.#proven = [{ start: 0, end: rows.length }]
  }

  /** The next packet, of at most `rowsMax` rows; undefined after the last. */
  next(rowsMax: number = this.#rowsMax): RowPacket | undefined {
    const first = this.#next
    if (first >= this.#end) return undefined
    const count = packetRows(
      this.#rows.length,
      first,
      this.#end,
      Math.max(1, Math.min(rowsMax, this.#rowsMax)),
    )
    const from = this.#proven.pop()
    const siblings = from && descend(from, { start: first, end: first + count })
    if (siblings === undefined) throw new Error('row packets do not follow the tree')
    for (const sibling of siblings) if (sibling.right) this.#proven.push(sibling)
    const skip = depthOf(count)
    // Every second row needs no hash at all; do not ask the tree for a path that would be thrown away.
    const path = siblings.length === 0 ? [] : this.#tree.inclusionProof(first)
    const proof = path.slice(skip, skip + siblings.length) as Hash[]
    this.#next = first + count
    return { first, rows: this.#rows.slice(first, first + count), proof }
  }
}
