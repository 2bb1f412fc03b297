/** Every bound of the wire formats, in one place. A frame's genesis can lower the economic ones, never these. */

/** Encoded transaction, bytes. A batch of 100 transfers takes about 4.6 kB. */
export const TRANSACTION_BYTES_MAX = 65_536
/** Signatures on one transaction: the sender and the co-signers. */
export const SIGNATURES_MAX = 4
/** Transfers under one signature. */
export const TRANSFERS_MAX = 256
/** State keys that a transaction may declare (DESIGN §7; CON-079). Credits are commutative and need no key. */
export const DECLARED_KEYS_MAX = 64
/** Encoded block, bytes, and transactions in it. */
export const BLOCK_BYTES_MAX = 8_388_608
export const BLOCK_TRANSACTIONS_MAX = 16_384
/** Validators in a set (CON parameter table). */
export const VALIDATORS_MAX = 10_000
/** Conditional payments and streams in one channel state. */
export const HTLCS_MAX = 64
export const STREAMS_MAX = 64
/** Ticks of one hash chain: an on-ledger redemption walks at most this many hashes (CON-084: gas per hash). */
export const STREAM_TICKS_MAX = 65_536
/** Texts in identity records, UTF-8 bytes. */
export const CAPABILITY_BYTES_MAX = 64
export const DOMAIN_BYTES_MAX = 128
export const ENDPOINT_BYTES_MAX = 256
export const SERVICES_MAX = 8
export const KEYS_MAX = 4
export const CAPABILITIES_MAX = 16
export const METADATA_BYTES_MAX = 1_024
/** Hits of one discovery page, and transactions, events or blocks of one query page. */
export const PAGE_MAX = 100
