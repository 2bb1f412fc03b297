/** Every bound of the node, with its default; `symbolon node --help` shows which can be configured. */

/** Transactions in the mempool, of one account, and of one account beyond a gap in its nonces. */
export const MEMPOOL_TRANSACTIONS_MAX = 65_536
export const MEMPOOL_ACCOUNT_MAX = 8_192
export const MEMPOOL_FUTURE_MAX = 64
/** A replacement pays at least this much more, in per cent. */
export const MEMPOOL_REPLACEMENT_PERCENT = 10
/** Bytes of all pooled transactions. */
export const MEMPOOL_BYTES_MAX = 128 * 1_048_576

/** HTTP: body, time for the headers and for the whole request, connections in all and from one address. */
export const BODY_BYTES_MAX = 1_048_576
export const HEADERS_TIMEOUT_MS = 5_000
export const REQUEST_TIMEOUT_MS = 30_000
export const CONNECTIONS_MAX = 1_024
export const CONNECTIONS_PER_ADDRESS_MAX = 256
/** Requests of one address: sustained per second, and burst. */
export const RATE_PER_SECOND = 2_000
export const RATE_BURST = 4_000
/** JSON-RPC calls in one batch, and depth of JSON. */
export const BATCH_MAX = 64
export const JSON_DEPTH_MAX = 32
/** WebSocket: subscriptions of one connection, and bytes that a slow reader may have waiting before it is dropped. */
export const SUBSCRIPTIONS_MAX = 64
export const SOCKET_BACKLOG_BYTES_MAX = 4 * 1_048_576
export const PING_INTERVAL_MS = 20_000
/** Heights that one event query may span, and how long `wait: final` waits. */
export const EVENT_RANGE_MAX = 10_000n
export const FINAL_WAIT_MS = 25_000
