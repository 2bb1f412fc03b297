/** RFC 9162 §2.1.1 hashes. The scratch buffers save an allocation per hash; nothing here is re-entrant or async. */
import { type Hash, sha256 } from '@symbolon/primitives'
import { ROW_BYTES_MAX } from '../limits.ts'

const HASH_BYTES = 32
const node = new Uint8Array(1 + 2 * HASH_BYTES)
node[0] = 0x01
let leaf = new Uint8Array(1024)

/** SHA-256(0x00 ‖ row). */
export function rowHash(row: Uint8Array): Hash {
  if (row.length + 1 > leaf.length) leaf = new Uint8Array(ROW_BYTES_MAX + 1)
  leaf.set(row, 1)
  return sha256(leaf.subarray(0, row.length + 1)) as Hash
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Hash {
  node.set(left, 1)
  node.set(right, 1 + HASH_BYTES)
  return sha256(node) as Hash
}

/** MTH over rows that are already in hand; at least one. PERF: one row hash and one node hash per row. */
export function rowsHash(rows: readonly Uint8Array[]): Hash {
  let level: Hash[] = rows.map(rowHash)
  while (level.length > 1) {
    const above: Hash[] = []
    for (let at = 0; at + 1 < level.length; at += 2)
      above.push(nodeHash(level[at] as Hash, level[at + 1] as Hash))
    // An odd node rises unchanged: the same tree as splitting at powers of two from the top.
    if (level.length % 2 === 1) above.push(level.at(-1) as Hash)
    level = above
  }
  return level[0] as Hash
}
