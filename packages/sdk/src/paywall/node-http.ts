/** The paywall in front of a plain Node handler. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { SymbolonError } from '@symbolon/primitives'
import { problemAnswer } from '../wire/http.ts'
import { problemOf } from '../wire/routes.ts'
import { recordAnswer } from './answer-recorder.ts'
import { nodeRequest, sendNodeAnswer } from './node-request.ts'
import type { Paywall, Ticket } from './paywall.ts'

/** `ticket` is absent for a free request. */
export type NodeHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  ticket: Ticket | undefined,
) => unknown

/** Fits `http.createServer` and `listenForSeller().attach`. A handler that throws answers 500, which costs the buyer nothing. */
export function nodeHttpPaywall(
  paywall: Paywall,
  handler: NodeHandler,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    admit(paywall, request, response)
      .then((admitted) => (admitted === 'answered' ? undefined : handler(request, response, admitted.ticket)))
      .catch(() => failNodeRequest(request, response))
  }
}

/** Decides and, if there is nothing to serve, answers. What is served from here on is recorded. */
export async function admit(
  paywall: Paywall,
  request: IncomingMessage,
  response: ServerResponse,
  target?: string,
): Promise<'answered' | { readonly ticket: Ticket | undefined }> {
  const decision = await paywall.decide(nodeRequest(request, target))
  if (decision.kind === 'respond') {
    sendNodeAnswer(request, response, decision.answer)
    return 'answered'
  }
  if (decision.kind === 'free') return { ticket: undefined }
  recordAnswer(response, decision.ticket)
  return { ticket: decision.ticket }
}

export function failNodeRequest(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy(new Error('the handler failed'))
    return
  }
  const problem = problemOf(
    new SymbolonError('INTERNAL', 'the service failed; repeat the request with the same id'),
    500,
  )
  sendNodeAnswer(request, response, problemAnswer(problem))
}
