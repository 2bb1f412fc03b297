import { SymbolonError } from '@symbolon/primitives'

/**
 * Every code that this package can throw or refuse with. README.md gives the order of precedence of each
 * operation; within one operation a caller always sees the first that applies.
 */
export type CredentialErrorCode =
  // Bytes that do not have the form they claim.
  | 'MACAROON_TOO_LARGE'
  | 'MACAROON_MALFORMED'
  | 'MACAROON_IDENTIFIER_MALFORMED'
  | 'L402_HEADER_TOO_LARGE'
  | 'L402_HEADER_MALFORMED'
  | 'L402_CHALLENGE_MISSING'
  | 'L402_PRESENTATION_MALFORMED'
  | 'BINDING_MALFORMED'
  // A bound of this package or of the caller's policy.
  | 'MACAROON_CAVEATS_TOO_MANY'
  | 'MACAROON_CAVEAT_TOO_LONG'
  | 'MASTER_SECRET_INVALID'
  | 'COUNTER_STORE_FULL'
  // Minting.
  | 'MINT_EXPIRY_MISSING'
  | 'MINT_EXPIRY_OUT_OF_BOUNDS'
  // Proof of payment and of issue.
  | 'L402_PREIMAGE_MISMATCH'
  | 'ROOT_KEY_VERSION_UNKNOWN'
  | 'MACAROON_SIGNATURE_INVALID'
  | 'MACAROON_THIRD_PARTY_UNSUPPORTED'
  // Caveats.
  | CaveatRefusalCode
  // Signed 402 challenge.
  | 'BINDING_MISSING'
  | 'BINDING_SIGNATURE_INVALID'
  | 'BINDING_EXPIRED'
  | `BINDING_${'FRAME' | 'PAYEE' | 'PAYER' | 'RESOURCE' | 'CHANNEL' | 'QUOTE' | 'PAYMENT_HASH' | 'PRICE'}_MISMATCH`
  // The client's side of the payment.
  | 'L402_PAYMENT_HASH_MISMATCH'
  | 'L402_AMOUNT_OVER_BUDGET'
  | 'L402_PAYMENT_PENDING'
  | 'L402_PAYMENT_FAILED'
  // Lifecycle.
  | 'LIFECYCLE_CONFIGURATION_INVALID'

/** Why a caveat refused a request, in order of precedence: the verifier reports the first that applies. */
export type CaveatRefusalCode =
  | 'CAVEAT_MALFORMED'
  | 'CAVEAT_UNKNOWN'
  | 'CAVEAT_EXPIRY_MISSING'
  | 'CAVEAT_EXPIRED'
  | 'CAVEAT_SCOPE_MISMATCH'
  | 'CAVEAT_QUANTITY_EXCEEDED'
  | 'CAVEAT_FRAME_MISMATCH'
  | 'CAVEAT_CHANNEL_MISMATCH'
  | 'CAVEAT_QUOTE_MISMATCH'
  | 'CAVEAT_PAYEE_MISMATCH'
  | 'CAVEAT_PAYER_MISMATCH'
  | 'CAVEAT_PAYMENT_HASH_MISMATCH'
  | 'CAVEAT_UNIT_UNSUPPORTED'
  | 'CAVEAT_PRICE_EXCEEDED'
  | 'CAVEAT_WINDOW_NOT_STARTED'
  | 'CAVEAT_COUNTERS_REQUIRED'
  | 'CAVEAT_USES_EXHAUSTED'
  | 'CAVEAT_RATE_EXCEEDED'
  | 'CAVEAT_BUDGET_EXHAUSTED'
  | 'CAVEAT_SEQUENCE_REPLAYED'

/** Thrown for input that is not what it must be. A refusal of a well-formed request is returned, not thrown. */
export class CredentialError extends SymbolonError {
  declare readonly code: CredentialErrorCode

  constructor(
    code: CredentialErrorCode,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(code, message, options)
  }
}

/** A request that was understood and is not allowed. Returned, because refusing is the hot path under attack. */
export interface Refusal {
  readonly accepted: false
  readonly code: CredentialErrorCode
  /** What to do next, for a person. */
  readonly message: string
  /** Position of the caveat that refused, counted from 0; absent if no caveat did. */
  readonly caveatIndex?: number
}

export function refusal(code: CredentialErrorCode, message: string, caveatIndex?: number): Refusal {
  return caveatIndex === undefined
    ? { accepted: false, code, message }
    : { accepted: false, code, message, caveatIndex }
}
