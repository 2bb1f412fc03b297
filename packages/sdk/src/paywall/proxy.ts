/**
 * Any HTTP service behind a price: forwards what the paywall lets through. Bodies stream in both directions; what belongs to
 * one connection or to the payment stays here, so the upstream sees neither credentials nor who paid.
 */
import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import { pipeline } from 'node:stream/promises'
import { SymbolonError } from '@symbolon/primitives'
import { SdkError } from '../errors.ts'
import { PROXY_TIMEOUT_MS } from '../limits.ts'
import { problemAnswer } from '../wire/http.ts'
import { HEADER_CHANNEL, HEADER_PAYER, HEADER_QUOTE, HEADER_REQUEST, problemOf } from '../wire/routes.ts'
import type { NodeHandler } from './node-http.ts'
import { sendNodeAnswer } from './node-request.ts'

/** RFC 9110 §7.6.1, and what older software sends in its place. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]
const PAYMENT = [HEADER_CHANNEL, HEADER_PAYER, HEADER_QUOTE, HEADER_REQUEST]

/**
 * A handler for `nodeHttpPaywall`. The request target is appended to the upstream's path. An upstream that cannot be reached
 * is answered with 502, one that is too slow with 504: neither costs the buyer anything.
 * Errors: UPSTREAM_MALFORMED.
 */
export function proxyTo(upstream: string, options: { readonly timeoutMs?: number } = {}): NodeHandler {
  const base = parseUpstream(upstream)
  const timeoutMs = options.timeoutMs ?? PROXY_TIMEOUT_MS
  const send = base.protocol === 'https:' ? httpsRequest : httpRequest
  return async (request, response) => {
    const forwarded = send({
      protocol: base.protocol,
      hostname: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port,
      method: request.method,
      path: base.pathname.replace(/\/$/, '') + (request.url ?? '/'),
      headers: { ...forwardable(request.headers), host: base.host },
    })
    const abandon = (): void => {
      if (!response.writableEnded) forwarded.destroy()
    }
    response.once('close', abandon)
    try {
      const answer = await exchange(request, forwarded, timeoutMs)
      response.writeHead(answer.statusCode ?? 502, forwardable(answer.headers))
      answer.setTimeout(timeoutMs, () => answer.destroy(new Error('the upstream stopped in the middle')))
      await pipeline(answer, response)
    } catch (error) {
      forwarded.destroy()
      refuse(request, response, error)
    } finally {
      response.off('close', abandon)
    }
  }
}

function exchange(
  request: IncomingMessage,
  forwarded: ReturnType<typeof httpRequest>,
  timeoutMs: number,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    forwarded.setTimeout(timeoutMs, () =>
      forwarded.destroy(new SdkError('UPSTREAM_TIMEOUT', 'no answer in time')),
    )
    forwarded.once('response', resolve)
    forwarded.once('error', reject)
    // An upstream that answers before it has read everything ends the pipe early; its answer counts all the same.
    pipeline(request, forwarded).catch(() => {})
  })
}

/** What has begun cannot become another answer: it is cut off, which the client can tell from an end. */
function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy(error instanceof Error ? error : undefined)
    return
  }
  const timedOut = error instanceof SdkError && error.code === 'UPSTREAM_TIMEOUT'
  const problem = new SymbolonError(
    timedOut ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNREACHABLE',
    'the service behind did not answer; repeat the request with the same id, it is not counted again',
  )
  sendNodeAnswer(request, response, problemAnswer(problemOf(problem, timedOut ? 504 : 502)))
}

function forwardable(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase())
  const dropped = new Set([...HOP_BY_HOP, ...PAYMENT, ...named, 'host'])
  const kept: OutgoingHttpHeaders = {}
  for (const [name, value] of Object.entries(headers)) {
    if (dropped.has(name) || value === undefined) continue
    if (name === 'authorization' && typeof value === 'string' && /^(l402|lsat)\b/i.test(value)) continue
    kept[name] = value
  }
  return kept
}

function parseUpstream(upstream: string): URL {
  const url = URL.canParse(upstream) ? new URL(upstream) : undefined
  if (
    url === undefined ||
    !['http:', 'https:'].includes(url.protocol) ||
    url.search !== '' ||
    url.hash !== '' ||
    url.username !== ''
  )
    throw new SdkError(
      'UPSTREAM_MALFORMED',
      `"${upstream}" is not the address of a service; write http://host:port without query or user`,
    )
  return url
}
