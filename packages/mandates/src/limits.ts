/** Every bound of this package, with its default. Input over a bound is refused by name and changes nothing. */

/** Mandates in one chain, the principal's included (DESIGN §7: depth ≤ 5). */
export const DEPTH_MAX = 5
/** Rate windows of one mandate. */
export const WINDOWS_MAX = 8
/** Longest rate window, seconds: 366 days. */
export const WINDOW_SECONDS_MAX = 31_622_400n
/** Steps in which a window forgets: up to one hour it is exact to the second, beyond it errs on the strict side. */
export const WINDOW_STEPS = 3_600
export const PROVIDERS_MAX = 256
export const RESOURCES_MAX = 32
/** UTF-8 bytes of a resource or resource prefix, and of a task name. */
export const RESOURCE_BYTES_MAX = 512
export const TASK_BYTES_MAX = 128

/** Mandates in one budget tree. */
export const MANDATES_MAX = 10_000
/** Holds that are open at once. */
export const OPEN_HOLDS_MAX = 100_000
/** Closed intents that are remembered, so that a replay is named as one; older ones are forgotten first. */
export const CLOSED_INTENTS_MAX = 100_000
/** Tasks, and providers, of which one mandate keeps a tally. */
export const TALLIES_MAX = 100_000
/** Channels of one budget that are not settled. */
export const CHANNELS_MAX = 10_000

/** Body of a signed message without monetary meaning, bytes. */
export const MESSAGE_BYTES_MAX = 65_536
/** Highest fee of a transaction that closes or defends a channel after the mandate's expiry, base units: 0.01 units. */
export const WIND_DOWN_FEE_MAX = 10_000_000n

/** Further predicates in one pipeline, and what their declared costs may add up to, microseconds (`ch07-08` PI-6). */
export const PREDICATES_MAX = 64
export const EVALUATION_MICROSECONDS_MAX = 5_000

/** Body of one audit entry, bytes: a signed mandate or a channel state with all its payments fits. */
export const AUDIT_BODY_BYTES_MAX = 65_536
/** Encoded purchase receipt, bytes. */
export const RECEIPT_BYTES_MAX = 1_048_576
