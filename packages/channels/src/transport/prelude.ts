/** Reads single messages from a fresh connection before it is handed to a channel; nothing in between is lost. */

import type { ChannelEnvironment } from '../engine/environment.ts'
import { ChannelError } from '../errors.ts'
import { decodeMessage, encodeMessage, type Message } from '../message/message.ts'
import type { Transport, TransportHandlers } from './transport.ts'

/** Messages that may wait before somebody reads them. */
const PRELUDE_MESSAGES_MAX = 16

export class Prelude implements Transport {
  readonly #transport: Transport
  #handlers: TransportHandlers | undefined
  #waiting: Uint8Array[] = []
  #closed: string | undefined
  #wake: (() => void) | undefined

  constructor(transport: Transport) {
    this.#transport = transport
    transport.attach({
      message: (bytes) => {
        if (this.#handlers !== undefined) this.#handlers.message(bytes)
        else if (this.#waiting.push(bytes) > PRELUDE_MESSAGES_MAX) this.close('flood')
        this.#wake?.()
      },
      drain: () => this.#handlers?.drain(),
      close: (reason) => {
        this.#closed = reason
        this.#handlers?.close(reason)
        this.#wake?.()
      },
    })
  }

  /** The next message. Rejects with TRANSPORT_CLOSED, CHANNEL_SILENCE, the codes of `decodeMessage`, or the error that the peer sent. */
  async next(environment: ChannelEnvironment, timeoutMs: number): Promise<Message> {
    if (this.#waiting.length === 0 && this.#closed === undefined)
      await new Promise<void>((resolve) => {
        const cancel = environment.timer(timeoutMs, resolve)
        this.#wake = () => {
          cancel()
          resolve()
        }
      })
    this.#wake = undefined
    const bytes = this.#waiting.shift()
    if (bytes !== undefined) return decodeMessage(bytes)
    if (this.#closed !== undefined)
      throw new ChannelError('TRANSPORT_CLOSED', `The peer closed the connection: ${this.#closed}.`)
    throw new ChannelError(
      'CHANNEL_SILENCE',
      `The peer said nothing for ${timeoutMs} ms. Try again or choose another.`,
    )
  }

  say(message: Message): void {
    this.#transport.send(encodeMessage(message))
  }

  attach(handlers: TransportHandlers): void {
    this.#handlers = handlers
    const waiting = this.#waiting
    this.#waiting = []
    // Not in this turn: who attaches is not ready to be called back before it returns.
    queueMicrotask(() => {
      for (const bytes of waiting) handlers.message(bytes)
      if (this.#closed !== undefined) handlers.close(this.#closed)
    })
  }

  send(bytes: Uint8Array): void {
    this.#transport.send(bytes)
  }
  get bufferedBytes(): number {
    return this.#transport.bufferedBytes
  }
  pause(): void {
    this.#transport.pause()
  }
  resume(): void {
    this.#transport.resume()
  }
  close(reason?: string): void {
    this.#transport.close(reason)
  }
}
