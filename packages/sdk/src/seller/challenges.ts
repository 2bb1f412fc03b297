/**
 * Challenges that wait for their payment. A challenge is worth its preimage only to who pays exactly its price, in exactly
 * its channel, for exactly its binding (PL-4): the payment that arrives is compared with all of it before the preimage
 * is revealed. Bounded in all and per payer; the oldest of a payer is forgotten first, so a flood costs only its author.
 */
import { type Amount, equalBytes, type Hash, hashKey, SymbolonError } from '@symbolon/primitives'
import type { Htlc } from '@symbolon/protocol'
import { CHALLENGES_MAX, CHALLENGES_PER_PAYER_MAX } from '../limits.ts'

export interface PendingChallenge {
  readonly paymentHash: Hash
  readonly preimage: Uint8Array
  readonly channel: Hash
  readonly payer: Uint8Array
  readonly amount: Amount
  /** Digest of the signed binding: what the payment must name. */
  readonly binding: Hash
  /** Unix seconds, inclusive. */
  readonly expiresAt: number
}

export class ChallengeBook {
  readonly #byHash = new Map<string, PendingChallenge>()
  readonly #byPayer = new Map<string, Set<string>>()

  get size(): number {
    return this.#byHash.size
  }

  add(challenge: PendingChallenge): void {
    const payer = hashKey(challenge.payer)
    const own = this.#byPayer.get(payer) ?? new Set<string>()
    if (own.size >= CHALLENGES_PER_PAYER_MAX) this.#forget([...own][0])
    if (this.#byHash.size >= CHALLENGES_MAX) this.#forget([...this.#byHash.keys()][0])
    const key = hashKey(challenge.paymentHash)
    this.#byHash.set(key, challenge)
    own.add(key)
    this.#byPayer.set(payer, own)
  }

  /**
   * The challenge that this payment answers, in this channel. Errors, in order: CHALLENGE_UNKNOWN (never issued, or
   * forgotten), CHALLENGE_CHANNEL, CHALLENGE_AMOUNT, CHALLENGE_BINDING, CHALLENGE_EXPIRED, CHALLENGE_TIMELOCK (too little
   * time to claim it on the ledger).
   */
  match(payment: Htlc, channel: Hash, now: number, height: bigint, claimHeights: bigint): PendingChallenge {
    const challenge = this.#byHash.get(hashKey(payment.paymentHash))
    if (challenge === undefined)
      throw refuse('CHALLENGE_UNKNOWN', 'no challenge asks for this payment; request a new one')
    if (!equalBytes(challenge.channel, channel))
      throw refuse('CHALLENGE_CHANNEL', 'the challenge is for another channel')
    if (challenge.amount !== payment.amount)
      throw refuse(
        'CHALLENGE_AMOUNT',
        `the challenge asks for ${challenge.amount} base units, not ${payment.amount}`,
      )
    if (payment.binding === undefined || !equalBytes(payment.binding, challenge.binding))
      throw refuse('CHALLENGE_BINDING', 'the payment names another challenge')
    if (now > challenge.expiresAt)
      throw refuse('CHALLENGE_EXPIRED', 'the challenge has expired; request a new one')
    if (payment.expiry < height + claimHeights)
      throw refuse(
        'CHALLENGE_TIMELOCK',
        `the payment expires at height ${payment.expiry}, at least ${height + claimHeights} is needed`,
      )
    return challenge
  }

  settled(paymentHash: Hash): void {
    this.#forget(hashKey(paymentHash))
  }

  #forget(key: string | undefined): void {
    const challenge = key === undefined ? undefined : this.#byHash.get(key)
    if (key === undefined || challenge === undefined) return
    this.#byHash.delete(key)
    const payer = hashKey(challenge.payer)
    const own = this.#byPayer.get(payer)
    own?.delete(key)
    if (own?.size === 0) this.#byPayer.delete(payer)
  }
}

function refuse(code: string, message: string): SymbolonError {
  return new SymbolonError(code, message)
}
