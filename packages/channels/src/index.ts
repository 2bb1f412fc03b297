export { Channel, paymentHashOf } from './engine/channel.ts'
export type { ChannelOptions } from './engine/channel-options.ts'
export type { Purpose } from './engine/core.ts'
export { type ChannelEnvironment, nodeEnvironment } from './engine/environment.ts'
export type { ChannelEvents } from './engine/events.ts'
export { ChannelHost, type ChannelHostOptions, type OpenRequest } from './engine/host.ts'
export { type ChannelLedger, type Cofunding, LEDGER_OK, type OpenPayload } from './engine/ledger.ts'
export { PHASES, type Phase } from './engine/phase.ts'
export type { ChannelSigner, StateProposal } from './engine/signer.ts'
export { CHANNEL_ERROR_CODES, ChannelError, type ChannelErrorCode } from './errors.ts'
export {
  CHANNEL_LIMITS,
  type ChannelLimits,
  channelLimits,
  TRANSPORT_LIMITS,
  type TransportLimits,
} from './limits.ts'
export { decodeMessage, encodeMessage, type Message, type Offer } from './message/message.ts'
export { applyOperations, type OperationBatch } from './operation/apply.ts'
export type { Operation } from './operation/operation.ts'
export { cheatingExpectedValue, cheatingPays, cheatingThreshold, reserveFor } from './policy/cheating.ts'
export {
  FORCE_CLOSE_PROFILES,
  type ForceCloseAction,
  type ForceClosePolicy,
  type ForceCloseSituation,
  forceCloseAction,
} from './policy/force-close.ts'
export {
  type GranularityInputs,
  granularityAction,
  maximumUnsettledMs,
  nextEvaluationMs,
  PARTS_PER_BILLION,
  settlementTrigger,
} from './policy/settlement-granularity.ts'
export {
  amortisation,
  CAPACITY_MARGIN,
  channelCapacity,
  OPENING_COST_SHARE_MAX,
  type OpenDecision,
  openDecision,
  openingCostShare,
} from './policy/sizing.ts'
export type { ChannelJournal } from './storage/channel-journal.ts'
export { ChannelStore } from './storage/channel-store.ts'
export { HashChain, streamSeed } from './stream/chain.ts'
export { StreamPayee } from './stream/payee.ts'
export { StreamPayer } from './stream/payer.ts'
export type { StreamTerms } from './stream/paying-runs.ts'
export { ReceivedChain } from './stream/received-chain.ts'
export { type InProcessFaults, inProcessPair } from './transport/in-process.ts'
export type { Transport, TransportHandlers } from './transport/transport.ts'
export { connectWebSocket, WebSocketTransport } from './transport/web-socket.ts'
export {
  attachChannelServer,
  type ChannelServer,
  type ChannelServerOptions,
} from './transport/web-socket-server.ts'
export type { WatchedEvidence } from './watcher/evidence-entry.ts'
export { type Evidence, respondToDispute } from './watcher/respond.ts'
export { evidenceFrom, WATCHER_LIMITS, Watcher } from './watcher/watcher.ts'
