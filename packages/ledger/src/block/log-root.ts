/** Roots over what a block holds: RFC 9162 trees whose leaves are canonical bytes. */
import { type Hash, merkleRootOf } from '@symbolon/primitives'

/** SHA-256 of nothing for an empty list. Whoever holds the leaves proves one of them with the MerkleTree of primitives. */
export function logRoot(leaves: readonly Uint8Array[]): Hash {
  return merkleRootOf(leaves) as Hash
}
