/** A credential in use: what to send with a request, and how often it may still be sent as far as this side knows. */
import type { CredentialSpan } from '@symbolon/credentials'
import { formatPresentation, parseChallenge } from '@symbolon/credentials'
import { formatDid, toHex } from '@symbolon/primitives'
import type { Buyer } from '../buyer/buyer.ts'
import { PRESENT_MARGIN_MS } from '../limits.ts'
import { HEADER_CHANNEL, HEADER_PAYER, HEADER_QUOTE } from '../wire/routes.ts'
import type { CredentialRecord } from './credential-journal.ts'

export class Credential {
  readonly record: CredentialRecord
  readonly span: CredentialSpan
  /** Everything that a request carries beside its id. */
  readonly headers: Readonly<Record<string, string>>
  /** True if bought before a restart: how often it was used is then known to the seller alone. */
  readonly isRestored: boolean
  /** Uses handed out. A hint: the seller counts. */
  uses = 0
  /** The seller has served something for it. */
  isProven = false

  constructor(buyer: Buyer, record: CredentialRecord, isRestored: boolean) {
    this.record = record
    this.isRestored = isRestored
    this.span = {
      id: toHex(record.paymentHash),
      activeFrom: 0,
      expiresAt: record.expiresAt * 1_000,
    }
    const { macaroon } = parseChallenge(record.challenge)
    this.headers = {
      authorization: formatPresentation({ macaroon, preimage: record.preimage ?? new Uint8Array(0) }),
      [HEADER_PAYER]: formatDid(buyer.address),
      [HEADER_CHANNEL]: toHex(record.channel),
      [HEADER_QUOTE]: toHex(record.quote),
    }
  }

  get left(): number {
    return this.record.requests - this.uses
  }

  /** @param now Unix milliseconds */
  isLive(now: number): boolean {
    return now + PRESENT_MARGIN_MS <= this.span.expiresAt
  }
}
