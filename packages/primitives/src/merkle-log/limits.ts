/** Most leaves of a log whose proofs are verified: sizes stay exact as numbers, and proofs within 48 hashes. */
export const MERKLE_LOG_SIZE_MAX = 2 ** 48
/** Most leaves held in memory by one `MerkleLog` or `MerkleTree`: 2^26 leaves take 4 GiB. */
export const MERKLE_TREE_LEAVES_MAX = 2 ** 26
