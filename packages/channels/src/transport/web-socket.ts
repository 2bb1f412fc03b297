/**
 * The transport over WebSocket: one binary message per frame, no compression (nothing here compresses, and it would cost memory
 * per connection). Messages are bounded before they are buffered (`maxPayload`).
 */
import { WebSocket } from 'ws'
import { type ChannelEnvironment, nodeEnvironment } from '../engine/environment.ts'
import { ChannelError } from '../errors.ts'
import { CHANNEL_LIMITS, TRANSPORT_LIMITS, type TransportLimits } from '../limits.ts'
import type { Transport, TransportHandlers } from './transport.ts'

/** Below this, whoever waits for `drain` may send again. */
const LOW_WATER_BYTES = 1024 * 1024

export class WebSocketTransport implements Transport {
  readonly #socket: WebSocket
  readonly #limits: TransportLimits
  readonly #environment: ChannelEnvironment
  #handlers: TransportHandlers | undefined
  #early: Uint8Array[] = []
  #isClosed = false
  #closeReason = ''
  #isAlive = true
  #slowSince: (() => void) | undefined
  #cancelPing: () => void = () => {}

  constructor(
    socket: WebSocket,
    limits: Partial<TransportLimits> = {},
    environment: ChannelEnvironment = nodeEnvironment,
  ) {
    this.#socket = socket
    this.#limits = { ...TRANSPORT_LIMITS, ...limits }
    this.#environment = environment
    // One ArrayBuffer view per message; fragments are joined by ws within maxPayload.
    socket.binaryType = 'nodebuffer'
    socket.on('message', (data, isBinary) => {
      if (!isBinary) return this.#end('text frame')
      const bytes = data as Uint8Array
      if (this.#handlers !== undefined) this.#handlers.message(bytes)
      else this.#early.push(bytes)
    })
    socket.on('pong', () => {
      this.#isAlive = true
    })
    socket.on('close', (code, reason) => this.#closed(reason.toString() || `code ${code}`))
    socket.on('error', (error) => {
      this.#closeReason ||= error.message
    })
    // Nothing is read before somebody listens, so a stranger cannot fill the memory meanwhile.
    socket.pause()
    this.#ping()
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  attach(handlers: TransportHandlers): void {
    this.#handlers = handlers
    for (const bytes of this.#early) handlers.message(bytes)
    this.#early = []
    if (this.#isClosed) handlers.close(this.#closeReason)
    else this.#socket.resume()
  }

  send(bytes: Uint8Array): void {
    if (this.#isClosed || this.#socket.readyState !== WebSocket.OPEN) return
    if (this.#socket.bufferedAmount < LOW_WATER_BYTES) {
      this.#socket.send(bytes)
      return
    }
    this.#socket.send(bytes, () => {
      if (this.#socket.bufferedAmount < LOW_WATER_BYTES) {
        this.#slowSince?.()
        this.#slowSince = undefined
        this.#handlers?.drain()
      }
    })
    if (this.#socket.bufferedAmount > this.#limits.slowPeerBytesMax) this.#watchSlowPeer()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    if (this.#handlers !== undefined) this.#socket.resume()
  }

  close(reason = 'closed'): void {
    if (this.#isClosed) return
    this.#closeReason ||= reason
    this.#socket.resume()
    this.#socket.close(1000, reason.slice(0, 100))
  }

  #end(reason: string): void {
    this.#closeReason ||= reason
    this.#socket.terminate()
  }

  #closed(reason: string): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#closeReason ||= reason
    this.#cancelPing()
    this.#slowSince?.()
    this.#handlers?.close(this.#closeReason)
  }

  #watchSlowPeer(): void {
    this.#slowSince ??= this.#environment.timer(this.#limits.slowPeerTimeoutMs, () => this.#end('slow peer'))
  }

  #ping(): void {
    this.#cancelPing = this.#environment.timer(this.#limits.pingIntervalMs, () => {
      if (!this.#isAlive && !this.#socket.isPaused) return this.#end('ping timeout')
      this.#isAlive = false
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping()
      this.#ping()
    })
  }
}

/** Connects to `ws://` or `wss://`. Rejects with TRANSPORT_CLOSED (the reason as cause). */
export function connectWebSocket(url: string, limits: Partial<TransportLimits> = {}): Promise<Transport> {
  const { connectTimeoutMs } = { ...TRANSPORT_LIMITS, ...limits }
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: CHANNEL_LIMITS.messageBytesMax,
      handshakeTimeout: connectTimeoutMs,
      followRedirects: false,
    })
    socket.once('open', () => resolve(new WebSocketTransport(socket, limits)))
    socket.once('error', (cause) =>
      reject(
        new ChannelError(
          'TRANSPORT_CLOSED',
          `No connection to ${url}: ${cause.message}. Check that the peer is running.`,
          { cause },
        ),
      ),
    )
  })
}
