/**
 * A seller on a plain Node HTTP server: its documents, its rows, its channel endpoint, and whatever else the application serves.
 * Bounded like every listener: headers, request time, body, connections.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { attachChannelServer, type ChannelServer } from '@symbolon/channels'
import { SymbolonError } from '@symbolon/primitives'
import {
  SELLER_BODY_BYTES_MAX,
  SELLER_CONNECTIONS_MAX,
  SELLER_HEADERS_TIMEOUT_MS,
  SELLER_TIMEOUT_MS,
} from '../limits.ts'
import type { Seller } from '../seller/seller.ts'
import { type HttpAnswer, type HttpRequest, problemAnswer } from '../wire/http.ts'
import { problemOf, ROUTES } from '../wire/routes.ts'
import { limitConnections } from './connection-limit.ts'

export interface SellerServer {
  readonly url: string
  readonly http: Server
  close(): Promise<void>
}

/** What comes after the seller's own paths; without it they answer 404. */
export type NextHandler = (request: IncomingMessage, response: ServerResponse) => void

/** A free listener first, because the seller's documents name its address; `attach` mounts the seller on it. */
export async function listenForSeller(
  host = '127.0.0.1',
  port = 0,
): Promise<{ url: string; attach(seller: Seller, next?: NextHandler): SellerServer }> {
  let handle: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => {
    response.writeHead(503).end()
  }
  const http = createServer(
    {
      headersTimeout: SELLER_HEADERS_TIMEOUT_MS,
      requestTimeout: SELLER_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 65_536,
    },
    (request, response) => handle(request, response),
  )
  http.maxConnections = SELLER_CONNECTIONS_MAX
  limitConnections(http)
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, host, () => {
      http.removeListener('error', reject)
      resolve()
    })
  })
  const { port: bound } = http.address() as AddressInfo
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`
  return {
    url,
    attach: (seller, next) => {
      handle = (request, response) => {
        serve(seller, request, response, next).catch(() => response.destroy())
      }
      const channels: ChannelServer = attachChannelServer(http, {
        path: ROUTES.channel,
        accept: (transport) => seller.acceptChannel(transport),
      })
      return {
        url,
        http,
        close: async () => {
          channels.close()
          await new Promise<void>((resolve) => {
            http.close(() => resolve())
            http.closeAllConnections()
          })
        },
      }
    },
  }
}

async function serve(
  seller: Seller,
  request: IncomingMessage,
  response: ServerResponse,
  next: NextHandler | undefined,
): Promise<void> {
  const answer = await seller.http(fromNode(request))
  if (answer !== undefined) return sendAnswer(response, answer)
  if (next !== undefined) return next(request, response)
  sendAnswer(
    response,
    problemAnswer(
      problemOf(new SymbolonError('NOT_FOUND', `nothing is sold here; see ${ROUTES.offers}`), 404),
    ),
  )
}

/** A Node request as the SDK's cores see it. */
export function fromNode(request: IncomingMessage): HttpRequest {
  const [path = '/'] = (request.url ?? '/').split('?')
  return {
    method: request.method ?? 'GET',
    path,
    header: (name) => {
      const value = request.headers[name]
      return Array.isArray(value) ? value[0] : value
    },
    text: async () => {
      const chunks: Buffer[] = []
      let length = 0
      try {
        for await (const chunk of request as AsyncIterable<Buffer>) {
          length += chunk.length
          if (length > SELLER_BODY_BYTES_MAX) break
          chunks.push(chunk)
        }
      } catch (cause) {
        // The client's doing, and no news for the seller.
        throw new SymbolonError('BODY_ABORTED', 'the connection ended before the body', { cause })
      }
      if (length > SELLER_BODY_BYTES_MAX)
        throw new SymbolonError('BODY_TOO_LARGE', `the body may hold at most ${SELLER_BODY_BYTES_MAX} bytes`)
      return Buffer.concat(chunks).toString('utf8')
    },
  }
}

export function sendAnswer(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body).toString() })
  response.end(body)
}
