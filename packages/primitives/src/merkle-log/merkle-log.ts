import { requireLength } from '../hash/input-length.ts'
import { requireRange } from './errors.ts'
import { emptyMerkleRoot, HASH_BYTES, merkleLeafHash, merkleNodeHash } from './hashing.ts'
import { SubtreeLevels } from './levels.ts'
import { MERKLE_TREE_LEAVES_MAX } from './limits.ts'

/** The largest power of two strictly below `count`; `count` ≥ 2. RFC 9162 calls it k. */
function splitPoint(count: number): number {
  let k = 1
  while (k * 2 < count) k *= 2
  return k
}

/**
 * An append-only log (RFC 9162 §2.1) kept in memory: root, inclusion and consistency proofs at any past size, each
 * in O(log n) hashes, since every complete subtree's hash is at hand.
 */
export class MerkleLog {
  readonly #levels: SubtreeLevels

  /** `expectedLeaves` only reserves memory. */
  constructor(expectedLeaves = 0) {
    requireRange(expectedLeaves, 0, MERKLE_TREE_LEAVES_MAX, 'expectedLeaves')
    this.#levels = new SubtreeLevels(expectedLeaves)
  }

  get size(): number {
    return this.#levels.size
  }

  /** Adds a leaf by its data; returns its index. Errors: `MERKLE_LOG_RANGE` when full. */
  append(data: Uint8Array): number {
    return this.appendLeafHash(merkleLeafHash(data))
  }

  /** Adds a leaf by its hash (`merkleLeafHash`). Errors, in order: `INPUT_LENGTH`, `MERKLE_LOG_RANGE`. */
  appendLeafHash(leafHash: Uint8Array): number {
    requireLength(leafHash, HASH_BYTES, 'leafHash')
    requireRange(this.size + 1, 1, MERKLE_TREE_LEAVES_MAX, 'MERKLE_TREE_LEAVES_MAX: the size after appending')
    this.#levels.append(leafHash)
    return this.size - 1
  }

  /** Errors: `MERKLE_LOG_RANGE`. */
  leafHash(index: number): Uint8Array {
    requireRange(index, 0, this.size - 1, 'index')
    return this.#levels.node(0, index).slice()
  }

  /** The root when the log had `size` leaves; of now by default. Errors: `MERKLE_LOG_RANGE`. */
  root(size = this.size): Uint8Array {
    requireRange(size, 0, this.size, 'size')
    return size === 0 ? emptyMerkleRoot() : this.#rangeHash(0, size)
  }

  /** PATH(index, D[0:size]), leaf's sibling first (RFC 9162 §2.1.3.1). Errors: `MERKLE_LOG_RANGE`. */
  inclusionProof(index: number, size = this.size): Uint8Array[] {
    requireRange(size, 1, this.size, 'size')
    requireRange(index, 0, size - 1, 'index')
    const proof: Uint8Array[] = []
    let start = 0
    let count = size
    while (count > 1) {
      const k = splitPoint(count)
      const inLeft = index - start < k
      proof.push(inLeft ? this.#rangeHash(start + k, count - k) : this.#rangeHash(start, k))
      if (!inLeft) start += k
      count = inLeft ? k : count - k
    }
    return proof.reverse()
  }

  /**
   * PROOF(firstSize, D[0:secondSize]): the log only grew between the two sizes (RFC 9162 §2.1.4.1). Empty if they
   * are equal or the first is 0. Errors: `MERKLE_LOG_RANGE`.
   */
  consistencyProof(firstSize: number, secondSize = this.size): Uint8Array[] {
    requireRange(secondSize, 0, this.size, 'secondSize')
    requireRange(firstSize, 0, secondSize, 'firstSize')
    if (firstSize === 0) return []
    const proof: Uint8Array[] = []
    let start = 0
    let first = firstSize
    let count = secondSize
    // True while the first tree's root is known to the verifier and need not be part of the proof.
    let known = true
    while (first !== count) {
      const k = splitPoint(count)
      if (first <= k) {
        proof.push(this.#rangeHash(start + k, count - k))
        count = k
      } else {
        proof.push(this.#rangeHash(start, k))
        start += k
        first -= k
        count -= k
        known = false
      }
    }
    if (!known) proof.push(this.#rangeHash(start, count))
    return proof.reverse()
  }

  /** MTH(D[start : start + count]); `start` is a multiple of the smallest power of two ≥ `count`, which RFC splits keep. */
  #rangeHash(start: number, count: number): Uint8Array {
    let height = 0
    let k = 1
    while (k < count) {
      k *= 2
      height++
    }
    if (k === count) return this.#levels.node(height, start / k).slice()
    const left = k / 2
    return merkleNodeHash(
      this.#levels.node(height - 1, start / left),
      this.#rangeHash(start + left, count - left),
    )
  }
}
