/** A peer with the right key and the wrong intentions: speaks the wire protocol by hand. */
import { domainDigest, type Hash, hashChainWalk } from '@symbolon/primitives'
import { type ChannelState, channelStateDigest, type Party, streamTag } from '@symbolon/protocol'
import {
  applyOperations,
  decodeMessage,
  encodeMessage,
  inProcessPair,
  type Message,
  type Operation,
  type Transport,
} from '../src/index.ts'
import { encodeHello, helloDigest } from '../src/message/hello.ts'
import type { Position } from '../src/message/message.ts'
import { type Agent, seedOf, settle, type TestSigner } from './support.ts'

export class Adversary {
  readonly signer: TestSigner
  readonly party: Party
  readonly heard: Message[] = []
  readonly nonce = seedOf('adversary nonce')
  closed: string | undefined
  state: ChannelState
  #transport!: Transport
  #peerNonce: Uint8Array | undefined
  readonly #channel: Hash
  readonly #frame: Hash

  /** Takes the place of `self` towards `victim`. */
  constructor(self: Agent, victim: Agent) {
    const { channel } = victim
    this.signer = self.signer
    this.party = channel.party === 0 ? 1 : 0
    this.#channel = channel.id
    this.#frame = self.ledger.frame
    this.state = channel.signed.state
    for (const own of self.host.channels.values()) own.stop()
  }

  /** Connects and identifies itself; `position` overrides what the hello claims. */
  async connect(victim: Agent, position: Partial<Position> = {}): Promise<void> {
    await this.greet(victim)
    this.say(this.hello(position))
    await settle()
  }

  async greet(victim: Agent): Promise<void> {
    const [left, right] = inProcessPair()
    this.#transport = left
    this.closed = undefined
    left.attach({
      message: (bytes) => {
        const message = decodeMessage(bytes)
        this.heard.push(message)
        if (message.kind === 'greet') this.#peerNonce = message.body.nonce
      },
      drain: () => {},
      close: (reason) => {
        this.closed = reason
      },
    })
    void victim.host.accept(right)
    this.say({ kind: 'greet', body: { version: 1, channel: this.#channel, nonce: this.nonce } })
    await settle()
  }

  hello(position: Partial<Position> = {}): Message {
    const at: Position = {
      party: this.party,
      sequence: this.state.sequence,
      ticks: [],
      units: [],
      ...position,
    }
    const peer = this.#peerNonce as Uint8Array
    const nonces: [Uint8Array, Uint8Array] = this.party === 0 ? [this.nonce, peer] : [peer, this.nonce]
    const signature = this.signer.keys.sign(helloDigest(this.#frame, encodeHello(this.#channel, nonces, at)))
    return { kind: 'hello', body: { position: at, signature } }
  }

  say(message: Message): void {
    this.#transport.send(encodeMessage(message))
  }

  sayBytes(bytes: Uint8Array): void {
    this.#transport.send(bytes)
  }

  sign(state: ChannelState, frame: Hash = this.#frame): Uint8Array {
    return this.signer.keys.sign(channelStateDigest(frame, state))
  }

  /** The state that honest operations would lead to. */
  next(operations: Operation[], sequence: bigint = this.state.sequence + 1n): ChannelState {
    return applyOperations(this.state, [{ proposer: this.party, operations }], sequence, {
      frame: this.#frame,
      reserve: 0n,
    })
  }

  /** An update; by default signed over what its operations lead to. */
  update(
    operations: Operation[],
    over: { sequence?: bigint; state?: ChannelState; signature?: Uint8Array } = {},
  ): void {
    const sequence = over.sequence ?? this.state.sequence + 1n
    const signature = over.signature ?? this.sign(over.state ?? this.next(operations, sequence))
    this.say({ kind: 'update', body: { sequence, operations, signature } })
  }

  /** Root and preimages of a chain of the adversary's own. */
  chain(stream: bigint, length: number): { root: Hash; preimage(index: number): Uint8Array } {
    const tag = streamTag(this.#frame, this.#channel, stream)
    const seed = domainDigest('stream-seed', this.#frame, seedOf(`chain ${stream}`))
    return {
      root: hashChainWalk(seed, tag, length) as Hash,
      preimage: (index) => hashChainWalk(seed, tag, length - index),
    }
  }

  /** Code of the last error heard. */
  get lastError(): string | undefined {
    const last = this.heard.findLast((message) => message.kind === 'error')
    return last?.kind === 'error' ? last.body.code : undefined
  }
}
