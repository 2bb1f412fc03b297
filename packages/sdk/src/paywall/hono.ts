/** The paywall as Hono middleware: `app.use(honoPaywall(paywall))`. Works on web requests, on every runtime that Hono runs on. */
import { PAID_BODY_BYTES_MAX } from '../limits.ts'
import type { HttpAnswer } from '../wire/http.ts'
import type { Paywall, Ticket } from './paywall.ts'
import type { StoredAnswer } from './replay.ts'
import { bodyTooLarge, type PaywallRequest, splitTarget } from './request.ts'

/** What is used of a Hono context, so that the SDK does not depend on Hono. */
export interface HonoContextLike {
  readonly req: { readonly raw: Request }
  res: Response
}

export function honoPaywall(
  paywall: Paywall,
): (context: HonoContextLike, next: () => Promise<void>) => Promise<Response | undefined> {
  return async (context, next) => {
    const decision = await paywall.decide(webRequest(context.req.raw))
    if (decision.kind === 'respond') return webAnswer(decision.answer)
    if (decision.kind === 'free') {
      await next()
      return undefined
    }
    const { ticket } = decision
    try {
      await next()
    } catch (error) {
      ticket.failed()
      throw error
    }
    context.res = recorded(context.res, ticket)
    return undefined
  }
}

/** The URL of a web request has been normalised by its parser; what is left ambiguous is refused like everywhere. */
function webRequest(request: Request): PaywallRequest {
  const after = request.url.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/#.*$/, '')
  let body: Promise<Uint8Array> | undefined
  const bytes = (): Promise<Uint8Array> => {
    body ??= readBody(request)
    return body
  }
  return {
    method: request.method,
    ...splitTarget(after.startsWith('/') ? after : `/${after}`),
    header: (name) => request.headers.get(name) ?? undefined,
    bytes,
    text: async () => new TextDecoder().decode(await bytes()),
  }
}

/** Of a copy, so that the handler can read it too. */
async function readBody(request: Request): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array(0)
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.clone().body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > PAID_BODY_BYTES_MAX) throw bodyTooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function webAnswer({ status, headers, body }: HttpAnswer | StoredAnswer): Response {
  const list = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    Array.isArray(value) ? value.map((one) => [name, one]) : [[name, String(value)]],
  )
  const empty = status === 204 || status === 304
  return new Response(empty ? null : (body as BodyInit), { status, headers: list })
}

/** Passes the answer through and keeps it once it is whole. */
function recorded(response: Response, ticket: Ticket): Response {
  if (response.status >= 500) {
    ticket.failed()
    return response
  }
  const headers: Record<string, string | string[]> = Object.fromEntries(response.headers)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) headers['set-cookie'] = cookies
  const { status } = response
  if (response.body === null) {
    ticket.answered({ status, headers, body: new Uint8Array(0) })
    return response
  }
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = response.body.getReader()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) {
          ticket.answered(
            length <= ticket.keepBytesMax ? { status, headers, body: Buffer.concat(chunks) } : undefined,
          )
          controller.close()
          return
        }
        length += value.length
        if (length <= ticket.keepBytesMax) chunks.push(value)
        else chunks.length = 0
        controller.enqueue(value)
      } catch (error) {
        ticket.failed()
        controller.error(error)
      }
    },
    async cancel(reason) {
      // The client went away. What has gone out already is not taken back; the rest may be asked for again.
      if (length > ticket.keepBytesMax) ticket.undelivered()
      else ticket.failed()
      await reader.cancel(reason)
    },
  })
  return new Response(body, { status, statusText: response.statusText, headers: response.headers })
}
