/** Every error of this package. The page of the package says what each means and what to do. */
import { SymbolonError } from '@symbolon/primitives'

export const CHANNEL_ERROR_CODES = [
  'CHANNEL_MESSAGE_TOO_LARGE',
  'CHANNEL_MESSAGE_MALFORMED',
  'CHANNEL_MESSAGE_UNEXPECTED',
  'CHANNEL_FLOOD',
  'CHANNEL_VERSION',
  'CHANNEL_UNKNOWN',
  'CHANNEL_IDENTITY_MISMATCH',
  'CHANNEL_TERMS_REFUSED',
  'CHANNEL_HELLO_SIGNATURE',
  'CHANNEL_NOT_OPEN',
  'CHANNEL_OFFLINE',
  'CHANNEL_SEQUENCE',
  'CHANNEL_SIGNATURE',
  'CHANNEL_CONSERVATION',
  'CHANNEL_DUPLICATE_ID',
  'CHANNEL_NOT_SETTLED',
  'CHANNEL_OPERATION_UNAUTHORISED',
  'CHANNEL_OPERATION_INVALID',
  'CHANNEL_INSUFFICIENT_BALANCE',
  'CHANNEL_RESERVE_BROKEN',
  'CHANNEL_SLOTS_FULL',
  'CHANNEL_PREIMAGE',
  'CHANNEL_PEER_REFUSED',
  'CHANNEL_REFUSED',
  'CHANNEL_SIGNER_REFUSED',
  'CHANNEL_QUEUE_FULL',
  'CHANNEL_STREAM_UNKNOWN',
  'CHANNEL_STREAM_EXHAUSTED',
  'CHANNEL_TICK_STALE',
  'CHANNEL_TICK_BEYOND_LENGTH',
  'CHANNEL_TICK_INVALID',
  'CHANNEL_EXPOSURE',
  'CHANNEL_BACKPRESSURE',
  'CHANNEL_SILENCE',
  'CHANNEL_LEDGER_REFUSED',
  'CHANNEL_CLOSED',
  'CHANNEL_STORE_CORRUPT',
  'TRANSPORT_CLOSED',
  'POLICY_INPUT',
] as const
export type ChannelErrorCode = (typeof CHANNEL_ERROR_CODES)[number]

export class ChannelError extends SymbolonError {
  declare readonly code: ChannelErrorCode

  // Narrows `code` to the codes of this package.
  constructor(
    code: ChannelErrorCode,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(code, message, options)
  }
}

/** Any error as one of ours: codes that a peer sends are kept only if they are known. */
export function channelErrorFrom(code: string, message: string): ChannelError {
  const known = (CHANNEL_ERROR_CODES as readonly string[]).includes(code)
  return new ChannelError(known ? (code as ChannelErrorCode) : 'CHANNEL_PEER_REFUSED', message, {
    details: { peerCode: code },
  })
}
