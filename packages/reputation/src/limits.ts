/** Bounds of the trust engine. */

/** Nodes of one graph; an index must fit in 32 bits with room for sentinels. */
export const NODES_MAX = 2 ** 31 - 1
/** Merged edges of one layer. */
export const EDGES_MAX = 2 ** 31 - 1

/** Boosted trees: trees of one model. */
export const BOOSTED_TREES_MAX = 10_000
/** Depth of one tree; 2^16 leaves. */
export const TREE_DEPTH_MAX = 16
/** Columns of a feature matrix that trains trees. */
export const FEATURES_MAX = 4_096
/** Rows that train: gradients are whole multiples of a step, and the sum of all must stay exact in 53 bits. */
export const TRAINING_ROWS_MAX = 2 ** 26
/** Bytes of a stored model read from outside. */
export const MODEL_BYTES_MAX = 64 * 2 ** 20
