/** Roots over what a block holds: RFC 9162 trees (section 2.1.1) whose leaves are canonical bytes. */
import { type Hash, sha256 } from '@symbolon/primitives'

const NODE_BYTES = 65
let scratch = new Uint8Array(1_024)

/**
 * Level by level, the odd one carried up: that is the RFC's tree, whose split is the largest power of two below the size.
 * PERF: n leaf hashes and n − 1 of 65 bytes, without an allocation but the digests.
 */
export function logRoot(leaves: readonly Uint8Array[]): Hash {
  let level: Uint8Array[] = leaves.map(leafHash)
  if (level.length === 0) return sha256(new Uint8Array(0)) as Hash
  while (level.length > 1) {
    const above: Uint8Array[] = []
    scratch[0] = 1
    const node = scratch.subarray(0, NODE_BYTES)
    for (let i = 0; i + 1 < level.length; i += 2) {
      node.set(level[i] as Uint8Array, 1)
      node.set(level[i + 1] as Uint8Array, 33)
      above.push(sha256(node))
    }
    if (level.length % 2 === 1) above.push(level.at(-1) as Uint8Array)
    level = above
  }
  return level[0] as Hash
}

function leafHash(leaf: Uint8Array): Uint8Array {
  if (scratch.length <= leaf.length) scratch = new Uint8Array(leaf.length * 2)
  scratch[0] = 0
  scratch.set(leaf, 1)
  return sha256(scratch.subarray(0, leaf.length + 1))
}
