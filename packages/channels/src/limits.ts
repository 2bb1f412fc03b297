/** Every bound of this package, with its default. The formats' own bounds are in @symbolon/protocol. */
export const CHANNEL_LIMITS = {
  /** Operations that one co-signed update carries (HF-1). */
  operationsPerUpdateMax: 64,
  /** Operations waiting to be proposed; over it `update` refuses. */
  operationsQueuedMax: 4_096,
  /** One message on the transport, bytes: a full state with 64 payments and 64 streams takes about 18 kB. */
  messageBytesMax: 300 * 1024,
  /** Opening transaction that the other side is asked to co-sign, bytes: about 700 with its terms and signatures. */
  openingTransactionBytesMax: 4_096,
  /** Application bytes in one message. */
  applicationBytesMax: 256 * 1024,
  /** Bytes handed to the transport and not yet sent; over it `sendApplication` refuses. */
  sendBufferBytesMax: 4 * 1024 * 1024,
  /** Bytes whose application handler has not finished; over it reading from the peer pauses. */
  receiveBufferBytesMax: 1024 * 1024,
  /** Co-signing messages that may wait while one is being signed or stored. One is outstanding at a time. */
  controlMessagesQueuedMax: 4,
  /** Ticks of one hash chain unless a stream asks for another length. */
  streamTicks: 16_384,
  /** Ticks that may be paid before their units arrive: what a payer risks. */
  prepaidUnitsMax: 4_096,
  /** Units that may be delivered before they are paid: what a payee risks. */
  creditUnitsMax: 0,
  /** Units delivered again over a stream's life because the payer says that they were lost on the way. */
  redeliveredUnitsMax: 65_536,
  /** Hashes computed in one turn of the event loop while a chain is prepared: about 1 ms portable. */
  chainStepsPerTurn: 2_048,
  /** How long a payer's own count of what it paid may lag on its disk: it protects nobody else. */
  payerProgressMs: 50,
  /** Records in the journal before it is compacted into a snapshot. */
  recordsBeforeSnapshot: 250_000,
  /** No answer to an update or a hello for this long is silence (CL-4). */
  answerTimeoutMs: 30_000,
  /** Channels that one host keeps. */
  channelsMax: 65_536,
  /** Channels agreed with strangers and not yet on the ledger: each costs a record that nobody has paid for. */
  openingsMax: 1_024,
  /** After this an agreed channel that the ledger does not know is forgotten by the side that deposited nothing. */
  openingTimeoutMs: 600_000,
  /** Shortest challenge period that a host accepts, checkpoints. */
  challengePeriodMin: 10,
} as const

export type ChannelLimits = { -readonly [name in keyof typeof CHANNEL_LIMITS]: number }

/** Fills in defaults. */
export function channelLimits(given: Partial<ChannelLimits> = {}): ChannelLimits {
  return { ...CHANNEL_LIMITS, ...given }
}

/** Bounds of the WebSocket transport. */
export const TRANSPORT_LIMITS = {
  /** Connections of one server. */
  connectionsMax: 10_000,
  /** Connections of one remote address. */
  connectionsPerAddressMax: 100,
  /** New connections of one remote address per minute; a burst of as many is allowed. */
  connectionRatePerMinute: 600,
  /** A peer that answers no ping within one interval is gone. */
  pingIntervalMs: 15_000,
  /** A peer with this many bytes unread … */
  slowPeerBytesMax: 8 * 1024 * 1024,
  /** … for this long is dropped. */
  slowPeerTimeoutMs: 10_000,
  /** Time for a client to be connected. */
  connectTimeoutMs: 10_000,
  /** Remote addresses whose rate is remembered. */
  addressesRememberedMax: 65_536,
} as const
export type TransportLimits = { -readonly [name in keyof typeof TRANSPORT_LIMITS]: number }
