/** Roots over what a block holds: RFC 9162 trees (section 2.1.1) whose leaves are canonical bytes. */
import { concat, type Hash, sha256 } from '@symbolon/primitives'

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

export function logRoot(leaves: readonly Uint8Array[]): Hash {
  let level = leaves.map((leaf) => sha256(concat(LEAF, leaf)))
  if (level.length === 0) return sha256(new Uint8Array(0)) as Hash
  // Level by level with the odd one carried up gives the RFC's tree: its split is the largest power of two below the size.
  while (level.length > 1) {
    const above: Uint8Array[] = []
    for (let i = 0; i + 1 < level.length; i += 2)
      above.push(sha256(concat(NODE, level[i] as Uint8Array, level[i + 1] as Uint8Array)))
    if (level.length % 2 === 1) above.push(level.at(-1) as Uint8Array)
    level = above
  }
  return level[0] as Hash
}
