/**
 * What can be asked of the interceptor. An intent holds the thing to be signed, never its digest and never an amount:
 * both are computed from the thing, so that what is signed is what was authorised, and nobody can under-declare.
 */
import {
  bytes,
  type Domain,
  decode,
  encode,
  fixedBytes,
  type Hash,
  hash,
  optional,
  record,
  type Schema,
} from '@symbolon/primitives'
import {
  type ChannelState,
  type ChannelTerms,
  channelState,
  channelTerms,
  type TransactionBody,
  transactionBody,
} from '@symbolon/protocol'
import { type Mandate, mandate } from '../budget/index.ts'
import { resourceName, taskName } from '../budget/mandate.ts'
import { MandatesError } from '../errors.ts'
import { MESSAGE_BYTES_MAX } from '../limits.ts'

/** What the caller says it is for. It narrows (task caps, resource scope) and never widens. */
export interface Purpose {
  /** Digest of the mandate that pays; default: the last of the chain that the interceptor was opened with. */
  mandate?: Hash
  task?: string
  resource?: string
  /** The principal's approval of exactly this digest, needed in the supervised regime (SR-1). */
  approval?: Approval
}

export interface Approval {
  publicKey: Uint8Array
  signature: Uint8Array
}

export type Intent =
  /** State 0 of a new channel; registers the channel. Moves nothing: the opening transaction does. */
  | { kind: 'channelOpening'; terms: ChannelTerms; purpose?: Purpose }
  | {
      kind: 'channelState'
      frame: Hash
      state: ChannelState
      purpose?: Purpose
      /** The counterparty's signature over `state`, if it signed first. */
      counterSignature?: Uint8Array
    }
  | { kind: 'transaction'; body: TransactionBody; purpose?: Purpose }
  /** A mandate that narrows one of ours. For another delegate, its whole total is held. */
  | { kind: 'delegation'; mandate: Mandate }
  | { kind: 'message'; domain: Domain; frame: Hash; body: Uint8Array }

/**
 * Domains whose records move no money by themselves. Everything else is signed only through a typed intent: a
 * transaction, a channel state or a mandate smuggled in as a message would escape the budget.
 */
export const MESSAGE_DOMAINS: ReadonlySet<Domain> = new Set<Domain>([
  'descriptor',
  'beacon',
  'quote',
  'negotiation',
  'commitment',
  'challenge',
  'purchase-receipt',
  'channel-hello',
  'request',
])

/** A plain copy by way of the canonical bytes: what is checked, recorded and signed is then one and the same value. */
export function ownCopy<T>(schema: Schema<T>, value: T): T {
  return decode(schema, encode(schema, value))
}

/**
 * The caller's objects are not trusted to stay as they are, nor to answer twice alike (getters, proxies): everything
 * is read once, here. Errors: SchemaError; INTENT_KIND_REFUSED.
 */
export function ownIntent(of: Intent): Intent {
  switch (of.kind) {
    case 'channelOpening':
      return { kind: of.kind, terms: ownCopy(channelTerms, of.terms), ...ownPurpose(of.purpose) }
    case 'channelState': {
      const { counterSignature } = of
      return {
        kind: of.kind,
        frame: ownCopy(hash, of.frame),
        state: ownCopy(channelState, of.state),
        ...ownPurpose(of.purpose),
        ...(counterSignature === undefined ? {} : { counterSignature: ownCopy(signature, counterSignature) }),
      }
    }
    case 'transaction':
      return { kind: of.kind, body: ownCopy(transactionBody, of.body), ...ownPurpose(of.purpose) }
    case 'delegation':
      return { kind: of.kind, mandate: ownCopy(mandate, of.mandate) }
    case 'message': {
      const message = bytes(0, MESSAGE_BYTES_MAX, 'MESSAGE_BYTES_MAX: message')
      return {
        kind: of.kind,
        domain: of.domain,
        frame: ownCopy(hash, of.frame),
        body: ownCopy(message, of.body),
      }
    }
    default:
      throw new MandatesError('INTENT_KIND_REFUSED', 'the interceptor does not know this kind of intent')
  }
}

const signature = fixedBytes(64, 'signature')
const purposeRecord = record('purpose', {
  mandate: [1, optional(hash)],
  task: [2, optional(taskName)],
  resource: [3, optional(resourceName)],
  approval: [
    4,
    optional(record('approval', { publicKey: [1, fixedBytes(32, 'public key')], signature: [2, signature] })),
  ],
})

function ownPurpose(of: Purpose | undefined): { purpose?: Purpose } {
  return of === undefined ? {} : { purpose: ownCopy(purposeRecord, of) as Purpose }
}
