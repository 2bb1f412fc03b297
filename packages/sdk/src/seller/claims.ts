/**
 * Answers the conditional payments of buyers: what pays a challenge exactly is taken, everything else is given back at once,
 * so that no buyer's money waits for its expiry.
 *
 * | payment | answer |
 * | --- | --- |
 * | matches a challenge of this life | taken: the preimage is revealed |
 * | its preimage was written down before a crash, and not yet revealed | taken |
 * | anything else, such as one for a challenge that a crash has erased | given back: the buyer asks for a new challenge |
 */
import type { Channel } from '@symbolon/channels'
import { type Hash, hashKey, isSymbolonError, SymbolonError } from '@symbolon/primitives'
import type { Htlc } from '@symbolon/protocol'
import { HTLC_MARGIN_HEIGHTS } from '../limits.ts'
import type { ChallengeBook } from './challenges.ts'

/** Unix seconds, and the newest height known. */
export interface ClaimMoment {
  readonly seconds: number
  readonly height: bigint
}

export class PaymentClaims {
  readonly #challenges: ChallengeBook
  readonly #answering = new Set<string>()
  readonly #onError: (error: unknown) => void

  constructor(challenges: ChallengeBook, onError: (error: unknown) => void) {
    this.#challenges = challenges
    this.#onError = onError
  }

  /** Looks at every payment that waits in the newest state. `isReconnected`: some may be left from an earlier life. */
  answer(channel: Channel, at: ClaimMoment, isReconnected = false): void {
    for (const payment of channel.signed.state.pending) {
      if (payment.payer === channel.party) continue
      const key = `${hashKey(channel.id)} ${payment.id}`
      if (this.#answering.has(key)) continue
      this.#answering.add(key)
      this.#answerOne(channel, payment, at, isReconnected)
        .catch((error: unknown) => this.#onError(error))
        .finally(() => this.#answering.delete(key))
    }
  }

  async #answerOne(channel: Channel, payment: Htlc, at: ClaimMoment, isReconnected: boolean): Promise<void> {
    const paymentHash = payment.paymentHash as Hash
    const preimage = isReconnected ? channel.preimageOf(paymentHash) : undefined
    try {
      await channel.fulfilHtlc(payment.id, preimage ?? this.#matching(channel, payment, at))
    } catch (error) {
      // The answer of an earlier life was on its way and has arrived.
      if (!channel.signed.state.pending.some(({ id }) => id === payment.id)) return
      if (!(error instanceof SymbolonError) || !error.code.startsWith('CHALLENGE_')) throw error
      await this.#giveBack(channel, payment)
    }
  }

  async #giveBack(channel: Channel, { id }: Htlc): Promise<void> {
    try {
      await channel.update([{ kind: 'failHtlc', body: { id } }])
    } catch (error) {
      const isAnswered = !channel.signed.state.pending.some((payment) => payment.id === id)
      if (!isAnswered || !isSymbolonError(error, 'CHANNEL_OPERATION_INVALID')) throw error
    }
  }

  /** The preimage, once: a second payment against the same hash finds the challenge gone and is given back. */
  #matching(channel: Channel, payment: Htlc, { seconds, height }: ClaimMoment): Uint8Array {
    const claimHeights = channel.terms.challengePeriod + HTLC_MARGIN_HEIGHTS / 2n
    const challenge = this.#challenges.match(payment, channel.id, seconds, height, claimHeights)
    this.#challenges.settled(payment.paymentHash as Hash)
    return challenge.preimage
  }
}
