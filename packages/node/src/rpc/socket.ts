/**
 * JSON-RPC over WebSocket at /rpc, with notifications. A connection costs its owner what an HTTP client pays: the upgrade and
 * every message count against the rate, the page's origin is checked, a reader that falls too far behind is disconnected,
 * and while SOCKET_CALLS_MAX of its calls are unanswered the node reads no more of it.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { isSymbolonError, SymbolonError } from '@symbolon/primitives'
import type { Logger } from 'pino'
import { type WebSocket, WebSocketServer } from 'ws'
import { PING_INTERVAL_MS, SOCKET_BACKLOG_BYTES_MAX, SOCKET_CALLS_MAX } from '../limits.ts'
import { type Caller, type Dispatcher, rateLimited } from './dispatcher.ts'
import { toProblem } from './error.ts'
import type { OriginPolicy } from './origin-policy.ts'
import type { RateLimiter } from './rate-limit.ts'
import { clientOf } from './remote-address.ts'

export interface SocketServerOptions {
  readonly dispatcher: Dispatcher
  readonly log: Logger
  readonly rate: RateLimiter
  readonly policy: OriginPolicy
  readonly messageBytesMax: number
  readonly backlogBytesMax?: number
  readonly refused: (reason: string) => void
  /** Undefined while connections are welcome. */
  readonly stopping: () => SymbolonError | undefined
}

export interface SocketServer {
  readonly open: number
  /** Closes with "going away", after what was being answered in this turn has been sent. */
  close(): Promise<void>
}

export function attachSocketServer(http: Server, options: SocketServerOptions): SocketServer {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.messageBytesMax,
    perMessageDeflate: false,
  })
  const alive = new WeakSet<WebSocket>()
  const pings = setInterval(() => pingAll(sockets, alive, options.refused), PING_INTERVAL_MS)
  pings.unref()

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    try {
      admit(request, options)
    } catch (error) {
      refuse(socket, error, options)
      return
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      alive.add(opened)
      opened.on('pong', () => alive.add(opened))
      serve(opened, clientOf(request.socket.remoteAddress), options)
    })
  })

  return {
    get open() {
      return sockets.clients.size
    },
    close: async () => {
      clearInterval(pings)
      await new Promise((resolve) => setImmediate(resolve))
      for (const socket of sockets.clients) socket.close(1001, 'the node is stopping')
      // Peers that do not answer the closing handshake are not waited for.
      const deadline = Date.now() + 500
      while (sockets.clients.size > 0 && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 5))
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    },
  }
}

/** Throws NODE_STOPPING, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED, RATE_LIMITED, NOT_FOUND. */
function admit(request: IncomingMessage, { policy, rate, stopping }: SocketServerOptions): void {
  const stopped = stopping()
  if (stopped !== undefined) throw stopped
  policy.admit(request)
  if (!rate.take(clientOf(request.socket.remoteAddress))) throw rateLimited()
  if ((request.url ?? '').split('?')[0] !== '/rpc')
    throw new SymbolonError('NOT_FOUND', 'WebSockets are served at /rpc')
}

function refuse(socket: Duplex, error: unknown, { refused, log }: SocketServerOptions): void {
  const problem = toProblem(error)
  if (problem.status === 500) log.error({ err: error }, 'upgrade failed')
  refused(problem.code.toLowerCase())
  const body = JSON.stringify(problem)
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.code}\r\nconnection: close\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  )
}

function pingAll(
  sockets: WebSocketServer,
  alive: WeakSet<WebSocket>,
  refused: (reason: string) => void,
): void {
  for (const socket of sockets.clients) {
    if (!alive.has(socket)) {
      refused('ping_timeout')
      socket.terminate()
      continue
    }
    alive.delete(socket)
    socket.ping()
  }
}

function serve(socket: WebSocket, client: string, options: SocketServerOptions): void {
  const { dispatcher, rate, refused, log, backlogBytesMax = SOCKET_BACKLOG_BYTES_MAX } = options
  let unanswered = 0
  socket.on('error', (error) => log.debug({ err: error }, 'websocket error'))
  const send = (text: string): void => {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > backlogBytesMax) {
      refused('slow_reader')
      socket.terminate()
      return
    }
    socket.send(text)
  }
  const end = (reason: string): void => {
    refused('rate')
    socket.close(1008, reason)
  }
  const caller: Caller = {
    id: client,
    charge: (units) => rate.take(client, units),
    notify: send,
    onClose: (listener) => {
      if (socket.readyState === socket.OPEN) socket.once('close', listener)
      else listener()
    },
  }
  const answered = (): void => {
    unanswered--
    if (unanswered === SOCKET_CALLS_MAX - 1 && socket.isPaused) socket.resume()
  }
  socket.on('message', (data, isBinary) => {
    if (isBinary) {
      socket.close(1003, 'text frames only')
      return
    }
    if (!rate.take(client)) {
      end('too many requests')
      return
    }
    if (++unanswered >= SOCKET_CALLS_MAX) socket.pause()
    dispatcher
      .handle(data.toString(), caller)
      .then(
        (answer) => {
          if (answer !== undefined) send(answer)
        },
        (error: unknown) => {
          if (isSymbolonError(error, 'RATE_LIMITED')) end('too many requests')
          else log.error({ err: error }, 'dispatch failed')
        },
      )
      .finally(answered)
  })
}
