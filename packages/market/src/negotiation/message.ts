/** Messages of a negotiation: signed, numbered, each naming the one it answers. */
import {
  address,
  enumeration,
  type Hash,
  hash,
  type Infer,
  list,
  optional,
  record,
  u64,
  uint,
  union,
} from '@symbolon/primitives'
import type { Signer } from '@symbolon/protocol'
import { NEGOTIATION_MESSAGES_COUNTERED_MAX, REJECT_REASONS_MAX } from '../limits.ts'
import { recordDigest, recordForm, type Signed, signRecord } from '../signature/signed-record.ts'
import { hardTerms, softTerms } from './terms.ts'

/** One per field (NG-2), and two for the whole. */
export const REJECT_REASONS = [
  'descriptor',
  'resource',
  'quantity',
  'latencyCeilingMs',
  'throughputFloorOps',
  'credentialType',
  'priceCapPerUnit',
  'collateral',
  'challengePeriod',
  'creditWindow',
  'combinedDeviation',
  'messagesExhausted',
] as const
export type RejectReason = (typeof REJECT_REASONS)[number]

export const negotiationContent = union('negotiation-content', {
  offer: [1, record('offer', { hard: [1, hardTerms], soft: [2, softTerms] })],
  reject: [
    2,
    record('reject', {
      reasons: [1, list(enumeration(REJECT_REASONS), REJECT_REASONS_MAX, { lengthMin: 1 })],
    }),
  ],
  counterOffer: [3, record('counter-offer', { soft: [1, softTerms] })],
  /** Repeats the terms on the table, so that an acceptance stands by itself as evidence. */
  accept: [4, record('accept', { soft: [1, softTerms] })],
})
export type NegotiationContent = Infer<typeof negotiationContent>

export const negotiationMessage = record('negotiation', {
  frame: [1, hash],
  from: [2, address],
  to: [3, address],
  /** 1 for the offer. */
  number: [4, uint(NEGOTIATION_MESSAGES_COUNTERED_MAX, 'message number')],
  /** Digest of the message answered; absent in the offer. */
  previous: [5, optional(hash)],
  content: [6, negotiationContent],
  /** Unix seconds; an answer later than this does not count. */
  validUntil: [7, u64('valid until')],
})
export type NegotiationMessage = Infer<typeof negotiationMessage>
export type SignedNegotiationMessage = Signed<NegotiationMessage>

export const negotiationForm = recordForm('negotiation', negotiationMessage, (body) => body.from)

export function negotiationDigest(of: NegotiationMessage): Hash {
  return recordDigest(negotiationForm, of)
}

export function signNegotiation(body: NegotiationMessage, signer: Signer): Promise<SignedNegotiationMessage> {
  return signRecord(negotiationForm, body, signer)
}
