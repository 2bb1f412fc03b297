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
/** Trust anchors that a genesis may name. */
export const TRUST_ANCHORS_MAX = 64
/** Agents and relations in the input of one scoring epoch, and pages of it: each is one value of the state. */
export const TRUST_NODES_MAX = 8_000
export const TRUST_EDGES_MAX = 64_000
export const TRUST_NODE_PAGES_MAX = 16
export const TRUST_EDGE_PAGES_MAX = 32
/** Evidence that one scoring epoch collects before it is compacted; what is lightest goes first. */
export const TRUST_EVIDENCE_MAX = 32_768
/** Scoring epochs whose record stays in the state. */
export const TRUST_EPOCHS_KEPT = 1_024n
/** Response time that an attestation may report, milliseconds. */
export const ATTESTED_LATENCY_MS_MAX = 600_000
/** Canonical bytes of a proof of one score. */
export const SCORE_PROOF_BYTES_MAX = 2_048
