/** Node's request and response as the paywall sees them; Express and Fastify hand over the same objects. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { PAID_BODY_BYTES_MAX } from '../limits.ts'
import type { HttpAnswer } from '../wire/http.ts'
import type { StoredAnswer } from './replay.ts'
import { bodyTooLarge, type PaywallRequest, splitTarget } from './request.ts'

/** @param target request target as it came; frameworks that mount below a prefix keep it under another name */
export function nodeRequest(request: IncomingMessage, target = request.url ?? '/'): PaywallRequest {
  let body: Promise<Uint8Array> | undefined
  const bytes = (): Promise<Uint8Array> => {
    body ??= peekBody(request)
    return body
  }
  return {
    method: request.method ?? 'GET',
    ...splitTarget(target),
    header: (name) => {
      const value = request.headers[name]
      return Array.isArray(value) ? value[0] : value
    },
    bytes,
    text: async () => Buffer.from(await bytes()).toString('utf8'),
  }
}

/**
 * Reads the body and puts it back, so that the handler behind reads it as if nobody had. A stream can be put back until its
 * end has been told, which happens one turn after its last byte was taken; hence everything in one turn.
 */
function peekBody(request: IncomingMessage): Promise<Uint8Array> {
  const { headers } = request
  if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0)
    return Promise.resolve(new Uint8Array(0))
  if (Number(headers['content-length'] ?? 0) > PAID_BODY_BYTES_MAX) return Promise.reject(bodyTooLarge())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const stop = (): void => {
      request.off('readable', onReadable)
      request.off('end', onEnd)
      request.off('error', onError)
      request.off('close', onClose)
    }
    const onEnd = (): void => {
      stop()
      resolve(Buffer.concat(chunks))
    }
    const onError = (error: Error): void => {
      stop()
      reject(error)
    }
    const onClose = (): void => onError(new Error('the client went away before its request was whole'))
    const onReadable = (): void => {
      for (let chunk: Buffer | null = request.read(); chunk !== null; chunk = request.read()) {
        length += chunk.length
        if (length > PAID_BODY_BYTES_MAX) {
          onError(bodyTooLarge())
          return
        }
        chunks.push(chunk)
      }
      if (!request.complete) return
      stop()
      const whole = Buffer.concat(chunks)
      if (whole.length > 0) request.unshift(whole)
      resolve(whole)
    }
    request.on('readable', onReadable)
    request.once('end', onEnd)
    request.once('error', onError)
    request.once('close', onClose)
  })
}

/** Sends an answer of the paywall. A body that was not read would be taken for the next request: the connection ends. */
export function sendNodeAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: HttpAnswer | StoredAnswer,
): void {
  const close = request.complete ? {} : { connection: 'close' }
  response.writeHead(status, {
    ...(headers as Record<string, string | string[]>),
    ...close,
    'content-length': Buffer.byteLength(body).toString(),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
