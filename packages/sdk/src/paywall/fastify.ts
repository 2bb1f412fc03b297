/** The paywall as a Fastify hook: `fastify.addHook('onRequest', fastifyPaywall(paywall))`, before bodies are parsed. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { admit } from './node-http.ts'
import type { Paywall } from './paywall.ts'

/** What is used of Fastify's request and reply, so that the SDK does not depend on Fastify. */
export interface FastifyRequestLike {
  readonly raw: IncomingMessage
  readonly originalUrl?: string
}
export interface FastifyReplyLike {
  readonly raw: ServerResponse
  hijack(): unknown
}

export function fastifyPaywall(
  paywall: Paywall,
): (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<void> {
  return async (request, reply) => {
    // `rewriteUrl` changes `raw.url`; what was asked for, and paid for, is the original.
    const admitted = await admit(paywall, request.raw, reply.raw, request.originalUrl ?? request.raw.url)
    if (admitted === 'answered') reply.hijack()
  }
}
