import { SymbolonError } from '@symbolon/primitives'

/** Signature checks of every record, in order of precedence. */
export type RecordErrorCode =
  /** Signed for another frame than the reader's. */
  | 'RECORD_FRAME_MISMATCH'
  /** The key neither created the signer's address nor is its current key. */
  | 'RECORD_KEY_UNKNOWN'
  | 'RECORD_SIGNATURE_INVALID'

export type DescriptorErrorCode =
  /** Signed record over DESCRIPTOR_BYTES_MAX. */
  | 'DESCRIPTOR_TOO_LARGE'
  /** The pricing curve falls somewhere, or its thresholds are not ascending. */
  | 'PRICING_NOT_MONOTONE'
  | 'UTILISATION_OUT_OF_RANGE'
  /** Older than its own `ageMax`, or than the reader's bound. */
  | 'DESCRIPTOR_STALE'
  | 'TXT_TOO_LARGE'
  | 'TXT_MALFORMED'
  /** A file or an API cannot be described: see the message. */
  | 'DESCRIPTOR_DRAFT_REFUSED'

/** In order of precedence. */
export type BeaconErrorCode =
  | 'BEACON_TTL_INVALID'
  | 'BEACON_EPOCH_STALE'
  | 'BEACON_ANCHOR_UNKNOWN'
  | 'BEACON_ANCHOR_STALE'
  | 'BEACON_DESCRIPTOR_MISMATCH'
  | 'BEACON_COLLATERAL_MISSING'

/** The first three hold for a quote by itself; the others in order of precedence against what was asked for. */
export type QuoteErrorCode =
  | 'QUOTE_TOTAL_WRONG'
  | 'QUOTE_LIFETIME_INVALID'
  | 'QUOTE_GOODS_RANGE'
  | 'QUOTE_PROVIDER_MISMATCH'
  | 'QUOTE_BUYER_MISMATCH'
  | 'QUOTE_RESOURCE_MISMATCH'
  | 'QUOTE_DESCRIPTOR_MISMATCH'
  | 'QUOTE_NOT_YET_VALID'
  | 'QUOTE_EXPIRED'
  | 'QUOTE_LOAD_STALE'
  | 'QUOTE_PRICE_ABOVE_CURVE'
  | 'QUOTE_UNIT_PRICE_CEILING'
  | 'QUOTE_TOTAL_CEILING'
  | 'QUOTE_CREDIT_WINDOW'
  | 'QUOTE_GOODS_MISSING'
  | 'QUOTE_SLA_MISMATCH'

/** In order of precedence. */
export type GoodsErrorCode =
  | 'GOODS_ROW_TOO_LARGE'
  | 'GOODS_ROWS_EXCEEDED'
  | 'GOODS_OUT_OF_ORDER'
  | 'GOODS_CHUNK_SHAPE'
  | 'GOODS_PROOF_LENGTH'
  | 'GOODS_ROW_FORGED'
  | 'GOODS_CSV_MALFORMED'

/** In order of precedence. */
export type NegotiationErrorCode =
  | 'NEGOTIATION_CLOSED'
  | 'NEGOTIATION_PARTY'
  | 'NEGOTIATION_OUT_OF_TURN'
  | 'NEGOTIATION_LINK_BROKEN'
  | 'NEGOTIATION_EXPIRED'
  | 'NEGOTIATION_MESSAGES_EXCEEDED'
  | 'NEGOTIATION_CONTENT'
  | 'NEGOTIATION_TERMS_CHANGED'

/** In order of precedence. */
export type CommitmentErrorCode =
  | 'COMMITMENT_QUOTE_MISMATCH'
  | 'COMMITMENT_TERMS_MISMATCH'
  | 'COMMITMENT_VALIDITY'
  | 'COMMITMENT_EXPIRED'
  | 'COMMITMENT_INCOMPLETE'
  | 'COMMITMENT_UNVERIFIED'

export type SelectionErrorCode =
  | 'SELECTION_CANDIDATES_EXCEEDED'
  | 'SELECTION_INPUT'
  | 'SELECTION_CHECK_STALE'
  | 'SELECTION_INSOLVENT'
  | 'ABORT_TIMELINE'
  | 'PIPELINE_STEP_SKIPPED'
  | 'PIPELINE_OVERDUE'
  | 'LATENCY_WINDOW_SIZE'

export type MarketErrorCode =
  | RecordErrorCode
  | DescriptorErrorCode
  | BeaconErrorCode
  | QuoteErrorCode
  | GoodsErrorCode
  | NegotiationErrorCode
  | CommitmentErrorCode
  | SelectionErrorCode

/** Every refusal of this package; schemas throw SchemaError before a record gets this far. */
export class MarketError extends SymbolonError {
  constructor(code: MarketErrorCode, message: string, details?: Record<string, unknown>) {
    super(code, message, details === undefined ? {} : { details })
  }
}
