import { InputLengthError, requireLength } from '../hash/input-length.ts'
import { requireRange } from './errors.ts'
import { emptyMerkleRoot, HASH_BYTES, merkleLeafHash, merkleNodeHash } from './hashing.ts'
import { MERKLE_LOG_SIZE_MAX } from './limits.ts'

/** Number of ones in the binary form of `size`: how many complete subtrees a log of that size consists of. */
function subtreeCount(size: number): number {
  let count = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2
  return count
}

/**
 * The right edge of a log: roots of its complete subtrees, largest first. At most 48 hashes, enough to append and
 * to know the root, not enough to prove anything about the past.
 */
export class MerkleFrontier {
  readonly #subtrees: Uint8Array[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Adds a leaf by its data. Amortised two hashes of a node. Errors: `MERKLE_LOG_RANGE` when full. */
  append(data: Uint8Array): void {
    this.appendLeafHash(merkleLeafHash(data))
  }

  /** Adds a leaf by its hash (`merkleLeafHash`). Errors, in order: `INPUT_LENGTH`, `MERKLE_LOG_RANGE`. */
  appendLeafHash(leafHash: Uint8Array): void {
    requireLength(leafHash, HASH_BYTES, 'leafHash')
    requireRange(this.#size + 1, 1, MERKLE_LOG_SIZE_MAX, 'MERKLE_LOG_SIZE_MAX: the size after appending')
    let node: Uint8Array = leafHash.slice()
    // As in binary addition: a subtree of equal size merges and carries.
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2))
      node = merkleNodeHash(this.#subtrees.pop()!, node)
    this.#subtrees.push(node)
    this.#size++
  }

  root(): Uint8Array {
    const last = this.#subtrees.at(-1)
    if (last === undefined) return emptyMerkleRoot()
    let root: Uint8Array = last.slice()
    for (let i = this.#subtrees.length - 2; i >= 0; i--) root = merkleNodeHash(this.#subtrees[i]!, root)
    return root
  }

  /** What to store: the size is stored beside it. */
  export(): Uint8Array[] {
    return this.#subtrees.map((hash) => hash.slice())
  }

  /** The frontier that `export` described. Errors, in order: `MERKLE_LOG_RANGE`, `INPUT_LENGTH`. */
  static restore(size: number, subtrees: readonly Uint8Array[]): MerkleFrontier {
    requireRange(size, 0, MERKLE_LOG_SIZE_MAX, 'size')
    if (subtrees.length !== subtreeCount(size))
      throw new InputLengthError(
        'subtrees',
        `${subtreeCount(size)} × ${HASH_BYTES}`,
        subtrees.length * HASH_BYTES,
      )
    const frontier = new MerkleFrontier()
    for (const hash of subtrees) {
      requireLength(hash, HASH_BYTES, 'subtree')
      frontier.#subtrees.push(hash.slice())
    }
    frontier.#size = size
    return frontier
  }
}
