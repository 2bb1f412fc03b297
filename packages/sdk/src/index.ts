export { formatAmount, parseAmount } from '@symbolon/primitives'
export { Buyer, type BuyerOptions } from './buyer/buyer.ts'
export { dial } from './buyer/dial.ts'
export { type Discovery, type DiscoveryQuery, discover, type FoundProvider } from './buyer/discovery.ts'
export { advanceLoop, type LoopEvent, type LoopState, type LoopStateName } from './buyer/loop-state.ts'
export { payChallenge } from './buyer/pay-challenge.ts'
export {
  COLD_BUDGET,
  PHASES,
  type PhaseBudget,
  PhaseClock,
  type PhaseName,
  WARM_BUDGET,
} from './buyer/phase-clock.ts'
export { PurchaseJournal, type PurchaseProgress } from './buyer/progress.ts'
export type { Purchase, PurchaseEvent, PurchaseOrder } from './buyer/purchase.ts'
export {
  assembleReceipt,
  type PurchaseEvidence,
  type ReceiptParts,
  receiptDecoders,
  type StreamEvidence,
} from './buyer/receipt.ts'
export { SellerClient } from './buyer/seller-client.ts'
export { type ClosedChannel, Settlement } from './buyer/settlement.ts'
export { MemorySink, type UnitSink } from './buyer/sink.ts'
export {
  FrameClient,
  type FrameClientOptions,
  type SubmitOptions,
  type Submitted,
} from './client/frame-client.ts'
export { type RecomputedScores, recomputeScores } from './client/recompute-scores.ts'
export { type ProvenScore, type ScoreEvidence, verifyScore, verifyTrustHead } from './client/verify-score.ts'
export { RemoteError, SdkError } from './errors.ts'
export * from './limits.ts'
export { createPaidFetch, type PaidFetch, type PaidFetchOptions } from './paid-fetch/paid-fetch.ts'
export { type ExpressRequest, expressPaywall } from './paywall/express.ts'
export { type FastifyReplyLike, type FastifyRequestLike, fastifyPaywall } from './paywall/fastify.ts'
export { type HonoContextLike, honoPaywall } from './paywall/hono.ts'
export { type NodeHandler, nodeHttpPaywall } from './paywall/node-http.ts'
export { foldPath, requirePlainPath } from './paywall/path.ts'
export {
  createPaywall,
  type Decision,
  type Paywall,
  type PaywallOptions,
  type Ticket,
} from './paywall/paywall.ts'
export { proxyTo } from './paywall/proxy.ts'
export { ReplayBook, type ReplayLimits, type StoredAnswer } from './paywall/replay.ts'
export type { PaywallRequest } from './paywall/request.ts'
export { matchRoute, type PaidRoute, parseRoutes, type RoutePrice, resourceOf } from './paywall/route.ts'
export { goodsPath, type Offer } from './seller/offer.ts'
export type { IssuedQuote } from './seller/quotes.ts'
export { Seller, type SellerOptions } from './seller/seller.ts'
export { listenForSeller, type SellerServer } from './serve/http-server.ts'
export { Agent, type AgentOptions } from './wallet/agent.ts'
export {
  ChannelKeeper,
  type ChannelKeeperOptions,
  type KeeperAction,
  unsettledOf,
} from './wallet/channel-keeper.ts'
export { AgentLedger, type AgentTransaction } from './wallet/channel-ledger.ts'
export { openMandate, ownKeysIn, rootSecretsIn, saveMandate, seedsIn } from './wallet/key-files.ts'
export { type AgentKeys, MandatedKeys, OwnKeys, type Seeds } from './wallet/keys.ts'
export type { HttpAnswer, HttpRequest } from './wire/http.ts'
export { formatInvoice, type Invoice, parseInvoice } from './wire/invoice.ts'
export { HEADER_CHANNEL, HEADER_PAYER, HEADER_QUOTE, HEADER_REQUEST, ROUTES } from './wire/routes.ts'
