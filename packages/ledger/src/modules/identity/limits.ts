/** Gas of the identity module (one gas is about one nanosecond of a validator), and bounds of its reads. */

/** Decode, check and re-encode one identity record. */
export const GAS_RECORD = 10_000n
/** One entry of a discovery index added or removed. */
export const GAS_PER_INDEX_ENTRY = 10_000n
/** One Ed25519 verification: the possession proof of a rotation. */
export const GAS_POSSESSION = 50_000n

/** Settled channels after which a registration bond counts in full (`theprotocol` parameter table, bond maturity). */
export const BOND_MATURITY_CHANNELS = 20n

/** Candidates that one search weighs: as many as a complete prefix proof may hold. */
export const SEARCH_CANDIDATES_MAX = 10_000
