/**
 * Every bound of the market package, in one place. Wire bounds are fixed; those that are defaults of a policy can be
 * overridden where the function that applies them takes an option of the same name.
 */

/** Encoded signed descriptor, bytes (CD-10: directories store records of roughly 1 to 10 KB). */
export const DESCRIPTOR_BYTES_MAX = 10_240
/** Encoded quote, beacon, negotiation message or commitment, bytes: what a peer may make us parse. */
export const MARKET_RECORD_BYTES_MAX = 4_096

/** Columns of a data resource. */
export const COLUMNS_MAX = 64
/** Names and labels (columns, GPU families, regions, credential types), UTF-8 bytes. */
export const LABEL_BYTES_MAX = 64
/** Labels in one list of a descriptor. */
export const LABELS_MAX = 16
/** Path of an API resource, and the resource name of a quote, UTF-8 bytes. */
export const RESOURCE_BYTES_MAX = 256
/** One row of a data file as sold, bytes. */
export const ROW_BYTES_MAX = 65_536
/** Rows of one committed file: the Merkle tree over it stays below 100 MB. */
export const ROWS_MAX = 1_048_576
/** Sample rows that a drafted descriptor looks at to tell the types of columns. */
export const SAMPLE_ROWS_MAX = 256

/** Parts of a pricing curve above its base (PR-2 uses three). */
export const PRICE_SEGMENTS_MAX = 8
/** Largest congestion multiplier: a thousand times the base price. */
export const MULTIPLIER_PPM_MAX = 1_000_000_000

/** Beacon time to live, epochs (FR-3: 2 to 3). */
export const BEACON_TTL_EPOCHS_DEFAULT = 2
export const BEACON_TTL_EPOCHS_MAX = 3
/** Oldest accepted anchor, checkpoints: three minutes at the idle heartbeat of one checkpoint a second (FR-2). */
export const BEACON_ANCHOR_AGE_MAX = 180n
/** Agent-side age cutoff on descriptors, seconds (FR-6). */
export const DESCRIPTOR_AGE_SECONDS_MAX = 900n

/** Longest life of a quote, seconds. */
export const QUOTE_LIFETIME_SECONDS_MAX = 3_600n
/** Tolerated difference between two parties' clocks, seconds. */
export const CLOCK_SKEW_SECONDS_MAX = 30n
/** Oldest load snapshot that may price a quote, seconds before its issue (PR-11). */
export const LOAD_AGE_SECONDS_MAX = 5n
/** Largest credit window, units. */
export const CREDIT_WINDOW_MAX = 65_536

/** Rows proven by one chunk proof. */
export const CHUNK_ROWS_MAX = 1_024

/** Messages of a negotiation without and with counter-offers (NG-3). */
export const NEGOTIATION_MESSAGES_MAX = 3
export const NEGOTIATION_MESSAGES_COUNTERED_MAX = 5
/** Reasons in one rejection: one per field. */
export const REJECT_REASONS_MAX = 16
/** Default tolerance of the combined deviation of countered fields, ppm (NG-4). */
export const DEVIATION_TOLERANCE_PPM = 200_000n

/** Longest validity of an unanswered commitment proposal, seconds. */
export const COMMITMENT_VALIDITY_SECONDS_MAX = 600n

/** Newest attempts per provider that a failure history keeps. */
export const HISTORY_ATTEMPTS_MAX = 64
/** Providers in a failure history; the one unused for longest is forgotten first. */
export const HISTORY_PROVIDERS_MAX = 4_096
/** COMMITMENT_TIMEOUT : NEGOTIATION_MISMATCH from which defection is suspected, ppm, and how many timeouts it takes (MT-4). */
export const DEFECTION_RATIO_PPM = 2_000_000n
export const DEFECTION_TIMEOUTS_MIN = 3

/** Candidates of one ranking (PS-1: work is bounded). */
export const CANDIDATES_MAX = 1_024
/** Cycles of one latency window (LB-11). */
export const LATENCY_WINDOW_CYCLES_MIN = 100
export const LATENCY_WINDOW_CYCLES_MAX = 500
/** Consecutive windows over budget that demote a provider, and by how much they must be over, percent (LB-11). */
export const DEMOTION_WINDOWS = 3
export const DEMOTION_PERCENT = 120
/** Age at which a solvency check no longer counts, milliseconds (PS-8: 3 s is too old). */
export const SOLVENCY_CHECK_AGE_MS_MAX = 1_000
