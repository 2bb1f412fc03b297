/** Every bound of the SDK, with its default. */

/** Longest wait for one JSON-RPC answer; `wait: final` may take a block. */
export const RPC_TIMEOUT_MS = 30_000
/** Heights after the current one until which a transaction may still be included. */
export const TRANSACTION_VALIDITY_HEIGHTS = 200n
/** Wait before a lost subscription socket is opened again: doubles from the first to the second. */
export const RECONNECT_MIN_MS = 100
export const RECONNECT_MAX_MS = 5_000
/** Bytes of a quote, a descriptor or another seller document in JSON. */
export const SELLER_BODY_BYTES_MAX = 65_536
/** Longest wait for one answer of a seller. */
export const SELLER_TIMEOUT_MS = 10_000
