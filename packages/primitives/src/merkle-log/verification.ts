import { emptyMerkleRoot, equalHash, HASH_BYTES, merkleNodeHash } from './hashing.ts'
import { MERKLE_LOG_SIZE_MAX } from './limits.ts'

export interface InclusionClaim {
  /** `merkleLeafHash` of the data, computed by the verifier, never taken from the prover. */
  leafHash: Uint8Array
  index: number
  treeSize: number
  root: Uint8Array
  proof: readonly Uint8Array[]
}

export interface ConsistencyClaim {
  firstSize: number
  firstRoot: Uint8Array
  secondSize: number
  secondRoot: Uint8Array
  proof: readonly Uint8Array[]
}

const isSize = (value: number): boolean =>
  Number.isSafeInteger(value) && value >= 0 && value <= MERKLE_LOG_SIZE_MAX

const isProof = (proof: readonly Uint8Array[]): boolean =>
  proof.length <= 2 * 48 && proof.every((hash) => hash.length === HASH_BYTES)

// Sizes may pass 2^32, where bit operations on numbers stop: halving by division instead.
const half = (value: number): number => Math.floor(value / 2)

/**
 * RFC 9162 §2.1.3.2: the leaf stands at `index` of the tree of `treeSize` leaves with this root. False, never an
 * error, for anything else, including proofs that are too long or too short.
 */
export function verifyInclusion({ leafHash, index, treeSize, root, proof }: InclusionClaim): boolean {
  if (!isSize(index) || !isSize(treeSize) || index >= treeSize) return false
  if (leafHash.length !== HASH_BYTES || !isProof(proof)) return false
  let node = index
  let last = treeSize - 1
  let hash = leafHash
  for (const sibling of proof) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      hash = merkleNodeHash(sibling, hash)
      // On the right edge, levels where the node has no sibling are skipped.
      while (node % 2 === 0 && node !== 0) {
        node = half(node)
        last = half(last)
      }
    } else {
      hash = merkleNodeHash(hash, sibling)
    }
    node = half(node)
    last = half(last)
  }
  return last === 0 && equalHash(hash, root)
}

/**
 * RFC 9162 §2.1.4.2: the tree of `secondSize` leaves begins with the very leaves of the tree of `firstSize`. A
 * first size of 0, which the RFC leaves out, is consistent with everything if its root is that of no leaves and
 * the proof is empty. False, never an error, for anything else.
 */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { firstSize, firstRoot, secondSize, secondRoot, proof } = claim
  if (!isSize(firstSize) || !isSize(secondSize) || firstSize > secondSize || !isProof(proof)) return false
  if (firstSize === secondSize) {
    const honest = firstSize > 0 || equalHash(firstRoot, emptyMerkleRoot())
    return proof.length === 0 && honest && equalHash(firstRoot, secondRoot)
  }
  if (firstSize === 0)
    return proof.length === 0 && secondRoot.length === HASH_BYTES && equalHash(firstRoot, emptyMerkleRoot())

  let node = firstSize - 1
  let last = secondSize - 1
  while (node % 2 === 1) {
    node = half(node)
    last = half(last)
  }
  // A first tree that is one complete subtree is its own first proof element.
  const path = node === 0 ? [firstRoot, ...proof] : proof
  const seed = path[0]
  if (proof.length === 0 || seed === undefined || seed.length !== HASH_BYTES) return false
  let first = seed
  let second = seed
  for (const sibling of path.slice(1)) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      first = merkleNodeHash(sibling, first)
      second = merkleNodeHash(sibling, second)
      while (node % 2 === 0 && node !== 0) {
        node = half(node)
        last = half(last)
      }
    } else {
      second = merkleNodeHash(second, sibling)
    }
    node = half(node)
    last = half(last)
  }
  return last === 0 && equalHash(first, firstRoot) && equalHash(second, secondRoot)
}
