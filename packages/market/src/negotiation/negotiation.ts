/**
 * The negotiation as a pure state machine, the same on both sides: feed it every message, sent and received, in order.
 *
 *   (none) ──offer──▶ open ──counterOffer──▶ open ── accept ──▶ accepted
 *                      └─────── reject ─────────────▶ rejected
 *
 * Without counter-offers a negotiation has at most 3 messages, with them 5 (NG-3): at the bound only accept or reject is
 * possible. Silence is handled by `validUntil`: an unanswered message lapses and nothing has been committed.
 */
import { type Address, equalBytes, type Hash } from '@symbolon/primitives'
import { MarketError, type NegotiationErrorCode } from '../errors.ts'
import {
  CLOCK_SKEW_SECONDS_MAX,
  NEGOTIATION_MESSAGES_COUNTERED_MAX,
  NEGOTIATION_MESSAGES_MAX,
} from '../limits.ts'
import { type KeyResolver, verifyRecord } from '../signature/signed-record.ts'
import {
  type NegotiationContent,
  type NegotiationMessage,
  negotiationForm,
  type RejectReason,
  type SignedNegotiationMessage,
} from './message.ts'
import { type HardTerms, SOFT_FIELDS, type SoftTerms } from './terms.ts'

export interface NegotiationState {
  readonly phase: 'open' | 'accepted' | 'rejected'
  readonly frame: Hash
  readonly buyer: Address
  readonly provider: Address
  readonly hard: HardTerms
  /** The buyer's first offer: what deviations are measured against. */
  readonly preferred: SoftTerms
  /** Proposed last; agreed when accepted. */
  readonly soft: SoftTerms
  readonly messages: number
  readonly countered: boolean
  /** Digest of the newest message. */
  readonly last: Hash
  readonly validUntil: bigint
  readonly reasons: readonly RejectReason[]
}

function fail(code: NegotiationErrorCode, message: string): never {
  throw new MarketError(code, message)
}

export function sameSoftTerms(a: SoftTerms, b: SoftTerms): boolean {
  return SOFT_FIELDS.every((field) => a[field] === b[field])
}

/** Whether the next message must end the negotiation. */
export function isLastMessage(state: NegotiationState): boolean {
  return state.messages + 1 >= messagesMax(state.countered)
}

function messagesMax(countered: boolean): number {
  return countered ? NEGOTIATION_MESSAGES_COUNTERED_MAX : NEGOTIATION_MESSAGES_MAX
}

/**
 * The state after a message; the old state stays as it is. `now` is Unix seconds, within CLOCK_SKEW_SECONDS_MAX of the
 * other side's.
 * Errors, in order of precedence: NEGOTIATION_CLOSED, NEGOTIATION_PARTY, NEGOTIATION_OUT_OF_TURN,
 * NEGOTIATION_LINK_BROKEN (replayed, reordered or from another negotiation), NEGOTIATION_EXPIRED,
 * NEGOTIATION_MESSAGES_EXCEEDED, NEGOTIATION_CONTENT, NEGOTIATION_TERMS_CHANGED, then RecordErrorCode.
 */
export function advance(
  state: NegotiationState | undefined,
  signed: SignedNegotiationMessage,
  context: { readonly frame: Hash; readonly now: bigint; readonly currentKey?: KeyResolver },
): NegotiationState {
  const message = signed.body
  const next = state === undefined ? begin(message, context.now) : answer(state, message, context.now)
  return { ...next, last: verifyRecord(negotiationForm, signed, context) }
}

type Unnamed = Omit<NegotiationState, 'last'>

function begin(message: NegotiationMessage, now: bigint): Unnamed {
  const { content } = message
  if (content.kind !== 'offer' || message.number !== 1 || message.previous !== undefined)
    fail('NEGOTIATION_CONTENT', 'a negotiation begins with an offer, numbered 1, that answers nothing')
  if (equalBytes(message.from, message.to)) fail('NEGOTIATION_PARTY', 'buyer and provider are the same')
  if (now > message.validUntil + CLOCK_SKEW_SECONDS_MAX)
    fail('NEGOTIATION_EXPIRED', 'the offer has lapsed; make a new one')
  return {
    phase: 'open',
    frame: message.frame,
    buyer: message.from,
    provider: message.to,
    hard: content.body.hard,
    preferred: content.body.soft,
    soft: content.body.soft,
    messages: 1,
    countered: false,
    validUntil: message.validUntil,
    reasons: [],
  }
}

function answer(state: NegotiationState, message: NegotiationMessage, now: bigint): Unnamed {
  if (state.phase !== 'open') fail('NEGOTIATION_CLOSED', `the negotiation is ${state.phase}; begin a new one`)
  const ofBuyer = equalBytes(message.from, state.buyer) && equalBytes(message.to, state.provider)
  const ofProvider = equalBytes(message.from, state.provider) && equalBytes(message.to, state.buyer)
  if (!ofBuyer && !ofProvider) fail('NEGOTIATION_PARTY', 'the message is not between the two parties')
  // The buyer writes messages 1, 3 and 5.
  if (ofBuyer !== (state.messages % 2 === 0))
    fail('NEGOTIATION_OUT_OF_TURN', 'wait for the other side to answer')
  if (
    message.number !== state.messages + 1 ||
    message.previous === undefined ||
    !equalBytes(message.previous, state.last)
  )
    fail('NEGOTIATION_LINK_BROKEN', `expected message ${state.messages + 1} in answer to the newest one`)
  if (now > state.validUntil + CLOCK_SKEW_SECONDS_MAX)
    fail('NEGOTIATION_EXPIRED', 'the message it answers has lapsed; abort')
  return settle(state, message.content, message.validUntil)
}

function settle(state: NegotiationState, content: NegotiationContent, validUntil: bigint): Unnamed {
  const { last: _, ...rest } = state
  const messages = state.messages + 1
  switch (content.kind) {
    case 'offer':
      return fail('NEGOTIATION_CONTENT', 'only the first message is an offer; send a counter-offer')
    case 'counterOffer':
      // A counter must leave room for its answer.
      if (messages >= messagesMax(true))
        fail('NEGOTIATION_MESSAGES_EXCEEDED', `message ${messages} is the last: accept or reject (NG-3)`)
      return { ...rest, soft: content.body.soft, countered: true, messages, validUntil }
    case 'accept':
      if (!sameSoftTerms(content.body.soft, state.soft))
        fail('NEGOTIATION_TERMS_CHANGED', 'the acceptance names other terms than those proposed; refuse it')
      return { ...rest, phase: 'accepted', messages, validUntil }
    case 'reject':
      return { ...rest, phase: 'rejected', messages, validUntil, reasons: content.body.reasons }
  }
}
