/**
 * Negotiations under way at a seller: each is the pure state machine of the market, fed with every message. A negotiation lives
 * as long as its newest message is valid; the book is bounded and forgets the oldest first.
 */
import {
  advance,
  answerAsProvider,
  encodeSigned,
  type NegotiationMessage,
  type NegotiationState,
  negotiationForm,
  type ProviderPolicy,
  type SignedNegotiationMessage,
  type SoftTerms,
} from '@symbolon/market'
import { type Address, encode, type Hash, hashKey, SymbolonError } from '@symbolon/primitives'
import { NEGOTIATION_VALIDITY_SECONDS, NEGOTIATIONS_MAX } from '../limits.ts'

/** Signs a message body as the seller. */
export type NegotiationSigner = (
  body: Uint8Array,
) => Promise<{ publicKey: Uint8Array; signature: Uint8Array }>

export class NegotiationBook {
  /** By the digest of the newest message. */
  readonly #open = new Map<string, NegotiationState>()
  readonly #accepted = new Map<string, NegotiationState>()

  /**
   * Takes a buyer's message and returns the answer's bytes; undefined if the message ended the negotiation.
   * Errors: those of `advance`; NEGOTIATION_UNKNOWN if it answers a message that this seller did not send, or has forgotten.
   */
  async answer(
    signed: SignedNegotiationMessage,
    policyOf: (hard: NegotiationState['hard']) => ProviderPolicy,
    context: { frame: Hash; seller: Address; now: bigint },
    sign: NegotiationSigner,
  ): Promise<Uint8Array | undefined> {
    const { previous } = signed.body
    const before = previous === undefined ? undefined : this.#open.get(hashKey(previous))
    if (previous !== undefined && before === undefined)
      throw new SymbolonError(
        'NEGOTIATION_UNKNOWN',
        'this answers no message of an open negotiation; begin a new one',
      )
    const state = advance(before, signed, { frame: context.frame, now: context.now })
    if (previous !== undefined) this.#open.delete(hashKey(previous))
    if (state.phase !== 'open') {
      this.#settle(state)
      return undefined
    }
    const content = answerAsProvider(state, policyOf(state.hard))
    const body: NegotiationMessage = {
      frame: context.frame,
      from: context.seller,
      to: state.buyer,
      number: state.messages + 1,
      previous: state.last,
      content,
      validUntil: context.now + NEGOTIATION_VALIDITY_SECONDS,
    }
    const answer = { body, ...(await sign(encode(negotiationForm.body, body))) }
    const next = advance(state, answer, { frame: context.frame, now: context.now })
    if (next.phase === 'open') this.#keep(this.#open, next)
    else this.#settle(next)
    return encodeSigned(negotiationForm, answer)
  }

  /** What was agreed, by the digest of the acceptance. */
  agreed(acceptance: Hash): { soft: SoftTerms; hard: NegotiationState['hard']; buyer: Address } | undefined {
    return this.#accepted.get(hashKey(acceptance))
  }

  #settle(state: NegotiationState): void {
    if (state.phase === 'accepted') this.#keep(this.#accepted, state)
  }

  #keep(book: Map<string, NegotiationState>, state: NegotiationState): void {
    if (book.size >= NEGOTIATIONS_MAX) book.delete(book.keys().next().value ?? '')
    book.set(hashKey(state.last), state)
  }
}
