import { merkleLeafHash, merkleNodeHash } from '@symbolon/primitives'

/**
 * RFC 9162 hash of the node over rows that are in hand, at least one. An odd node rises unchanged, which gives the same
 * tree as splitting at powers of two from the top.
 * PERF: one leaf hash and, but for the last, one node hash per row.
 */
export function rowsHash(rows: readonly Uint8Array[]): Uint8Array {
  let level = rows.map(merkleLeafHash)
  while (level.length > 1) {
    const above: Uint8Array[] = []
    for (let at = 0; at < level.length; at += 2) {
      const left = level[at] as Uint8Array
      const right = level[at + 1]
      above.push(right === undefined ? left : merkleNodeHash(left, right))
    }
    level = above
  }
  return level[0] as Uint8Array
}
