/**
 * Rows in transit, with what proves them. A packet holds one node of the tree over the file: a single row, or an aligned
 * run of rows. Its proof is the siblings between that node and the nearest node that earlier packets have proven, so a
 * stream in order carries less than one hash per row, and each packet can be checked the moment it arrives.
 *
 * The seller chooses the size of each packet up to the buyer's bound:
 * - one row: every row is verified before the tick that pays for it;
 * - a chunk: rows are verified when the chunk is complete, so up to a chunk is delivered unpaid.
 */
import { bytes, hash, type Infer, list, record, uint } from '@symbolon/primitives'
import { CHUNK_ROWS_MAX, ROW_BYTES_MAX, ROWS_MAX } from '../limits.ts'

/** Levels of a tree over ROWS_MAX rows. */
const PROOF_HASHES_MAX = Math.ceil(Math.log2(ROWS_MAX))

export const rowPacket = record('row-packet', {
  /** Index in the file of the first row here. */
  first: [1, uint(ROWS_MAX - 1, 'row index')],
  rows: [2, list(bytes(0, ROW_BYTES_MAX, 'row'), CHUNK_ROWS_MAX, { lengthMin: 1, name: 'rows' })],
  /** Siblings from the packet's node upwards. */
  proof: [3, list(hash, PROOF_HASHES_MAX, { name: 'proof' })],
})
export type RowPacket = Infer<typeof rowPacket>

/**
 * Rows per packet for a credit window of so many unpaid rows: a chunk must fit twice, so that one can be paid while the
 * next is under way. 1 for windows below 4.
 */
export function packetRowsForWindow(creditWindow: number): number {
  const half = Math.min(Math.floor(creditWindow / 2), CHUNK_ROWS_MAX)
  return half < 2 ? 1 : 2 ** (31 - Math.clz32(half))
}
