/**
 * One connection of a channel after another: identifies the peer, decides when the two are online, and ends what breaks the protocol.
 * It holds nothing that must survive; what both agree on is in the core.
 */

import { ChannelError } from '../errors.ts'
import type { Message, Position } from '../message/message.ts'
import { decodeMessage, encodeMessage, errorMessage } from '../message/message.ts'
import type { Transport } from '../transport/transport.ts'
import { Handshake, type HandshakeParty } from './handshake.ts'
import { asChannelError } from './propose.ts'

/** What a connection needs from its channel. */
export interface ConnectionHost {
  readonly identity: HandshakeParty
  random(length: number): Uint8Array
  /** My position, when it is durable; undefined if there will be none. */
  position(): Promise<Position | undefined>
  /** The peer's position is known and mine is sent: from here on messages may be exchanged. */
  resynchronise(theirs: Position): void
  /** Any message but the handshake's. Throws for what an honest peer cannot send. */
  message(message: Exclude<Message, { kind: 'greet' | 'hello' }>): void
  /** The send buffer has room, or the connection is gone. */
  drained(): void
  violation(error: ChannelError): void
  offline(reason: string): void
}

export class Connection {
  readonly #host: ConnectionHost
  #transport: Transport | undefined
  #handshake: Handshake | undefined
  #peerPosition: Position | undefined
  #isHelloSent = false
  #isOnline = false

  constructor(host: ConnectionHost) {
    this.#host = host
  }

  get isOnline(): boolean {
    return this.#isOnline
  }

  get transport(): Transport | undefined {
    return this.#transport
  }

  /** The transport, once the peer is identified. */
  get online(): Transport | undefined {
    return this.#isOnline ? this.#transport : undefined
  }

  /** Greets on a fresh transport; an older one is dropped. `first`: a message that was read already. */
  take(transport: Transport, first?: Message): void {
    this.close('replaced')
    this.#transport = transport
    this.#handshake = new Handshake(this.#host.identity, this.#host.random(32))
    this.sendNow(this.#handshake.greeting())
    if (first !== undefined) this.#receive(transport, () => first)
    transport.attach({
      message: (bytes) => this.#receive(transport, () => decodeMessage(bytes)),
      drain: () => this.#host.drained(),
      close: (reason) => {
        if (this.#transport === transport) this.#ended(reason)
      },
    })
  }

  send(message: Message): void {
    if (this.#isOnline) this.sendNow(message)
  }

  sendNow(message: Message): void {
    this.#transport?.send(encodeMessage(message))
  }

  close(reason: string): void {
    this.#transport?.close(reason)
    this.#ended(reason)
  }

  /** Tells the peer what it did, drops it, and changes nothing. */
  violated(cause: unknown, transport: Transport | undefined = this.#transport): void {
    if (transport === undefined || this.#transport !== transport) return
    const error = asChannelError(cause)
    this.sendNow(errorMessage(error))
    this.#host.violation(error)
    transport.close(error.code)
    this.#ended(error.code)
  }

  #receive(transport: Transport, read: () => Message): void {
    if (this.#transport !== transport) return
    try {
      this.#dispatch(read(), transport)
    } catch (error) {
      this.violated(error, transport)
    }
  }

  #dispatch(message: Message, transport: Transport): void {
    switch (message.kind) {
      case 'greet':
        this.#handshake?.greeted(message.body)
        void this.#sayHello(transport)
        return
      case 'hello':
        this.#peerPosition = this.#handshake?.identified(message.body)
        this.#resynchronise()
        return
      case 'error':
        this.#host.message(message)
        return
      default:
        if (!this.#isOnline)
          throw new ChannelError('CHANNEL_MESSAGE_UNEXPECTED', `"${message.kind}" before the hello.`)
        this.#host.message(message)
    }
  }

  async #sayHello(transport: Transport): Promise<void> {
    try {
      const at = await this.#host.position()
      if (at === undefined) return
      const hello = await this.#handshake?.hello(at)
      if (hello === undefined || this.#transport !== transport) return
      this.sendNow(hello)
      this.#isHelloSent = true
      this.#resynchronise()
    } catch (error) {
      this.violated(error, transport)
    }
  }

  /** Both hellos are there. */
  #resynchronise(): void {
    const theirs = this.#peerPosition
    if (theirs === undefined || !this.#isHelloSent || this.#isOnline) return
    this.#isOnline = true
    this.#host.resynchronise(theirs)
  }

  #ended(reason: string): void {
    if (this.#transport === undefined) return
    this.#transport = undefined
    this.#handshake = undefined
    this.#peerPosition = undefined
    this.#isHelloSent = false
    this.#isOnline = false
    this.#host.offline(reason)
  }
}
