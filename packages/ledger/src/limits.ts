/** Every bound and price of the ledger kernel, in one place. Bounds of the wire formats are in the protocol's limits.ts. */

/** Leaves that one prefix proof may hold; the wire format allows no more. */
export const PREFIX_LEAVES_MAX = 10_000
/** Postings on one side of an event, and its subjects and data: what the wire format of events allows. */
export const EVENT_POSTINGS_MAX = 600
export const EVENT_SUBJECTS_MAX = 16
export const EVENT_DATA_BYTES_MAX = 4_096

/**
 * Gas. One unit is about one nanosecond of one core of the reference machine, so that a block gas limit of 2 × 10⁹ is about two
 * seconds of work. Charged for every transaction before its kind's own gas.
 */
export const GAS_TRANSACTION = 10_000
export const GAS_PER_SIGNATURE = 50_000
export const GAS_PER_BYTE = 10
/** Over-declaration is legal and priced (CON-078, CON-079): a declared write can merge two components. */
export const GAS_PER_DECLARED_READ = 2_000
export const GAS_PER_DECLARED_WRITE = 10_000
/** A recipient: one commutative credit, one changed leaf. */
export const GAS_PER_TRANSFER = 10_000n

/** Gas of a component from which on it is worth its way to a worker: about 20 ms of work against 0.1 ms of copying. */
export const POOL_COMPONENT_GAS_MIN = 20_000_000n
/** Worker threads by default: the machine's cores matter, not the block. */
export const WORKERS_DEFAULT = 2
/** Signatures per message to a worker: 128 bytes each; 13 ms of work at 50 µs. */
export const SIGNATURES_PER_MESSAGE = 256
/** Decoded accounts kept in memory, about 250 bytes each. */
export const ACCOUNTS_CACHED_MAX = 1_000_000
/** Public keys whose address is remembered, about 150 bytes each. */
export const KNOWN_KEYS_MAX = 100_000
/** Discrepancies that an audit lists before it stops listing; one is one too many. */
export const FINDINGS_MAX = 100
