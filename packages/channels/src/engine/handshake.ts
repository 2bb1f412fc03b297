/**
 * Identifies the peer on a new connection. Each side greets with a fresh nonce and answers the other's with a hello signed over both:
 * who cannot sign with the channel's key gets no further, and an old hello is worth nothing.
 */
import { equalBytes, type Hash } from '@symbolon/primitives'
import { type ChannelTerms, otherParty, type Party } from '@symbolon/protocol'
import { ChannelError } from '../errors.ts'
import { encodeHello, helloDigest } from '../message/hello.ts'
import { type Message, type MessageOf, type Position, PROTOCOL_VERSION } from '../message/message.ts'
import type { CoreView } from './core.ts'
import type { ChannelSigner } from './signer.ts'

export interface HandshakeParty {
  readonly frame: Hash
  readonly channel: Hash
  readonly terms: ChannelTerms
  readonly party: Party
  readonly signer: ChannelSigner
  readonly verify: CoreView['verify']
}

export class Handshake {
  readonly #self: HandshakeParty
  readonly #nonce: Uint8Array
  #peerNonce: Uint8Array | undefined
  #isIdentified = false

  constructor(self: HandshakeParty, nonce: Uint8Array) {
    this.#self = self
    this.#nonce = nonce
  }

  greeting(): Message {
    return {
      kind: 'greet',
      body: { version: PROTOCOL_VERSION, channel: this.#self.channel, nonce: this.#nonce },
    }
  }

  /** Errors in order: CHANNEL_MESSAGE_UNEXPECTED (greeted before), CHANNEL_VERSION, CHANNEL_UNKNOWN. */
  greeted(body: MessageOf<'greet'>): void {
    if (this.#peerNonce !== undefined)
      throw new ChannelError('CHANNEL_MESSAGE_UNEXPECTED', 'The peer greeted twice.')
    if (body.version !== PROTOCOL_VERSION)
      throw new ChannelError(
        'CHANNEL_VERSION',
        `The peer speaks version ${body.version}, this side ${PROTOCOL_VERSION}. Upgrade the older one.`,
      )
    if (!equalBytes(body.channel, this.#self.channel))
      throw new ChannelError('CHANNEL_UNKNOWN', 'This connection is for another channel.')
    this.#peerNonce = body.nonce
  }

  async hello(at: Position): Promise<Message> {
    const signature = await this.#self.signer.signHello(this.#self.frame, this.#hello(at))
    return { kind: 'hello', body: { position: at, signature } }
  }

  /** Errors in order: CHANNEL_MESSAGE_UNEXPECTED, CHANNEL_IDENTITY_MISMATCH (a reflected hello), CHANNEL_HELLO_SIGNATURE. */
  identified(body: MessageOf<'hello'>): Position {
    if (this.#peerNonce === undefined || this.#isIdentified)
      throw new ChannelError('CHANNEL_MESSAGE_UNEXPECTED', 'A hello follows a greeting, once.')
    const peer = otherParty(this.#self.party)
    if (body.position.party !== peer)
      throw new ChannelError(
        'CHANNEL_IDENTITY_MISMATCH',
        `The hello speaks for party ${body.position.party}, which is this side.`,
      )
    if (
      !this.#self.verify(
        body.signature,
        helloDigest(this.#self.frame, this.#hello(body.position)),
        this.#self.terms.keys[peer] as Uint8Array,
      )
    )
      throw new ChannelError(
        'CHANNEL_HELLO_SIGNATURE',
        'The hello is not signed by the channel key over the nonces of this connection.',
      )
    this.#isIdentified = true
    return body.position
  }

  #hello(at: Position): Uint8Array {
    const peerNonce = this.#peerNonce as Uint8Array
    const nonces: [Uint8Array, Uint8Array] =
      this.#self.party === 0 ? [this.#nonce, peerNonce] : [peerNonce, this.#nonce]
    return encodeHello(this.#self.channel, nonces, at)
  }
}
