/** Constants of agent reputation, parts per million unless noted. What a frame may choose is in its parameters. */

export const PPM = 1_000_000n
/** Bounds of a score (parameter table of the requirements). */
export const SCORE_MIN = 100_000n
export const SCORE_MAX = 1_000_000n

/** Weights of the four measures of an epoch (CON-100). */
export const WEIGHT_SETTLEMENT = 300_000n
export const WEIGHT_DISPUTE = 250_000n
export const WEIGHT_VOLUME = 200_000n
export const WEIGHT_PROOF = 250_000n

/** One counterparty supplies at most 1/4 of the fees that count as full volume in an epoch (CON-104). */
export const VOLUME_COUNTERPARTIES_MIN = 4n

/** Gas. Decode, check and re-encode one record of the module. */
export const GAS_RECORD = 10_000n
/**
 * What a challenge has the ledger compute, charged before it runs: more than what was measured for inputs at their bounds (0.15 to 0.32 s of CPU
 * time for 8,000 agents and 64,000 relations, against 0.504 s of gas; bench/scores.bench.ts).
 */
export const GAS_PER_AGENT = 15_000n
export const GAS_PER_RELATION = 6_000n
/** Above what a challenge is charged beside that: signature, bytes, 48 declared pages, the record, and a margin. */
export const GAS_CHALLENGE_BASE = 300_000n
