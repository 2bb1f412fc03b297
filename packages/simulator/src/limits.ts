/** Bounds of the simulator: its inputs come from a command line, so each one is refused by name. */

/** Honest agents of a world. */
export const HONEST_MIN = 20
export const HONEST_MAX = 200_000
/** Agents of one attack. */
export const ATTACKERS_MAX = 50_000
/** Days that a world has lived. */
export const DAYS_MAX = 3_650
/** Graphs of one pool. */
export const POOL_MAX = 10_000
/** Edges that an attacker buys from honest agents. */
export const BRIDGES_MAX = 500_000
