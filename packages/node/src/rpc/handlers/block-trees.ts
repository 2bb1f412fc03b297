/** Merkle trees of recently proven blocks: who proves one transaction of a block often proves others. */
import { MerkleTree } from '@symbolon/primitives'
import type { InclusionProof } from '@symbolon/protocol'
import type { StoredBlock } from '@symbolon/store'
import { PROVEN_BLOCKS_CACHED_MAX } from '../../limits.ts'

interface BlockTrees {
  readonly transactions: MerkleTree
  readonly receipts: MerkleTree
}

export class BlockTreeCache {
  readonly #trees = new Map<bigint, BlockTrees>()

  /** PERF: hashes the block once, about 2 µs per transaction; a block has at most 16,384. */
  of(block: StoredBlock): BlockTrees {
    const { height } = block
    let trees = this.#trees.get(height)
    if (trees === undefined) {
      const [oldest] = this.#trees.keys()
      if (oldest !== undefined && this.#trees.size >= PROVEN_BLOCKS_CACHED_MAX) this.#trees.delete(oldest)
      trees = {
        transactions: MerkleTree.fromLeaves(block.block.transactions),
        receipts: MerkleTree.fromLeaves(block.receiptBytes),
      }
      this.#trees.set(height, trees)
    }
    return trees
  }
}

/** Position of a leaf under an RFC 9162 root. */
export function inclusion(tree: MerkleTree, index: number): InclusionProof {
  return {
    index,
    size: tree.size,
    hashes: tree.inclusionProof(index) as InclusionProof['hashes'],
  }
}
