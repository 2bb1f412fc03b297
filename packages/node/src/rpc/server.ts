/**
 * The HTTP and WebSocket listener of a node: POST /rpc, WebSocket /rpc, REST aliases, reference documents, health,
 * readiness and metrics. Every input has a bound before it has a cost: connections, headers and request time, body bytes,
 * request rate, JSON depth, subscriptions, and the backlog of a slow reader.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isSymbolonError, SymbolonError } from '@symbolon/primitives'
import type { Logger } from 'pino'
import {
  BODY_BYTES_MAX,
  CONNECTIONS_MAX,
  CONNECTIONS_PER_ADDRESS_MAX,
  HEADERS_TIMEOUT_MS,
  RATE_BURST,
  RATE_PER_SECOND,
  REQUEST_TIMEOUT_MS,
} from '../limits.ts'
import type { NodeMetrics } from '../metrics/metrics.ts'
import { limitConnections } from './connection-limit.ts'
import type { Dispatcher } from './dispatcher.ts'
import { openApiDocument, openRpcDocument, type RestAlias } from './documents.ts'
import { toProblem } from './error.ts'
import { RateLimiter } from './rate-limit.ts'
import { attachSocketServer, type SocketServer } from './socket.ts'

export interface RpcServerOptions {
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  readonly version: string
  readonly dispatcher: Dispatcher
  readonly aliases: readonly RestAlias[]
  readonly metrics: NodeMetrics
  readonly log: Logger
  /** Answers beyond the built-in routes, such as DID documents; returns false if the path is not its own. */
  readonly extra?: (
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
  ) => Promise<boolean> | boolean
  readonly isReady: () => boolean
  readonly limits?: {
    connectionsMax?: number
    perAddressMax?: number
    ratePerSecond?: number
    rateBurst?: number
    bodyBytesMax?: number
  }
}

export class RpcServer {
  readonly #options: RpcServerOptions
  readonly #http: Server
  readonly #rate: RateLimiter
  readonly #sockets: SocketServer

  constructor(options: RpcServerOptions) {
    this.#options = options
    const { limits = {}, metrics } = options
    this.#rate = new RateLimiter(limits.ratePerSecond ?? RATE_PER_SECOND, limits.rateBurst ?? RATE_BURST)
    this.#http = createServer(
      {
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionsCheckingInterval: 1_000,
        maxHeaderSize: 16_384,
      },
      (request, response) => {
        this.#serve(request, response).catch((error: unknown) => this.#fail(response, error))
      },
    )
    const refused = (reason: string): void => metrics.refused.inc({ reason })
    const connections = limitConnections(
      this.#http,
      {
        connectionsMax: limits.connectionsMax ?? CONNECTIONS_MAX,
        perAddressMax: limits.perAddressMax ?? CONNECTIONS_PER_ADDRESS_MAX,
      },
      refused,
    )
    this.#sockets = attachSocketServer(this.#http, { ...options, rate: this.#rate, refused })
    setCollector(metrics, () => {
      metrics.connections.set({ kind: 'all' }, connections.open)
      metrics.connections.set({ kind: 'websocket' }, this.#sockets.open)
    })
  }

  async listen(): Promise<{ url: string; port: number }> {
    const { host, port } = this.#options
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject)
      this.#http.listen(port, host, () => {
        this.#http.removeListener('error', reject)
        resolve()
      })
    })
    const address = this.#http.address() as AddressInfo
    return { url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`, port: address.port }
  }

  /** Stops accepting, lets running requests finish, closes sockets with "going away". */
  async close(): Promise<void> {
    await this.#sockets.close()
    await new Promise<void>((resolve) => {
      this.#http.close(() => resolve())
      this.#http.closeIdleConnections()
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { metrics, isReady, version, aliases, extra } = this.#options
    response.setHeader('x-content-type-options', 'nosniff')
    if (!this.#rate.take(request.socket.remoteAddress ?? '')) {
      metrics.refused.inc({ reason: 'rate' })
      throw new HttpRefusal(
        429,
        new SymbolonError('RATE_LIMITED', 'too many requests from this address; slow down'),
      )
    }
    const url = new URL(request.url ?? '/', 'http://node')
    if (request.method === 'POST' && url.pathname === '/rpc') return this.#rpc(request, response)
    if (request.method !== 'GET')
      throw new HttpRefusal(405, new SymbolonError('METHOD_NOT_ALLOWED', 'use GET, or POST /rpc'))
    switch (url.pathname) {
      case '/health':
        return sendJson(response, 200, { status: 'alive' })
      case '/ready':
        return sendJson(response, isReady() ? 200 : 503, { status: isReady() ? 'ready' : 'not ready' })
      case '/metrics':
        response.setHeader('content-type', metrics.registry.contentType)
        response.end(await metrics.registry.metrics())
        return
      case '/openrpc.json':
        return sendJson(response, 200, openRpcDocument(version))
      case '/openapi.json':
        return sendJson(response, 200, openApiDocument(version, aliases))
    }
    if (await this.#alias(url, request, response)) return
    if ((await extra?.(request, response, url)) === true) return
    throw new HttpRefusal(404, new SymbolonError('NOT_FOUND', 'no such path; see /openapi.json'))
  }

  async #rpc(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
      throw new HttpRefusal(415, new SymbolonError('CONTENT_TYPE', 'send application/json'))
    const text = await readBody(request, this.#options.limits?.bodyBytesMax ?? BODY_BYTES_MAX)
    const answer = await this.#options.dispatcher.handle(text, { id: request.socket.remoteAddress ?? '' })
    if (answer === undefined) {
      response.writeHead(204).end()
      return
    }
    response.setHeader('content-type', 'application/json')
    response.end(answer)
  }

  async #alias(url: URL, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    for (const alias of this.#options.aliases) {
      const path = matchPath(alias.path, url.pathname)
      if (path === undefined) continue
      const params: Record<string, unknown> = {}
      for (const [name, text] of [...Object.entries(path), ...url.searchParams]) {
        const query = Object.hasOwn(alias.query, name) ? alias.query[name] : undefined
        if (query === undefined)
          throw new SymbolonError('SCHEMA_UNKNOWN_FIELD', `unknown query parameter "${name.slice(0, 64)}"`)
        params[query.parameter] = query.read(text)
      }
      sendJson(
        response,
        200,
        await this.#options.dispatcher.call(alias.method, params, { id: request.socket.remoteAddress ?? '' }),
      )
      return true
    }
    return false
  }

  #fail(response: ServerResponse, error: unknown): void {
    const refusal = error instanceof HttpRefusal ? error : undefined
    const reason = refusal?.cause ?? error
    if (!isSymbolonError(reason)) this.#options.log.error({ err: reason }, 'request failed')
    const problem = toProblem(
      reason,
      refusal?.status ?? (isSymbolonError(reason, 'BODY_TOO_LARGE') ? 413 : 400),
    )
    if (response.headersSent) {
      response.destroy()
      return
    }
    // The rest of a refused body is not read: the connection ends with the answer.
    response.writeHead(problem.status, { 'content-type': 'application/problem+json', connection: 'close' })
    response.end(JSON.stringify(problem))
  }
}

class HttpRefusal extends Error {
  readonly status: number
  override readonly cause: SymbolonError
  constructor(status: number, cause: SymbolonError) {
    super(cause.message)
    this.status = status
    this.cause = cause
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** `/identities/:did` against a path: the named segments, or undefined if it does not fit. */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const expected = pattern.split('/')
  const actual = path.split('/')
  if (expected.length !== actual.length) return undefined
  const named: Record<string, string> = {}
  for (const [i, segment] of expected.entries()) {
    if (segment.startsWith(':')) named[segment.slice(1)] = decodeURIComponent(actual[i] ?? '')
    else if (segment !== actual[i]) return undefined
  }
  return named
}

async function readBody(request: IncomingMessage, bytesMax: number): Promise<string> {
  const tooLarge = (): SymbolonError =>
    new SymbolonError('BODY_TOO_LARGE', `the body may hold at most ${bytesMax} bytes`)
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge()
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > bytesMax) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Gauges that are read when asked for, instead of being kept up to date. */
function setCollector(metrics: NodeMetrics, collect: () => void): void {
  ;(metrics.connections as unknown as { collect: () => void }).collect = collect
}
