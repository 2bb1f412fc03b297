/** The paywall as Express middleware: `app.use(expressPaywall(paywall))`, before body parsers and routes. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { admit } from './node-http.ts'
import type { Paywall, Ticket } from './paywall.ts'

/** What is used of an Express request, so that the SDK does not depend on Express. */
export type ExpressRequest = IncomingMessage & { originalUrl?: string; ticket?: Ticket }

export function expressPaywall(
  paywall: Paywall,
): (request: ExpressRequest, response: ServerResponse, next: (error?: unknown) => void) => void {
  return (request, response, next) => {
    // Behind a mount point Express shortens `url`; what was asked for, and paid for, is the original.
    admit(paywall, request, response, request.originalUrl ?? request.url).then((admitted) => {
      if (admitted === 'answered') return
      if (admitted.ticket !== undefined) request.ticket = admitted.ticket
      next()
    }, next)
  }
}
