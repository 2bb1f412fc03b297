/**
 * Mounts channels on a `node:http` server that serves other things as well. Refusals happen before the upgrade, as plain HTTP
 * answers: 503 (connectionsMax), 429 (connectionsPerAddressMax, connectionRatePerMinute). Other paths are left alone.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { CHANNEL_LIMITS, TRANSPORT_LIMITS, type TransportLimits } from '../limits.ts'
import { ConnectionRate } from './connection-rate.ts'
import type { Transport } from './transport.ts'
import { WebSocketTransport } from './web-socket.ts'

export interface ChannelServerOptions {
  readonly path: string
  /** Takes a connection; `ChannelHost.accept` fits. */
  readonly accept: (transport: Transport, request: IncomingMessage) => unknown
  readonly limits?: Partial<TransportLimits>
  /** Milliseconds of any steady clock. */
  readonly nowMs?: () => number
}

export interface ChannelServer {
  readonly connections: number
  /** Drops every connection and takes no new one; the HTTP server itself stays. */
  close(): void
}

export function attachChannelServer(server: Server, options: ChannelServerOptions): ChannelServer {
  const limits = { ...TRANSPORT_LIMITS, ...options.limits }
  const nowMs = options.nowMs ?? (() => performance.now())
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: CHANNEL_LIMITS.messageBytesMax,
  })
  const byAddress = new Map<string, number>()
  const rate = new ConnectionRate(limits.connectionRatePerMinute, limits.addressesRememberedMax)
  let connections = 0

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (new URL(request.url ?? '/', 'http://host').pathname !== options.path) {
      // Another listener may serve this path; if there is none, the client must not wait for ever.
      if (server.listenerCount('upgrade') === 1) refuse(socket, '404 Not Found')
      return
    }
    const address = request.socket.remoteAddress ?? ''
    const ofAddress = byAddress.get(address) ?? 0
    if (connections >= limits.connectionsMax) {
      refuse(socket, '503 Service Unavailable')
      return
    }
    if (ofAddress >= limits.connectionsPerAddressMax || !rate.allow(address, nowMs())) {
      refuse(socket, '429 Too Many Requests')
      return
    }
    connections += 1
    byAddress.set(address, ofAddress + 1)
    socket.once('close', () => {
      connections -= 1
      const left = (byAddress.get(address) ?? 1) - 1
      if (left === 0) byAddress.delete(address)
      else byAddress.set(address, left)
    })
    sockets.handleUpgrade(request, socket, head, (accepted: WebSocket) => {
      options.accept(new WebSocketTransport(accepted, limits), request)
    })
  }
  server.on('upgrade', onUpgrade)

  return {
    get connections() {
      return connections
    },
    close() {
      server.off('upgrade', onUpgrade)
      for (const client of sockets.clients) client.terminate()
      sockets.close()
    },
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
