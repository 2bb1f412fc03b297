/** A connection whose owner can read along, say things of its own, and cut it. */
import type { Transport, TransportHandlers } from '@symbolon/channels'

export class WireTap implements Transport {
  readonly sent: Uint8Array[] = []
  readonly received: Uint8Array[] = []
  readonly #inner: Transport
  closed: string | undefined

  constructor(inner: Transport) {
    this.#inner = inner
  }

  attach(handlers: TransportHandlers): void {
    this.#inner.attach({
      message: (bytes) => {
        this.received.push(bytes.slice())
        handlers.message(bytes)
      },
      drain: () => handlers.drain(),
      close: (reason) => {
        this.closed = reason
        handlers.close(reason)
      },
    })
  }

  send(bytes: Uint8Array): void {
    this.sent.push(bytes.slice())
    this.#inner.send(bytes)
  }

  get bufferedBytes(): number {
    return this.#inner.bufferedBytes
  }

  pause(): void {
    this.#inner.pause()
  }

  resume(): void {
    this.#inner.resume()
  }

  close(reason?: string): void {
    this.#inner.close(reason)
  }
}
