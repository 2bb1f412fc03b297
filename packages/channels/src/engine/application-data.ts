/** Application bytes in order with ticks, bounded on both sides: refused when the peer reads too slowly, paused when the owner does. */
import { ChannelError } from '../errors.ts'
import type { ChannelLimits } from '../limits.ts'
import { encodeMessage, type MessageOf } from '../message/message.ts'
import type { Transport } from '../transport/transport.ts'

export class ApplicationData {
  readonly #limits: ChannelLimits
  /** Bytes whose handler has not finished. */
  #pendingBytes = 0
  #waiters: (() => void)[] = []

  constructor(limits: ChannelLimits) {
    this.#limits = limits
  }

  /** Throws in order: CHANNEL_OFFLINE, CHANNEL_MESSAGE_TOO_LARGE, CHANNEL_BACKPRESSURE; then nothing is sent. */
  send(transport: Transport | undefined, body: MessageOf<'data'>): void {
    const { applicationBytesMax, sendBufferBytesMax } = this.#limits
    if (transport === undefined)
      throw new ChannelError('CHANNEL_OFFLINE', 'The peer is not connected. Reconnect, then send again.')
    if (body.bytes.length > applicationBytesMax)
      throw new ChannelError(
        'CHANNEL_MESSAGE_TOO_LARGE',
        `${body.bytes.length} application bytes are over applicationBytesMax (${applicationBytesMax}). Split them.`,
      )
    if (transport.bufferedBytes + body.bytes.length > sendBufferBytesMax)
      throw new ChannelError(
        'CHANNEL_BACKPRESSURE',
        `The peer reads too slowly: sendBufferBytesMax (${sendBufferBytesMax}) is reached. Await drained().`,
      )
    transport.send(encodeMessage({ kind: 'data', body }))
  }

  /** Counts bytes as pending until the owner's handler has finished; reading stops while there are too many. */
  hold(transport: Transport | undefined, bytes: number, handled: Promise<void>): void {
    this.#pendingBytes += bytes
    if (this.#pendingBytes > this.#limits.receiveBufferBytesMax) transport?.pause()
    const done = (): void => {
      this.#pendingBytes -= bytes
      if (this.#pendingBytes <= this.#limits.receiveBufferBytesMax / 2) transport?.resume()
    }
    handled.then(done, (error: unknown) => {
      done()
      // A handler that rejects is the owner's bug: it must surface, and must not stop the channel.
      queueMicrotask(() => {
        throw error
      })
    })
  }

  /** Resolves when the send buffer has room again, or the connection is gone. */
  drained(transport: Transport | undefined): Promise<void> {
    if (transport === undefined || transport.bufferedBytes < this.#limits.sendBufferBytesMax / 2)
      return Promise.resolve()
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  wake(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const resolve of waiters) resolve()
  }
}
