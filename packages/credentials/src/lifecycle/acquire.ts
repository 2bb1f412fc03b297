import { fromHex, toHex } from '@symbolon/primitives'
import { evaluateCaveats } from '../caveat/evaluate.ts'
import { CredentialError } from '../errors.ts'
import type { Challenge } from '../l402/challenge.ts'
import { examineChallenge, type Purchase, type PurchaseTerms } from '../l402/examine-challenge.ts'
import { isPreimageOf } from '../l402/preimage.ts'
import { encodeBinaryV2 } from '../macaroon/binary-v2.ts'
import { decodeMacaroon } from '../macaroon/decode.ts'
import { type CredentialRecord, type CredentialStore, usableCredential } from './credential-store.ts'

/** What is known about a payment. `unknown` covers a timeout: it may still settle (L402-18). */
export type PaymentOutcome =
  | { readonly status: 'settled'; readonly preimage: Uint8Array }
  /** Final: no money moved and none will. */
  | { readonly status: 'failed' }
  | { readonly status: 'unknown' }

/** The wallet, as far as buying credentials goes. */
export interface Payer {
  /** Pays the invoice. Rejecting counts as `unknown`. */
  pay(purchase: Purchase): Promise<PaymentOutcome>
  /** What became of an earlier payment; never pays. */
  lookUp(paymentHash: string): Promise<PaymentOutcome>
}

/**
 * Buys credentials: stub stored, invoice paid, preimage stored, in that order, and never twice for one need.
 *
 * | stored      | payment  | next step                                                      |
 * | ----------- | -------- | -------------------------------------------------------------- |
 * | nothing     | none     | examine, store the stub, pay                                   |
 * | stub        | settled  | store the preimage; the credential is usable                   |
 * | stub        | failed   | drop the stub; a new purchase may start                        |
 * | stub        | unknown  | pay nothing for this resource until the payment's end is known |
 * | credential  | settled  | use it                                                         |
 */
export class CredentialBuyer {
  readonly #store: CredentialStore
  readonly #payer: Payer
  /** One purchase per resource at a time; a second caller gets the first one's result. */
  readonly #running = new Map<string, Promise<CredentialRecord>>()

  constructor(store: CredentialStore, payer: Payer) {
    this.#store = store
    this.#payer = payer
  }

  /**
   * A credential for `resource`: one that is in the store by now, or else the challenge's, paid for.
   *
   * Call it on a 402. `refused` is the payment hash of the credential that drew it, if one was presented: it is
   * forgotten (L402-12). Of many requests that draw a 402 together, however late each calls, one pays.
   * @throws L402_PAYMENT_PENDING, then what `examineChallenge` throws, L402_PAYMENT_FAILED, L402_PREIMAGE_MISMATCH
   */
  async buy(
    resource: string,
    challenge: Challenge,
    terms: PurchaseTerms,
    refused?: string,
  ): Promise<CredentialRecord> {
    for (;;) {
      const running = this.#running.get(resource)
      if (running === undefined) break
      const record = await running
      if (record.paymentHash !== refused) return record
    }
    const purchase = this.#buy(resource, challenge, terms, refused).finally(() =>
      this.#running.delete(resource),
    )
    this.#running.set(resource, purchase)
    return purchase
  }

  /**
   * Asks after every payment of `resource` whose end is unknown and records what is now known. Run it at start too.
   * @returns the number of payments that are still unknown
   */
  async reconcile(resource: string): Promise<number> {
    let unknown = 0
    for (const record of await this.#store.list(resource)) {
      if (record.status !== 'pending') continue
      const outcome = await this.#payer.lookUp(record.paymentHash).catch(() => UNKNOWN)
      if (outcome.status === 'failed') await this.#store.delete(resource, record.paymentHash)
      else if (outcome.status === 'settled') await this.#complete(record, outcome.preimage)
      else unknown++
    }
    return unknown
  }

  async #buy(
    resource: string,
    challenge: Challenge,
    terms: PurchaseTerms,
    refused: string | undefined,
  ): Promise<CredentialRecord> {
    if (refused !== undefined) await this.#store.delete(resource, refused)
    const unknown = await this.reconcile(resource)
    const usable = await usableCredential(this.#store, resource, terms.now)
    if (usable !== undefined && covers(usable, terms)) return usable
    if (unknown > 0) throw pending(resource)
    const purchase = await examineChallenge(challenge, terms)
    const paymentHash = toHex(purchase.paymentHash)
    const owned = await this.#store.get(resource, paymentHash)
    // The server repeated a challenge that is paid for already: its hash cannot be worth paying twice.
    if (owned?.status === 'active') return owned

    const stub: CredentialRecord = {
      resource,
      paymentHash,
      macaroon: encodeBinaryV2(purchase.macaroon),
      amount: purchase.amount,
      expiresAt: purchase.expiresAt,
      status: 'pending',
      preimage: undefined,
    }
    await this.#store.put(stub)
    const outcome = await this.#payer.pay(purchase).catch(() => UNKNOWN)
    if (outcome.status === 'settled') return this.#complete(stub, outcome.preimage)
    if (outcome.status === 'unknown') throw pending(resource)
    await this.#store.delete(resource, paymentHash)
    throw new CredentialError(
      'L402_PAYMENT_FAILED',
      'the payment failed and no money moved; try another route or offer',
    )
  }

  async #complete(stub: CredentialRecord, preimage: Uint8Array): Promise<CredentialRecord> {
    if (!isPreimageOf(preimage, fromHex(stub.paymentHash)))
      throw new CredentialError(
        'L402_PREIMAGE_MISMATCH',
        'the wallet reports a preimage that does not open the payment hash; the record is kept, ask the wallet again',
        { details: { paymentHash: stub.paymentHash } },
      )
    const record: CredentialRecord = { ...stub, status: 'active', preimage: preimage.slice() }
    await this.#store.put(record)
    return record
  }
}

/** A stored credential serves if it allows the request that this purchase is for. */
function covers(record: CredentialRecord, { intended, policy, now }: PurchaseTerms): boolean {
  if (intended === undefined) return true
  const context = { ...intended, now, paymentHash: record.paymentHash }
  return evaluateCaveats(decodeMacaroon(record.macaroon), context, policy).accepted
}

const UNKNOWN: PaymentOutcome = { status: 'unknown' }

function pending(resource: string): CredentialError {
  return new CredentialError(
    'L402_PAYMENT_PENDING',
    `a payment for ${resource} may still settle; reconcile it before paying again`,
    { details: { resource } },
  )
}
