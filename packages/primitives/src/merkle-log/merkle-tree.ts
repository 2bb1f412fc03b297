import { requireRange } from './errors.ts'
import { MERKLE_TREE_LEAVES_MAX } from './limits.ts'
import { MerkleLog } from './merkle-log.ts'

/**
 * A commitment to a fixed list, such as the rows of a data set for sale: one root, and a proof for each row.
 *
 * Cost for n leaves: n leaf hashes and n − 1 node hashes (1,000,000 rows of 100 bytes in about 1.4 s), 64 bytes of
 * memory per leaf, then up to log2 n copies of 32 bytes per proof and no hashing but along the ragged right edge.
 */
export class MerkleTree {
  readonly #log: MerkleLog
  readonly #root: Uint8Array

  private constructor(log: MerkleLog) {
    this.#log = log
    this.#root = log.root()
  }

  /** From the data of the leaves, in order. Errors: `MERKLE_LOG_RANGE` above `MERKLE_TREE_LEAVES_MAX`. */
  static fromLeaves(leaves: readonly Uint8Array[]): MerkleTree {
    requireRange(leaves.length, 0, MERKLE_TREE_LEAVES_MAX, 'MERKLE_TREE_LEAVES_MAX: the number of leaves')
    const log = new MerkleLog(leaves.length)
    for (const leaf of leaves) log.append(leaf)
    return new MerkleTree(log)
  }

  /** From leaf hashes (`merkleLeafHash`), where the data is elsewhere. Errors: `MERKLE_LOG_RANGE`, `INPUT_LENGTH`. */
  static fromLeafHashes(leafHashes: readonly Uint8Array[]): MerkleTree {
    requireRange(leafHashes.length, 0, MERKLE_TREE_LEAVES_MAX, 'MERKLE_TREE_LEAVES_MAX: the number of leaves')
    const log = new MerkleLog(leafHashes.length)
    for (const hash of leafHashes) log.appendLeafHash(hash)
    return new MerkleTree(log)
  }

  get size(): number {
    return this.#log.size
  }

  get root(): Uint8Array {
    return this.#root.slice()
  }

  /** Errors: `MERKLE_LOG_RANGE`. */
  leafHash(index: number): Uint8Array {
    return this.#log.leafHash(index)
  }

  /** For `verifyInclusion` with `treeSize: tree.size`. Errors: `MERKLE_LOG_RANGE`. */
  inclusionProof(index: number): Uint8Array[] {
    return this.#log.inclusionProof(index)
  }
}

/** MTH of RFC 9162 §2.1.1 over the data of the leaves; of none, SHA-256 of nothing. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return MerkleTree.fromLeaves(leaves).root
}
