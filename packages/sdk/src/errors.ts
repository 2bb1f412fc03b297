/**
 * What the SDK throws by itself; errors of the packages below pass through unchanged. Codes by area:
 *
 * - Client: FRAME_UNREACHABLE (no answer; retry elsewhere or later), FRAME_MISMATCH (another frame answers at this URL),
 *   RPC_RESPONSE_INVALID (the node answered something else than its schema), and every code that a node refuses with.
 * - Loop: PROCUREMENT_ABORTED with `details.class`, `details.phase` and the cause.
 * - Wallet: WALLET_LOCKED, WALLET_NO_CHANNEL.
 * - Seller: SELLER_REFUSED with the problem's code.
 */
import { SymbolonError } from '@symbolon/primitives'

export class SdkError extends SymbolonError {}

/** An error that a node or a seller answered with, under its own code. */
export class RemoteError extends SymbolonError {
  /** HTTP status or JSON-RPC error number. */
  readonly status: number
  constructor(code: string, message: string, status: number, details?: Record<string, unknown>) {
    super(code, message, details === undefined ? {} : { details })
    this.status = status
  }
}
