/** JSON-RPC over WebSocket at /rpc, with notifications. A reader that falls too far behind is disconnected. */
import type { Server } from 'node:http'
import type { Logger } from 'pino'
import { type WebSocket, WebSocketServer } from 'ws'
import { BODY_BYTES_MAX, PING_INTERVAL_MS, SOCKET_BACKLOG_BYTES_MAX } from '../limits.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { RateLimiter } from './rate-limit.ts'

export interface SocketServer {
  readonly open: number
  close(): Promise<void>
}

export function attachSocketServer(
  http: Server,
  options: { dispatcher: Dispatcher; log: Logger; rate: RateLimiter; refused: (reason: string) => void },
): SocketServer {
  const sockets = new WebSocketServer({
    server: http,
    path: '/rpc',
    maxPayload: BODY_BYTES_MAX,
    perMessageDeflate: false,
  })
  const alive = new WeakSet<WebSocket>()
  const pings = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.has(socket)) {
        options.refused('ping_timeout')
        socket.terminate()
        continue
      }
      alive.delete(socket)
      socket.ping()
    }
  }, PING_INTERVAL_MS)
  pings.unref()

  sockets.on('connection', (socket, request) => {
    const address = request.socket.remoteAddress ?? ''
    alive.add(socket)
    socket.on('pong', () => alive.add(socket))
    socket.on('error', (error) => options.log.debug({ err: error }, 'websocket error'))
    const send = (text: string): void => {
      if (socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > SOCKET_BACKLOG_BYTES_MAX) {
        options.refused('slow_reader')
        socket.terminate()
        return
      }
      socket.send(text)
    }
    const caller = {
      id: address,
      notify: (params: unknown) => send(JSON.stringify({ jsonrpc: '2.0', method: 'subscription', params })),
      onClose: (listener: () => void) => socket.once('close', listener),
    }
    socket.on('message', (data, isBinary) => {
      if (isBinary) {
        socket.close(1003, 'text frames only')
        return
      }
      if (!options.rate.take(address)) {
        options.refused('rate')
        socket.close(1008, 'too many requests')
        return
      }
      options.dispatcher.handle(data.toString(), caller).then(
        (answer) => {
          if (answer !== undefined) send(answer)
        },
        (error: unknown) => options.log.error({ err: error }, 'dispatch failed'),
      )
    })
  })

  return {
    get open() {
      return sockets.clients.size
    },
    close: async () => {
      clearInterval(pings)
      for (const socket of sockets.clients) socket.close(1001, 'the node is stopping')
      const closing = new Promise<void>((resolve) => {
        sockets.close(() => resolve())
      })
      // Peers that do not answer the closing handshake are not waited for.
      const timer = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate()
      }, 500)
      await closing
      clearTimeout(timer)
    },
  }
}
