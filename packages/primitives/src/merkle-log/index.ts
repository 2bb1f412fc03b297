export { MerkleLogError } from './errors.ts'
export { MerkleFrontier } from './frontier.ts'
export { emptyMerkleRoot, merkleLeafHash, merkleNodeHash } from './hashing.ts'
export { MERKLE_LOG_SIZE_MAX, MERKLE_TREE_LEAVES_MAX } from './limits.ts'
export { MerkleLog } from './merkle-log.ts'
export { MerkleTree, merkleRoot } from './merkle-tree.ts'
export {
  type ConsistencyClaim,
  type InclusionClaim,
  verifyConsistency,
  verifyInclusion,
} from './verification.ts'
