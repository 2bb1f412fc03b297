/**
 * Watches a Node response while a handler writes it, so that the answer can be kept for a repeat. The bytes go out as they
 * come; what is kept is complete even if the client went away meanwhile, because that client is who will ask again.
 */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { REPLAY_ABANDONED_MS } from '../limits.ts'
import type { Ticket } from './paywall.ts'

/** Of the connection, not of the answer (RFC 9110 §7.6.1), or set anew when the answer is sent again. */
const NOT_KEPT = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'date',
  'trailer',
])

/** A status of 500 and above, or a handler that never ends its answer, is a request that was not served. */
export function recordAnswer(response: ServerResponse, ticket: Ticket): void {
  const original = {
    writeHead: response.writeHead.bind(response) as (...parts: unknown[]) => ServerResponse,
    write: response.write.bind(response) as (...parts: unknown[]) => boolean,
    end: response.end.bind(response) as (...parts: unknown[]) => ServerResponse,
  }
  const chunks: Buffer[] = []
  let length = 0
  let ended = false
  let settled = false
  const settle = (report: () => void): void => {
    if (settled) return
    settled = true
    report()
  }
  const take = ([chunk, encoding]: unknown[]): void => {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
        : Buffer.from(chunk)
    length += bytes.length
    if (length <= ticket.keepBytesMax) chunks.push(bytes)
    else chunks.length = 0
  }

  // Headers that are passed to writeHead never reach getHeaders(): they are set first, so that they are kept as well.
  response.writeHead = ((status: number, ...rest: unknown[]) => {
    const headers = rest.find((part) => typeof part === 'object' && part !== null)
    for (const [name, value] of headerPairs(headers)) response.setHeader(name, value)
    const reason = rest.filter((part) => typeof part === 'string')
    return original.writeHead(status, ...reason)
  }) as typeof response.writeHead
  response.write = ((...parts: unknown[]) => {
    take(parts)
    return original.write(...parts)
  }) as typeof response.write
  response.end = ((...parts: unknown[]) => {
    if (!ended) take(parts)
    ended = true
    const result = original.end(...parts)
    if (response.statusCode >= 500) settle(() => ticket.failed())
    else if (length <= ticket.keepBytesMax)
      settle(() =>
        ticket.answered({
          status: response.statusCode,
          headers: keptHeaders(response.getHeaders()),
          body: Buffer.concat(chunks),
        }),
      )
    return result
  }) as typeof response.end

  response.once('close', () => {
    // Too long to be kept: whether it was delivered is all that can be known.
    if (ended) {
      settle(() => (response.writableFinished ? ticket.answered(undefined) : ticket.undelivered()))
      return
    }
    // Cut off on purpose, or the client went away while the handler works: it may finish yet.
    setTimeout(
      () => settle(() => (length > ticket.keepBytesMax ? ticket.undelivered() : ticket.failed())),
      response.errored === null ? REPLAY_ABANDONED_MS : 0,
    ).unref()
  })
}

/** As Node takes them: an object, or a flat list of names and values. */
function headerPairs(headers: unknown): [string, string | string[]][] {
  const pairs: [string, string | string[]][] = []
  if (Array.isArray(headers)) {
    if (Array.isArray(headers[0])) return headers as [string, string | string[]][]
    for (let i = 0; i + 1 < headers.length; i += 2) pairs.push([String(headers[i]), headers[i + 1]])
    return pairs
  }
  for (const [name, value] of Object.entries((headers ?? {}) as OutgoingHttpHeaders))
    if (value !== undefined) pairs.push([name, Array.isArray(value) ? value : String(value)])
  return pairs
}

function keptHeaders(headers: OutgoingHttpHeaders): Record<string, string | string[]> {
  return Object.fromEntries(headerPairs(headers).filter(([name]) => !NOT_KEPT.has(name.toLowerCase())))
}
