/**
 * Bounds and gas of the channels module. One gas is about one nanosecond of a validator, so that the block gas limit is
 * the time that executing a block may take.
 */

/** Checkpoints; the schema's own upper bound is 100,000. Zero would leave no height at which to answer. */
export const CHALLENGE_PERIOD_MIN = 1n

/** Decode, check and re-encode one channel record (4 µs measured without conditions), and encode its event. */
export const GAS_RECORD = 10_000n
/** Two Ed25519 verifications of 50 µs. */
export const GAS_STATE_SIGNATURES = 100_000n
/** One SHA-256 of a hash chain: 0.2 µs natively, 0.5 µs portable. A chain of 65,536 ticks costs 32.8 million and took 32 ms. */
export const GAS_PER_TICK = 500n
/**
 * Each pending payment or stream, of a state that is shown and of the record that is read: 0.5 µs measured to decode and
 * encode one, as much again to hash and keep it.
 */
export const GAS_PER_CONDITION = 1_000n
