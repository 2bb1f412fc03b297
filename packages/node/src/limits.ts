/** Every bound of the node, with its default. `NodeConfig.limits` overrides those of the listener. */

/** Transactions in the mempool. */
export const MEMPOOL_TRANSACTIONS_MAX = 65_536
/** Transactions of one account in the mempool. */
export const MEMPOOL_ACCOUNT_MAX = 8_192
/** How far a nonce may be ahead of what the account can execute now. */
export const MEMPOOL_FUTURE_MAX = 64
/** A replacement pays at least this much more, in per cent. */
export const MEMPOOL_REPLACEMENT_PERCENT = 10
/** Bytes of all pooled transactions. */
export const MEMPOOL_BYTES_MAX = 128 * 1_048_576

/** Bytes of an HTTP body or a WebSocket message. */
export const BODY_BYTES_MAX = 1_048_576
/** Bytes of a refused body that are read and thrown away, so that the refusal reaches the client before the connection ends. */
export const BODY_DISCARDED_BYTES_MAX = 8 * 1_048_576
/** Milliseconds in which a client must have sent its headers. */
export const HEADERS_TIMEOUT_MS = 5_000
/** Milliseconds in which a client must have sent its whole request. */
export const REQUEST_TIMEOUT_MS = 30_000
/** Milliseconds without a byte in either direction after which a connection is closed; above FINAL_WAIT_MS. */
export const IDLE_TIMEOUT_MS = 60_000
/** Milliseconds that requests under way have to finish when the node stops; then their connections are cut. */
export const STOP_GRACE_MS = 2_000
/** Open connections, WebSockets included. */
export const CONNECTIONS_MAX = 1_024
/** Open connections of one address (of one /64 network for IPv6). */
export const CONNECTIONS_PER_ADDRESS_MAX = 256
/** Cost units of one address per second, sustained: a call costs one unless METHOD_COSTS says otherwise. */
export const RATE_PER_SECOND = 2_000
/** Cost units of one address at once. */
export const RATE_BURST = 4_000
/** Addresses whose rate is remembered; the longest silent ones are forgotten first. */
export const RATE_ADDRESSES_MAX = 65_536
/** Cost of calls that take much longer than a look-up, in units of about 50 µs. */
export const METHOD_COSTS: Readonly<Record<string, number>> = {
  'identity.search': 50,
  'event.list': 50,
  'channel.list': 10,
  'transaction.prove': 20,
  'block.get': 20,
  'frame.genesis': 20,
  'reputation.score': 20,
  'reputation.input': 20,
}
/** JSON-RPC calls in one batch. */
export const BATCH_MAX = 64
/** Nesting of JSON. */
export const JSON_DEPTH_MAX = 32
/** Calls of one WebSocket that are not answered yet; over it the node stops reading from that connection. */
export const SOCKET_CALLS_MAX = 1_024
/** Subscriptions of one connection. */
export const SUBSCRIPTIONS_MAX = 64
/** Bytes that a slow reader of a WebSocket may have waiting before it is disconnected. */
export const SOCKET_BACKLOG_BYTES_MAX = 4 * 1_048_576
/** A WebSocket that has not answered a ping when the next one is due is disconnected. */
export const PING_INTERVAL_MS = 20_000
/** Heights that one event query may span. */
export const EVENT_RANGE_MAX = 10_000n
/** How long `wait: final` waits before it answers without an outcome. */
export const FINAL_WAIT_MS = 25_000
/** Blocks whose Merkle trees are kept for `transaction.prove`; a full block takes about 2 MB. */
export const PROVEN_BLOCKS_CACHED_MAX = 4
/** Relations of a scoring epoch up to which its scores are computed on the main thread (about 10 ms); beyond, in one of their own. */
export const EPOCH_INLINE_RELATIONS_MAX = 2_000
/** Heights for which a publication or challenge of the epoch job may wait before it is sent again for twice the fee, and gas beyond what it is known to take. */
export const SCORE_VALIDITY_HEIGHTS = 12n
export const SCORE_GAS_MARGIN = 20_000n
/**
 * How often the epoch job sends a publication or a challenge that is refused or not included, and how often it begins anew after it failed. The last
 * attempt pays 16 times the least fee; all of them that wait in vain take 60 heights.
 */
export const SCORE_ATTEMPTS_MAX = 5
