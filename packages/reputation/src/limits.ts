/** Bounds of the trust engine. */

/** Nodes of one graph; an index must fit in 32 bits with room for sentinels. */
export const NODES_MAX = 2 ** 31 - 1
/** Merged edges of one layer. */
export const EDGES_MAX = 2 ** 31 - 1
