/** A request as the paywall sees it: what every adapter has to provide, and nothing of any framework. */
import { SymbolonError } from '@symbolon/primitives'
import { PAID_BODY_BYTES_MAX } from '../limits.ts'
import type { HttpRequest } from '../wire/http.ts'

export interface PaywallRequest extends HttpRequest {
  /** With its question mark, or empty. Part of what a request is: a repeat with another query is another request. */
  readonly query: string
  /** The whole body; leaves it readable for the handler. Rejects over PAID_BODY_BYTES_MAX. */
  bytes(): Promise<Uint8Array>
}

export function splitTarget(target: string): { path: string; query: string } {
  const at = target.indexOf('?')
  return at === -1 ? { path: target, query: '' } : { path: target.slice(0, at), query: target.slice(at) }
}

export function bodyTooLarge(): SymbolonError {
  return new SymbolonError(
    'BODY_TOO_LARGE',
    `the body of a paid request may hold PAID_BODY_BYTES_MAX = ${PAID_BODY_BYTES_MAX} bytes`,
  )
}
