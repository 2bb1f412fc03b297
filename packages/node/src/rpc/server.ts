/**
 * The HTTP and WebSocket listener of a node: POST /rpc, WebSocket /rpc, REST aliases, reference documents, health,
 * readiness and metrics. Every input has a bound before it has a cost: connections, headers and request time, body bytes,
 * request rate, JSON depth, subscriptions, and the backlog of a slow reader.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Address, SymbolonError } from '@symbolon/primitives'
import type { IdentityRecord } from '@symbolon/protocol'
import type { Logger } from 'pino'
import {
  BODY_BYTES_MAX,
  CONNECTIONS_MAX,
  CONNECTIONS_PER_ADDRESS_MAX,
  HEADERS_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  RATE_BURST,
  RATE_PER_SECOND,
  REQUEST_TIMEOUT_MS,
  STOP_GRACE_MS,
} from '../limits.ts'
import type { NodeMetrics } from '../metrics/metrics.ts'
import { routeAlias } from './alias-route.ts'
import { limitConnections } from './connection-limit.ts'
import { didDocument, didOfPath } from './did-document.ts'
import { type Caller, type Dispatcher, rateLimited } from './dispatcher.ts'
import { openApiDocument, openRpcDocument, type RestAlias } from './documents.ts'
import { RequestAborted, readBody } from './http-body.ts'
import { OriginPolicy, type OriginPolicyOptions } from './origin-policy.ts'
import { sendProblem } from './problem-response.ts'
import { RateLimiter } from './rate-limit.ts'
import { clientOf } from './remote-address.ts'
import { attachSocketServer, type SocketServer } from './socket.ts'

/** Bounds of the listener; the defaults are in limits.ts. */
export interface ListenerLimits {
  readonly connectionsMax?: number
  readonly perAddressMax?: number
  readonly ratePerSecond?: number
  readonly rateBurst?: number
  readonly bodyBytesMax?: number
  readonly headersTimeoutMs?: number
  readonly requestTimeoutMs?: number
  readonly idleTimeoutMs?: number
  readonly stopGraceMs?: number
  readonly socketBacklogBytesMax?: number
}

export interface RpcServerOptions extends OriginPolicyOptions {
  /** 0 picks a free port. */
  readonly port: number
  readonly version: string
  readonly dispatcher: Dispatcher
  readonly aliases: readonly RestAlias[]
  /** The identity record of a DID at the newest checkpoint. */
  readonly identity: (of: Address) => IdentityRecord | undefined
  readonly metrics: NodeMetrics
  readonly log: Logger
  readonly isReady: () => boolean
  readonly limits?: ListenerLimits
}

export class RpcServer {
  readonly #options: RpcServerOptions
  readonly #http: Server
  readonly #rate: RateLimiter
  readonly #policy: OriginPolicy
  readonly #sockets: SocketServer
  readonly #bodyBytesMax: number
  readonly #underWay = new Set<ServerResponse>()
  #stopping = false

  constructor(options: RpcServerOptions) {
    this.#options = options
    const { limits = {}, metrics, dispatcher, log } = options
    const headersTimeout = limits.headersTimeoutMs ?? HEADERS_TIMEOUT_MS
    const requestTimeout = limits.requestTimeoutMs ?? REQUEST_TIMEOUT_MS
    this.#bodyBytesMax = limits.bodyBytesMax ?? BODY_BYTES_MAX
    this.#rate = new RateLimiter(limits.ratePerSecond ?? RATE_PER_SECOND, limits.rateBurst ?? RATE_BURST)
    this.#policy = new OriginPolicy(options)
    this.#http = createServer(
      {
        headersTimeout,
        requestTimeout,
        connectionsCheckingInterval: Math.min(1_000, headersTimeout, requestTimeout),
        maxHeaderSize: 16_384,
      },
      (request, response) => this.#respond(request, response),
    )
    this.#http.timeout = limits.idleTimeoutMs ?? IDLE_TIMEOUT_MS
    const refused = (reason: string): void => metrics.refused.inc({ reason })
    const connections = limitConnections(
      this.#http,
      {
        connectionsMax: limits.connectionsMax ?? CONNECTIONS_MAX,
        perAddressMax: limits.perAddressMax ?? CONNECTIONS_PER_ADDRESS_MAX,
      },
      refused,
    )
    this.#sockets = attachSocketServer(this.#http, {
      dispatcher,
      log,
      refused,
      rate: this.#rate,
      policy: this.#policy,
      messageBytesMax: this.#bodyBytesMax,
      ...(limits.socketBacklogBytesMax === undefined
        ? {}
        : { backlogBytesMax: limits.socketBacklogBytesMax }),
      stopping: () => (this.#stopping ? stopping() : undefined),
    })
    metrics.live.connections = () => connections.open
    metrics.live.sockets = () => this.#sockets.open
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

  /** From now on every new request is answered with NODE_STOPPING; those under way go on. */
  refuse(): void {
    this.#stopping = true
  }

  /** Stops listening, waits up to STOP_GRACE_MS for requests under way, and ends every connection. */
  async close(): Promise<void> {
    this.refuse()
    const closed = new Promise<void>((resolve) => {
      this.#http.close(() => resolve())
    })
    await this.#sockets.close()
    const deadline = performance.now() + (this.#options.limits?.stopGraceMs ?? STOP_GRACE_MS)
    while (this.#underWay.size > 0 && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 5))
    this.#http.closeAllConnections()
    await closed
  }

  #respond(request: IncomingMessage, response: ServerResponse): void {
    this.#underWay.add(response)
    response.once('close', () => this.#underWay.delete(response))
    response.setHeader('x-content-type-options', 'nosniff')
    this.#serve(request, response).catch((error: unknown) => {
      if (error instanceof RequestAborted) return
      const problem = sendProblem(request, response, error)
      if (problem.status === 500) this.#options.log.error({ err: error }, 'request failed')
      else this.#options.metrics.refused.inc({ reason: problem.code.toLowerCase() })
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { metrics, isReady, version, aliases } = this.#options
    const origin = this.#policy.admit(request)
    const caller = this.#callerOf(request)
    if (!this.#rate.take(caller.id)) throw rateLimited()
    if (origin !== undefined) {
      response.setHeader('access-control-allow-origin', origin)
      response.setHeader('vary', 'origin')
      if (request.method === 'OPTIONS') return answerPreflight(response)
    }
    const url = urlOf(request)
    // Whoever watches the node may do so to the end.
    if (url.pathname === '/health') return sendJson(response, 200, { status: 'alive' })
    if (url.pathname === '/ready')
      return sendJson(response, isReady() ? 200 : 503, { status: isReady() ? 'ready' : 'not ready' })
    if (this.#stopping) throw stopping()
    if (request.method === 'POST' && url.pathname === '/rpc') return this.#rpc(request, response, caller)
    if (request.method !== 'GET') throw new SymbolonError('METHOD_NOT_ALLOWED', 'use GET, or POST for /rpc')
    if (url.pathname === '/metrics') {
      response.setHeader('content-type', metrics.registry.contentType)
      response.end(await metrics.registry.metrics())
      return
    }
    if (url.pathname === '/openrpc.json') return sendJson(response, 200, openRpcDocument(version))
    if (url.pathname === '/openapi.json') return sendJson(response, 200, openApiDocument(version, aliases))
    return this.#resource(url, response, caller)
  }

  async #resource(url: URL, response: ServerResponse, caller: Caller): Promise<void> {
    const { dispatcher, aliases, identity } = this.#options
    const route = routeAlias(aliases, url)
    if (route !== undefined) {
      dispatcher.charge([route.method], caller)
      return sendJson(response, 200, await dispatcher.call(route.method, route.params, caller))
    }
    const subject = didOfPath(url.pathname)
    if (subject === undefined) throw new SymbolonError('NOT_FOUND', 'no such path; see /openapi.json')
    sendJson(response, 200, didDocument(subject, identity(subject)), 'application/did+json')
  }

  async #rpc(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void> {
    // Also what keeps foreign pages out: without asking first, a browser sends no body of this type across origins.
    if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
      throw new SymbolonError('CONTENT_TYPE', 'send content-type: application/json')
    const text = await readBody(request, this.#bodyBytesMax)
    const answer = await this.#options.dispatcher.handle(text, caller)
    if (answer === undefined) response.writeHead(204).end()
    else sendText(response, 200, answer, 'application/json')
  }

  #callerOf(request: IncomingMessage): Caller {
    const id = clientOf(request.socket.remoteAddress)
    return { id, charge: (units) => this.#rate.take(id, units) }
  }
}

function stopping(): SymbolonError {
  return new SymbolonError('NODE_STOPPING', 'the node is stopping; ask again when it is back')
}

/** Throws PATH_MALFORMED. */
function urlOf(request: IncomingMessage): URL {
  const url = URL.parse(request.url ?? '/', 'http://node')
  if (url === null) throw new SymbolonError('PATH_MALFORMED', 'the request target is not a URL')
  return url
}

function answerPreflight(response: ServerResponse): void {
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'content-type',
    'access-control-max-age': '600',
  })
  response.end()
}

function sendText(response: ServerResponse, status: number, text: string, type: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

function sendJson(response: ServerResponse, status: number, body: unknown, type = 'application/json'): void {
  sendText(response, status, JSON.stringify(body), type)
}
