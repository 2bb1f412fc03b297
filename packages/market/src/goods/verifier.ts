/**
 * The buyer's side: accepts rows in order and only if the quote commits to them. A wrong, repeated, skipped or reordered
 * row, and a row of another file, fail here, before anything is paid for them. A refused packet changes nothing.
 *
 * Authority: the root and the number of rows come from the quote, everything else from the seller and is not trusted.
 * Cost: per row one leaf hash and, amortised, one node hash; memory: at most 20 pending nodes.
 */
import { equalBytes, merkleNodeHash } from '@symbolon/primitives'
import { MarketError } from '../errors.ts'
import { CHUNK_ROWS_MAX } from '../limits.ts'
import type { Quote } from '../quote/quote.ts'
import type { RowPacket } from './packet.ts'
import { rowsHash } from './tree-hash.ts'
import { descend, type TreeRange } from './tree-range.ts'

interface ProvenNode extends TreeRange {
  readonly hash: Uint8Array
}

export interface VerifierOptions {
  /** Largest packet accepted, rows: no more than the credit window. */
  readonly rowsMax: number
  /** Rows of the quote verified before, to continue after a reconnect. */
  readonly verified?: number
}

export class RowVerifier {
  readonly #end: number
  readonly #first: number
  readonly #rowsMax: number
  #next: number
  /** Nodes whose hashes are proven and whose rows are still to come, the next one last. */
  readonly #proven: ProvenNode[]

  /** Errors: GOODS_OUT_OF_ORDER if the quote commits to no goods, or more rows are verified than it sells. */
  constructor(quote: Quote, options: VerifierOptions) {
    const { goods } = quote
    const verified = options.verified ?? 0
    if (goods === undefined || verified > Number(quote.quantity))
      throw new MarketError(
        'GOODS_OUT_OF_ORDER',
        'the quote sells no such rows; verify against the quote of this stream',
      )
    this.#first = goods.first
    this.#next = goods.first + verified
    this.#end = goods.first + Number(quote.quantity)
    this.#rowsMax = Math.min(options.rowsMax, CHUNK_ROWS_MAX)
    this.#proven = [{ start: 0, end: goods.rowCount, hash: goods.root }]
  }

  /** Rows of this quote verified so far: what may be paid for. */
  get verified(): number {
    return this.#next - this.#first
  }

  get complete(): boolean {
    return this.#next === this.#end
  }

  /**
   * Takes the packet and returns how many rows of the quote are verified now.
   * Errors, in order of precedence: GOODS_OUT_OF_ORDER (not the next row), GOODS_ROWS_EXCEEDED (over `rowsMax` or past
   * the rows sold), GOODS_CHUNK_SHAPE (no node of the tree), GOODS_PROOF_LENGTH, GOODS_ROW_FORGED.
   */
  accept({ first, rows, proof }: RowPacket): number {
    if (first !== this.#next || this.complete)
      throw new MarketError(
        'GOODS_OUT_OF_ORDER',
        `expected row ${this.#next}, got ${first}; do not pay, ask for the next row`,
      )
    const end = first + rows.length
    if (rows.length > this.#rowsMax || end > this.#end)
      throw new MarketError(
        'GOODS_ROWS_EXCEEDED',
        `a packet of ${rows.length} rows, at most ${Math.min(this.#rowsMax, this.#end - first)} allowed`,
      )
    const from = this.#proven.at(-1)
    const siblings = from && descend(from, { start: first, end })
    if (from === undefined || siblings === undefined)
      throw new MarketError(
        'GOODS_CHUNK_SHAPE',
        `rows ${first} to ${end} are not one node of the tree; they cannot be proven together`,
      )
    if (proof.length !== siblings.length)
      throw new MarketError(
        'GOODS_PROOF_LENGTH',
        `${proof.length} hashes, row ${first} needs ${siblings.length}`,
      )
    let hash = rowsHash(rows)
    // Siblings are listed from the top, the proof from the bottom.
    for (let at = siblings.length - 1, level = 0; at >= 0; at--, level++) {
      const other = proof[level] as Uint8Array
      hash = siblings[at]?.right === true ? merkleNodeHash(hash, other) : merkleNodeHash(other, hash)
    }
    if (!equalBytes(hash, from.hash))
      throw new MarketError(
        'GOODS_ROW_FORGED',
        `row ${first} is not in the file that was quoted; stop paying and close`,
      )
    this.#proven.pop()
    siblings.forEach((sibling, at) => {
      if (sibling.right)
        this.#proven.push({ ...sibling, hash: proof[siblings.length - 1 - at] as Uint8Array })
    })
    this.#next = end
    return this.verified
  }
}
