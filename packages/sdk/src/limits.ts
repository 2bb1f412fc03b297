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
/** Gas limit of a transaction unless the caller says otherwise. Only what is used is charged, at the frame's price. */
export const TRANSACTION_GAS_LIMIT = 1_000_000n
/** Challenges of a seller that wait for their payment, in all and of one payer; older ones are forgotten first. */
export const CHALLENGES_MAX = 16_384
export const CHALLENGES_PER_PAYER_MAX = 64
export const CHALLENGE_LIFETIME_SECONDS = 60
/** Quotes that a seller remembers, and how long each holds. */
export const QUOTES_MAX = 65_536
export const QUOTE_LIFETIME_SECONDS = 300n
/** How long a credential lives that pays for goods or requests. */
export const CREDENTIAL_LIFETIME_SECONDS = 600
/** Checkpoints in which a payment for a challenge can be claimed, beyond the challenge period of its channel. */
export const HTLC_MARGIN_HEIGHTS = 40n
/** Responses kept for requests that are repeated: count, bytes of one, seconds. */
export const REPLAY_RESPONSES_MAX = 4_096
export const REPLAY_BODY_BYTES_MAX = 1_048_576
export const REPLAY_SECONDS = 300
/** All kept responses together, bytes: the oldest are forgotten first. */
export const REPLAY_BYTES_MAX = 67_108_864
/** Answers to one counted request that were too long to be kept and did not arrive whole: the request is not served again after. */
export const REPLAY_UNDELIVERED_MAX = 4
/** A handler whose client went away may still finish; after this long its request may be served again. */
export const REPLAY_ABANDONED_MS = 10_000
/** Body of a paid request: it is read before the request is counted, because its digest is part of what is counted. */
export const PAID_BODY_BYTES_MAX = 1_048_576
/** Characters of a request path, and how often it is decoded in search of another meaning. */
export const PATH_CHARS_MAX = 2_048
/** Routes behind one paywall: one descriptor each. */
export const PAID_ROUTES_MAX = 64
/** Requests that one payment may buy. */
export const REQUESTS_PER_PAYMENT_MAX = 10_000
/** Longest wait for an upstream service to begin its answer, and between two pieces of it. */
export const PROXY_TIMEOUT_MS = 30_000
/** Share of a channel's deposit that the depositor keeps as reserve, parts per million (`ch01-02` CM-15). */
export const RESERVE_PPM = 10_000n
/** Units delivered ahead of their payment unless a quote says otherwise. */
export const CREDIT_WINDOW_DEFAULT = 32
/** Units that a buyer pays before it has seen the first, unless its order says otherwise: as much as sellers risk. */
export const PREPAID_UNITS_MAX = 32n
/** Longest wait for the next unit of a connected seller. */
export const DELIVERY_STALL_MS = 30_000
/** Connections that a delivery tries to open again before it gives up: about 6 s in all. */
export const RECONNECT_ATTEMPTS = 6
/** A seller's listener: time for the headers, and connections. */
export const SELLER_HEADERS_TIMEOUT_MS = 5_000
export const SELLER_CONNECTIONS_MAX = 2_048
export const SELLER_CONNECTIONS_PER_ADDRESS_MAX = 256
/** Channels that one account may have agreed with a seller and not yet put on the ledger. */
export const OPENINGS_PER_PARTY_MAX = 4
/** Certificates that a client remembers having verified. */
export const CHECKPOINTS_REMEMBERED_MAX = 256
/** Negotiations that a seller keeps, open and agreed, and how long a message holds. */
export const NEGOTIATIONS_MAX = 4_096
export const NEGOTIATION_VALIDITY_SECONDS = 30n
/** How often the channel keeper looks at every channel. */
export const KEEPER_INTERVAL_MS = 1_000
/** Payments that one quote of paidFetch covers, and quotes that one of its channels is funded for, unless the caller says otherwise. */
export const PAYMENTS_PER_QUOTE = 8n
export const QUOTES_PER_CHANNEL = 8n
/** Requests per payment that paidFetch agrees to unless told otherwise. */
export const REQUESTS_PER_PAYMENT_DEFAULT_MAX = 100
/** A request with a credential is repeated under its id when its answer is lost or says 5xx: times, and the first pause, doubled. */
export const LOST_RETRIES_MAX = 3
export const LOST_RETRY_MS = 100
/** Longest wait for the preimage of one payment; afterwards the payment is pending, and nothing else is paid there. */
export const PREIMAGE_TIMEOUT_MS = 10_000
/** Uses left, parts per million of a credential's, at which the next is bought ahead. */
export const RENEW_AHEAD_PPM = 250_000
/** A credential with less time left than this is not presented any more. */
export const PRESENT_MARGIN_MS = 200
/** Sellers and resources that one paidFetch remembers, and requests that may be repeated with the use they took. */
export const PAID_RESOURCES_MAX = 256
export const OWED_REQUESTS_MAX = 1_024
/** A credential refused in its last half minute has run out by the seller's clock; refused earlier, it is not honoured. */
export const REFUSAL_TOLERANCE_MS = 30_000
/** Shortest life of a credential that paidFetch pays for. */
export const CREDENTIAL_LIFETIME_MIN_SECONDS = 60
/** Longest wait for one step in a channel: opening (with its transaction), connecting, agreeing. */
export const CHANNEL_STEP_TIMEOUT_MS = 15_000
/** Mandates between a principal and an agent, in a mandate file. */
export const MANDATE_CHAIN_MAX = 16
/** How long a proposed service level may be accepted, seconds. */
export const COMMITMENT_VALIDITY_SECONDS = 60n
