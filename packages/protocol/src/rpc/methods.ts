/** Every JSON-RPC method of a frame node. Results that name a height were read at that checkpoint. */
import {
  address,
  amount,
  boolean,
  bytes,
  did,
  enumeration,
  hash,
  list,
  optional,
  record,
  text,
  u64,
  uint,
} from '@symbolon/primitives'
import { checkpoint } from '../block/checkpoint.ts'
import { supply } from '../block/header.ts'
import { event, receipt } from '../block/receipt.ts'
import { validator } from '../block/validator-set.ts'
import { genesis } from '../frame/genesis.ts'
import {
  CAPABILITY_BYTES_MAX,
  DOMAIN_BYTES_MAX,
  PAGE_MAX,
  SCORE_PROOF_BYTES_MAX,
  TRANSACTION_BYTES_MAX,
  TRUST_EDGE_PAGES_MAX,
} from '../limits.ts'
import { channelRecord, identityRecord } from '../state/records.ts'
import { NAMESPACES, namespaceRoots, STATE_KEY_BYTES_MAX } from '../state/root.ts'
import { prefixProof } from '../state/trie-proof.ts'
import { trustEpoch, trustHead, trustPage } from '../state/trust-records.ts'
import { transaction } from '../transaction/envelope.ts'
import { method } from './method.ts'
import { stateProof, transactionProof } from './proofs.ts'

const none = record('none', {})
const height = u64('height')
const score = uint(1_000_000, 'parts per million')
const page = optional(uint(PAGE_MAX, 'page size'))
const cursor = text(512, { name: 'cursor' })

/** What a score says of an agent, each in parts per million; see packages/reputation/src/epoch/vector.ts. */
export const TRUST_DIMENSION_NAMES = [
  'eigenTrust',
  'sybilRank',
  'absorbing',
  'success',
  'latency',
  'disputes',
  'experience',
  'stake',
  'standing',
] as const
const trustVector = record('trust-vector', {
  eigenTrust: [1, score],
  sybilRank: [2, score],
  absorbing: [3, score],
  success: [4, score],
  latency: [5, score],
  disputes: [6, score],
  experience: [7, score],
  stake: [8, score],
  standing: [9, score],
})
const scoreProofBytes = bytes(1, SCORE_PROOF_BYTES_MAX, 'score proof')

export const identityHit = record('identity-hit', {
  did: [1, did],
  identity: [2, identityRecord],
  /** Reputation now, parts per million; the stored record and its proof are in `proofs`. */
  reputation: [3, score],
  proofs: [4, optional(list(stateProof, 2, { lengthMin: 2, name: 'identity and reputation proofs' }))],
  /** With `minTrust`: the dimension asked for, of the newest final scores; with `proofs` also its proof. */
  trust: [5, optional(score)],
  trustProof: [6, optional(scoreProofBytes)],
})

export const METHODS = {
  'frame.info': method({
    summary: 'Which frame this is, where it stands, and the validator set that certifies it',
    params: none,
    result: record('frame-info', {
      frame: [1, hash],
      name: [2, text(64)],
      height: [3, height],
      checkpoint: [4, hash],
      epoch: [5, u64('epoch')],
      validators: [6, list(validator, 256)],
      version: [7, text(32)],
      pending: [8, uint()],
    }),
    errors: [],
  }),
  'frame.genesis': method({
    summary: 'The genesis, whose digest is the frame identifier',
    params: none,
    result: genesis,
    errors: [],
  }),
  'transaction.submit': method({
    summary: 'Submits a signed transaction; answers when it is accepted, or when its checkpoint is final',
    params: record('submit', {
      transaction: [1, bytes(1, TRANSACTION_BYTES_MAX, 'transaction')],
      /** `accepted`: in the mempool. `final` (the default): in a checkpoint. */
      wait: [2, optional(enumeration(['accepted', 'final']))],
    }),
    result: record('submitted', {
      id: [1, hash],
      height: [2, optional(height)],
      receipt: [3, optional(receipt)],
    }),
    errors: [
      'TRANSACTION_MALFORMED',
      'TRANSACTION_FRAME',
      'TRANSACTION_EXPIRED',
      'TRANSACTION_SIGNATURE',
      'SENDER_KEY',
      'COSIGNER_KEY',
      'NONCE_TOO_LOW',
      'FEE_TOO_LOW',
      'INSUFFICIENT_BALANCE',
      'MEMPOOL_FULL',
      'TRANSACTION_DROPPED',
    ],
  }),
  'transaction.get': method({
    summary: 'A transaction that is in a checkpoint, with its receipt',
    params: record('transaction-query', { id: [1, hash] }),
    result: record('transaction-found', {
      transaction: [1, optional(transaction)],
      receipt: [2, optional(receipt)],
      height: [3, optional(height)],
      /** In the mempool, not yet in a block. */
      pending: [4, boolean],
    }),
    errors: [],
  }),
  'transaction.prove': method({
    summary: 'Proof that a transaction was executed, with what result',
    params: record('transaction-query', { id: [1, hash] }),
    result: transactionProof,
    errors: ['TRANSACTION_UNKNOWN'],
  }),
  'account.get': method({
    summary: 'Balance and next nonce of an address',
    params: record('account-query', { address: [1, address] }),
    result: record('account-found', {
      balance: [1, amount],
      nonce: [2, u64('nonce')],
      /** Nonce that the next transaction should carry, counting those that wait in the mempool. */
      nextNonce: [3, u64('nonce')],
      height: [4, height],
    }),
    errors: [],
  }),
  'identity.get': method({
    summary: 'The identity record of a DID',
    params: record('identity-query', { did: [1, did] }),
    result: record('identity-found', {
      identity: [1, optional(identityRecord)],
      reputation: [2, score],
      height: [3, height],
    }),
    errors: [],
  }),
  'identity.search': method({
    summary: 'Discovery by capability or domain, best reputation first, with proofs on request (CON-108)',
    params: record('identity-search', {
      capability: [1, optional(text(CAPABILITY_BYTES_MAX))],
      domain: [2, optional(text(DOMAIN_BYTES_MAX))],
      /** Inclusive, parts per million. */
      minReputation: [3, optional(score)],
      cursor: [4, optional(cursor)],
      limit: [5, page],
      proofs: [6, optional(boolean)],
      /** Inclusive, parts per million, of the newest final scores; agents that are not scored have 0. */
      minTrust: [7, optional(score)],
      /** Which dimension `minTrust` is about; `eigenTrust` unless given. */
      trustDimension: [8, optional(enumeration(TRUST_DIMENSION_NAMES, 'dimension'))],
    }),
    result: record('identity-hits', {
      hits: [1, list(identityHit, PAGE_MAX)],
      cursor: [2, optional(cursor)],
      height: [3, height],
      /** With `proofs`: everything under the capability (or domain), so that nothing can have been left out. */
      complete: [4, optional(prefixProof)],
      /** With `proofs`: what `complete` is proven under. */
      roots: [5, optional(namespaceRoots)],
      checkpoint: [6, optional(checkpoint)],
      /** With `proofs` and `minTrust`: the root that the proofs of the hits are under. */
      trustHead: [7, optional(stateProof)],
    }),
    errors: ['SEARCH_CRITERION_MISSING', 'CURSOR_INVALID', 'SCORES_NOT_READY', 'SCORES_MISMATCH'],
  }),
  'reputation.get': method({
    summary: 'Reputation of a DID now, and what the state holds',
    params: record('reputation-query', { did: [1, did] }),
    result: record('reputation-found', { score: [1, score], settlements: [2, u64()], height: [3, height] }),
    errors: [],
  }),
  'reputation.score': method({
    summary: 'The score vector of a DID in the newest final epoch, with a proof from the genesis down',
    params: record('score-query', { did: [1, did] }),
    result: record('score-found', {
      /** The head of scoring under a checkpoint: names the final epoch and its root, or shows that there is none. */
      head: [1, stateProof],
      /** Canonical CBOR of the proof of the score, or of its absence, under that root; absent without a final epoch. */
      proof: [2, optional(scoreProofBytes)],
      /** What the proof says, for people. */
      score: [3, optional(trustVector)],
      epoch: [4, optional(u64('epoch'))],
      height: [5, height],
    }),
    errors: ['SCORES_NOT_READY', 'SCORES_MISMATCH'],
  }),
  'reputation.epoch': method({
    summary: 'Where scoring stands, and the record of a scoring epoch: of the newest sealed one unless named',
    params: record('epoch-query', { epoch: [1, optional(u64('epoch'))] }),
    result: record('epoch-found', {
      head: [1, optional(trustHead)],
      record: [2, optional(trustEpoch)],
      height: [3, height],
    }),
    errors: [],
  }),
  'reputation.input': method({
    summary:
      'One page of the input of a scoring epoch that the state still holds: what its scores are recomputed from',
    params: record('input-query', {
      epoch: [1, u64('epoch')],
      part: [2, enumeration(['nodes', 'edges'], 'part')],
      page: [3, uint(TRUST_EDGE_PAGES_MAX - 1, 'page')],
    }),
    result: record('input-page', {
      record: [1, trustEpoch],
      /** Absent beyond the last page. */
      page: [2, optional(trustPage)],
      height: [3, height],
    }),
    errors: ['EPOCH_UNKNOWN', 'EPOCH_INPUT_REPLACED'],
  }),
  'channel.get': method({
    summary: 'The ledger record of a channel',
    params: record('channel-query', { channel: [1, hash] }),
    result: record('channel-found', { record: [1, optional(channelRecord)], height: [2, height] }),
    errors: [],
  }),
  'channel.list': method({
    summary: 'Channels of an address, newest first',
    params: record('channel-list', { party: [1, address], cursor: [2, optional(cursor)], limit: [3, page] }),
    result: record('channels-found', {
      channels: [
        1,
        list(record('channel-entry', { channel: [1, hash], record: [2, channelRecord] }), PAGE_MAX),
      ],
      cursor: [2, optional(cursor)],
      height: [3, height],
    }),
    errors: ['CURSOR_INVALID'],
  }),
  'block.get': method({
    summary: 'A checkpoint by height, with the identifiers of its transactions',
    params: record('block-query', { height: [1, height] }),
    result: record('block-found', {
      checkpoint: [1, checkpoint],
      hash: [2, hash],
      transactions: [3, list(hash, 16_384)],
    }),
    errors: ['BLOCK_UNKNOWN'],
  }),
  'checkpoint.latest': method({
    summary: 'The newest checkpoint with its certificate',
    params: none,
    result: record('checkpoint-found', { checkpoint: [1, checkpoint], hash: [2, hash] }),
    errors: [],
  }),
  'supply.get': method({
    summary: 'Supply: issued, destroyed, where it is, and the difference that must be zero',
    params: none,
    result: record('supply-found', {
      supply: [1, supply],
      circulating: [2, amount],
      delta: [3, text(24, { name: 'signed decimal', pattern: /^-?\d+$/ })],
      height: [4, height],
    }),
    errors: [],
  }),
  'state.prove': method({
    summary: 'A value of the state or its absence, with proof',
    params: record('state-query', {
      namespace: [1, enumeration(NAMESPACES, 'namespace')],
      key: [2, bytes(1, STATE_KEY_BYTES_MAX, 'state key')],
    }),
    result: stateProof,
    errors: [],
  }),
  'event.list': method({
    summary: 'Events of a range of heights, oldest first, by type or subject',
    params: record('event-query', {
      fromHeight: [1, height],
      toHeight: [2, optional(height)],
      type: [3, optional(text(64))],
      subject: [4, optional(hash)],
      cursor: [5, optional(cursor)],
      limit: [6, page],
    }),
    result: record('events-found', {
      events: [1, list(event, PAGE_MAX)],
      cursor: [2, optional(cursor)],
      height: [3, height],
    }),
    errors: ['RANGE_TOO_WIDE', 'CURSOR_INVALID'],
  }),
  'subscription.open': method({
    summary: 'WebSocket only: notifications of blocks, transactions or events as they become final',
    params: record('subscribe', {
      topic: [1, enumeration(['blocks', 'transactions', 'events'], 'topic')],
      /** For events: exact type, or a module name such as `channels`. */
      type: [2, optional(text(64))],
      /** For events: an address or channel; for transactions: the sender. */
      subject: [3, optional(hash)],
    }),
    result: record('subscription', { subscription: [1, text(64)] }),
    errors: ['SUBSCRIPTION_TRANSPORT', 'SUBSCRIPTIONS_MAX'],
  }),
  'subscription.close': method({
    summary: 'Ends a subscription',
    params: record('unsubscribe', { subscription: [1, text(64)] }),
    result: record('unsubscribed', { closed: [1, boolean] }),
    errors: [],
  }),
} as const
export type MethodName = keyof typeof METHODS

/** Notifications: JSON-RPC method `subscription`, params `{subscription, topic, …}` with one of these bodies. */
export const NOTIFICATIONS = {
  blocks: record('block-notification', {
    checkpoint: [1, checkpoint],
    hash: [2, hash],
    transactions: [3, uint()],
  }),
  transactions: record('transaction-notification', {
    id: [1, hash],
    height: [2, height],
    receipt: [3, receipt],
  }),
  events: record('event-notification', { event: [1, event] }),
} as const
