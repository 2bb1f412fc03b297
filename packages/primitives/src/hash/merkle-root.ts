/**
 * The root of an RFC 9162 tree alone, without the levels that proofs need: what a block commits to three times over.
 *
 * One buffer holds the leaf hashes, and each level overwrites the one below from the left, so nothing is allocated per leaf.
 * `MerkleTree` computes the same root and keeps the levels; the tests hold the two together.
 *
 * PERF: per leaf its own compressions and two for inner nodes, about 0.2 µs each.
 */
import { portablePrefixedSha256At, portableSha256 } from './sha256-portable.ts'

const HASH_BYTES = 32
const LEAF = 0x00
const NODE = 0x01

/** MTH of RFC 9162 §2.1.1 over the data of the leaves; of none, SHA-256 of nothing. 32 bytes. */
export function merkleRootOf(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return portableSha256(new Uint8Array(0))
  const level = new Uint8Array(leaves.length * HASH_BYTES)
  for (let i = 0; i < leaves.length; i++)
    portablePrefixedSha256At(LEAF, leaves[i] as Uint8Array, level, i * HASH_BYTES)
  const pair = new Uint8Array(2 * HASH_BYTES)
  for (let count = leaves.length; count > 1; count = (count + 1) >> 1) {
    for (let i = 0; i + 1 < count; i += 2) {
      for (let n = 0, at = i * HASH_BYTES; n < 2 * HASH_BYTES; n++) pair[n] = level[at + n]!
      portablePrefixedSha256At(NODE, pair, level, (i >> 1) * HASH_BYTES)
    }
    // A node without a neighbour goes up as it is: the split at the largest power of two comes to the same.
    if (count % 2 === 1)
      level.copyWithin((count >> 1) * HASH_BYTES, (count - 1) * HASH_BYTES, count * HASH_BYTES)
  }
  return level.slice(0, HASH_BYTES)
}
