import { equalBytesConstantTime, toHex } from '@symbolon/primitives'
import { evaluateCaveats } from '../caveat/evaluate.ts'
import { parseCaveat } from '../caveat/parse.ts'
import type { RequestContext, VerifierPolicy } from '../caveat/request-context.ts'
import { CredentialError } from '../errors.ts'
import { paymentHashOf } from '../macaroon/identifier.ts'
import type { Macaroon } from '../macaroon/macaroon.ts'
import { type ExpectedBinding, verifyBinding } from './binding.ts'
import type { Challenge } from './challenge.ts'

/** What an invoice asks for. Decoding is the business of the package that knows its kind. */
export interface InvoiceTerms {
  readonly paymentHash: Uint8Array
  /** Base units. */
  readonly amount: bigint
}

/** What the buyer is willing to accept, decided before the challenge came. */
export interface PurchaseTerms {
  /** Unix seconds. */
  readonly now: number
  /** The most that this purchase may cost, in base units. */
  readonly amountMax: bigint
  readonly decodeInvoice: (invoice: string) => InvoiceTerms
  /** The request that the credential is bought for. If given, a credential that would not allow it is not bought. */
  readonly intended?: RequestContext
  readonly policy?: VerifierPolicy
  /** If given, the challenge must carry a binding to exactly this purchase (PL-4). */
  readonly binding?: {
    readonly expected: Omit<ExpectedBinding, 'paymentHash'>
    readonly verify: (bytes: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>
  }
  /** Foreign issuers may mint without an expiry; buying such a credential takes saying so (CAV-7). */
  readonly allowMissingExpiry?: boolean
}

/** A challenge that may be paid. */
export interface Purchase {
  readonly macaroon: Macaroon
  readonly invoice: string
  readonly paymentHash: Uint8Array
  readonly amount: bigint
  /** Unix seconds; undefined only if a missing expiry was allowed. */
  readonly expiresAt: number | undefined
}

/**
 * The buyer's checks between receiving a challenge and paying it (L402-5). Pays nothing, stores nothing.
 *
 * @throws in this order: MACAROON_IDENTIFIER_MALFORMED, L402_PAYMENT_HASH_MISMATCH, BINDING_MISSING and what
 *   `verifyBinding` throws, CAVEAT_EXPIRY_MISSING, CAVEAT_EXPIRED, the refusal of the intended request,
 *   L402_AMOUNT_OVER_BUDGET; and whatever `decodeInvoice` throws
 */
export async function examineChallenge(challenge: Challenge, terms: PurchaseTerms): Promise<Purchase> {
  const { macaroon, invoice } = challenge
  const paymentHash = paymentHashOf(macaroon.identifier)
  if (paymentHash === undefined)
    throw new CredentialError(
      'MACAROON_IDENTIFIER_MALFORMED',
      'the macaroon does not commit to a payment hash, so paying would prove nothing; do not pay',
    )
  const invoiceTerms = terms.decodeInvoice(invoice)
  const read = readCaveats(macaroon)
  const hex = toHex(paymentHash)
  if (
    !equalBytesConstantTime(invoiceTerms.paymentHash, paymentHash) ||
    read.paymentHashes.some((stated) => stated !== hex)
  )
    throw new CredentialError(
      'L402_PAYMENT_HASH_MISMATCH',
      'the macaroon and the invoice name different payments: malformed or hostile; discard the challenge',
    )
  await requireBinding(challenge, terms, hex, invoiceTerms.amount)
  if (read.expiresAt === undefined && terms.allowMissingExpiry !== true)
    throw new CredentialError('CAVEAT_EXPIRY_MISSING', 'the credential would never expire; do not buy it')
  if (read.expiresAt !== undefined && terms.now > read.expiresAt)
    throw new CredentialError(
      'CAVEAT_EXPIRED',
      `the credential expired at ${read.expiresAt}; request a new challenge`,
    )
  if (terms.intended !== undefined) {
    const intended = { ...terms.intended, now: terms.now, paymentHash: hex }
    const evaluation = evaluateCaveats(macaroon, intended, terms.policy)
    if (!evaluation.accepted) throw new CredentialError(evaluation.code, `do not pay: ${evaluation.message}`)
  }
  if (invoiceTerms.amount > terms.amountMax)
    throw new CredentialError(
      'L402_AMOUNT_OVER_BUDGET',
      `the invoice asks ${invoiceTerms.amount}, over the budget of ${terms.amountMax}; find a cheaper offer`,
      { details: { amount: String(invoiceTerms.amount), amountMax: String(terms.amountMax) } },
    )
  return { macaroon, invoice, paymentHash, amount: invoiceTerms.amount, expiresAt: read.expiresAt }
}

async function requireBinding(
  { binding }: Challenge,
  terms: PurchaseTerms,
  paymentHash: string,
  amount: bigint,
): Promise<void> {
  if (terms.binding === undefined) return
  const { expected, verify } = terms.binding
  if (binding === undefined)
    throw new CredentialError(
      'BINDING_MISSING',
      'the provider did not sign what the challenge is for; do not pay',
    )
  const { price } = await verifyBinding(binding, { ...expected, paymentHash }, terms.now, verify)
  if (price !== amount)
    throw new CredentialError(
      'BINDING_PRICE_MISMATCH',
      `the invoice asks ${amount} for a price of ${price}; do not pay`,
    )
}

/** Expiry and stated payment hashes. Caveats of foreign languages are the provider's to understand. */
function readCaveats(macaroon: Macaroon): {
  expiresAt: number | undefined
  paymentHashes: readonly string[]
} {
  let expiresAt: number | undefined
  const paymentHashes: string[] = []
  for (const caveat of macaroon.caveats) {
    const clauses = caveat.verificationId === undefined ? parseCaveat(caveat.identifier) : []
    if (typeof clauses === 'string') continue
    for (const { entry, value } of clauses) {
      if (entry.rule.kind === 'expiry' && value.kind === 'integer')
        expiresAt = Math.min(expiresAt ?? Number.POSITIVE_INFINITY, Number(value.integer))
      if (entry.name === 'payment_hash' && value.kind === 'text') paymentHashes.push(value.text)
    }
  }
  return { expiresAt, paymentHashes }
}
