/**
 * The two-phase service-level commitment: COMMIT_PROPOSE (the buyer signs), COMMIT_ACCEPT (the provider counter-signs the
 * same bytes), and only then funding (SLA-1…SLA-5). The doubly signed record settles later disputes about what was
 * promised; an advertised 99.9 % cannot become 99.5 % between discovery and delivery.
 */
import {
  decode,
  encode,
  equalBytes,
  fixedBytes,
  type Hash,
  type Infer,
  optional,
  record,
} from '@symbolon/primitives'
import type { Signer } from '@symbolon/protocol'
import { serviceLevelDigest } from '../descriptor/service-level.ts'
import { MarketError } from '../errors.ts'
import { CLOCK_SKEW_SECONDS_MAX, MARKET_RECORD_BYTES_MAX } from '../limits.ts'
import type { VerifiedQuote } from '../quote/verify.ts'
import { type KeyResolver, verifyIssuer } from '../signature/signed-record.ts'
import { type CommitmentTerms, checkTermsAgainstQuote, commitmentDigest, commitmentTerms } from './terms.ts'

const partySignature = record('party-signature', {
  publicKey: [1, fixedBytes(32, 'public key')],
  signature: [2, fixedBytes(64, 'signature')],
})

/** COMMIT_PROPOSE without `acceptance`, COMMIT_ACCEPT with it: one record that grows, never a second set of terms. */
export const commitmentRecord = record('commitment-record', {
  terms: [1, commitmentTerms],
  proposal: [2, partySignature],
  acceptance: [3, optional(partySignature)],
})
export type CommitmentRecord = Infer<typeof commitmentRecord>

/** Throws SchemaError; signatures are not checked yet. */
export function decodeCommitment(bytes: Uint8Array): CommitmentRecord {
  return decode(commitmentRecord, bytes, MARKET_RECORD_BYTES_MAX)
}

export interface CommitmentContext {
  readonly frame: Hash
  readonly currentKey?: KeyResolver
  /** Unix seconds. */
  readonly now: bigint
}

async function sign(
  terms: CommitmentTerms,
  signer: Signer,
): Promise<{ publicKey: Uint8Array; signature: Uint8Array }> {
  return { publicKey: signer.publicKey, signature: await signer.sign(commitmentDigest(terms)) }
}

/** The buyer's half. Errors: COMMITMENT_QUOTE_MISMATCH, COMMITMENT_TERMS_MISMATCH. */
export async function proposeCommitment(
  terms: CommitmentTerms,
  quote: VerifiedQuote,
  signer: Signer,
): Promise<CommitmentRecord> {
  checkTerms(terms, quote)
  return { terms, proposal: await sign(terms, signer) }
}

function checkTerms(terms: CommitmentTerms, quote: Pick<VerifiedQuote, 'quote' | 'digest'>): void {
  checkTermsAgainstQuote(terms, quote)
  if (!equalBytes(serviceLevelDigest(terms.frame, terms.serviceLevel), quote.quote.serviceLevel))
    throw new MarketError(
      'COMMITMENT_TERMS_MISMATCH',
      'the service level is not the one that was quoted; do not sign',
    )
}

/** Errors: COMMITMENT_VALIDITY (proposed in the future), COMMITMENT_EXPIRED (SLA-4), each with the clock skew tolerated. */
function checkTime({ proposed, validity }: CommitmentTerms, now: bigint): void {
  if (proposed > now + CLOCK_SKEW_SECONDS_MAX)
    throw new MarketError('COMMITMENT_VALIDITY', `proposed ${proposed - now} s in the future; compare clocks`)
  if (now > proposed + validity + CLOCK_SKEW_SECONDS_MAX)
    throw new MarketError(
      'COMMITMENT_EXPIRED',
      'the proposal was not accepted in time; retry or return to discovery',
    )
}

/**
 * The provider's half. `own` is the quote that it issued and the terms that it negotiated: the proposal must equal them
 * to the byte, except for nonce and time, which are the buyer's to choose.
 * Errors, in order of precedence: COMMITMENT_QUOTE_MISMATCH, COMMITMENT_TERMS_MISMATCH, COMMITMENT_VALIDITY,
 * COMMITMENT_EXPIRED, RECORD_FRAME_MISMATCH, RECORD_KEY_UNKNOWN, RECORD_SIGNATURE_INVALID.
 */
export async function acceptCommitment(
  proposal: CommitmentRecord,
  own: { readonly quote: Pick<VerifiedQuote, 'quote' | 'digest'>; readonly terms: CommitmentTerms },
  signer: Signer,
  context: CommitmentContext,
): Promise<CommitmentRecord> {
  const { terms } = proposal
  checkTerms(terms, own.quote)
  const { nonce, proposed, validity } = terms
  const expected = encode(commitmentTerms, { ...own.terms, nonce, proposed, validity })
  if (!equalBytes(expected, encode(commitmentTerms, terms)))
    throw new MarketError(
      'COMMITMENT_TERMS_MISMATCH',
      'the proposal differs from the negotiated terms; refuse it',
    )
  checkTime(terms, context.now)
  checkSignature(terms, 'proposal', proposal.proposal, context)
  return { ...proposal, acceptance: await sign(terms, signer) }
}

function checkSignature(
  terms: CommitmentTerms,
  of: 'proposal' | 'acceptance',
  signature: { publicKey: Uint8Array; signature: Uint8Array },
  context: Pick<CommitmentContext, 'frame' | 'currentKey'>,
): void {
  if (!equalBytes(terms.frame, context.frame))
    throw new MarketError('RECORD_FRAME_MISMATCH', 'the commitment is for another frame; refuse it')
  const issuer = of === 'proposal' ? terms.buyer : terms.provider
  verifyIssuer(
    issuer,
    signature.publicKey,
    signature.signature,
    commitmentDigest(terms),
    `commitment ${of}`,
    context.currentKey,
  )
}

const CONSTRUCTION = Symbol('commitment')

/**
 * A complete, verified commitment. Only `verify` makes one, at compile time and at run time, and funding asks for one:
 * a channel cannot be opened on half a commitment (SLA-3).
 */
export class Commitment {
  readonly record: CommitmentRecord
  readonly digest: Hash
  /** Canonical bytes: what both sides store before funding. */
  readonly bytes: Uint8Array
  readonly #verified = true

  private constructor(construction: symbol, of: CommitmentRecord) {
    if (construction !== CONSTRUCTION)
      throw new MarketError('COMMITMENT_UNVERIFIED', 'a commitment is made by Commitment.verify only')
    this.record = of
    this.digest = commitmentDigest(of.terms)
    this.bytes = encode(commitmentRecord, of)
  }

  /** False for look-alikes, such as an object with the same members. */
  static isVerified(value: unknown): value is Commitment {
    return typeof value === 'object' && value !== null && #verified in value
  }

  /**
   * Either side, before funding. An auditor passes the time of the agreement as `now`.
   * Errors, in order of precedence: COMMITMENT_QUOTE_MISMATCH, COMMITMENT_TERMS_MISMATCH, COMMITMENT_INCOMPLETE,
   * COMMITMENT_VALIDITY, COMMITMENT_EXPIRED, RecordErrorCode.
   */
  static verify(
    of: CommitmentRecord,
    quote: Pick<VerifiedQuote, 'quote' | 'digest'>,
    context: CommitmentContext,
  ): Commitment {
    checkTerms(of.terms, quote)
    if (of.acceptance === undefined)
      throw new MarketError(
        'COMMITMENT_INCOMPLETE',
        'the provider has not counter-signed; nothing may be funded yet',
      )
    checkTime(of.terms, context.now)
    checkSignature(of.terms, 'proposal', of.proposal, context)
    checkSignature(of.terms, 'acceptance', of.acceptance, context)
    return new Commitment(CONSTRUCTION, of)
  }
}
