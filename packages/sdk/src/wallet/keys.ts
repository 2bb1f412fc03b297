/**
 * Who signs for an agent. Two kinds, one interface:
 *
 * - `OwnKeys`: a seller or a principal acting for itself; nothing bounds it.
 * - `MandatedKeys`: an agent that spends delegated money. Its keys exist only inside a mandate's interceptor, which computes
 *   from the thing to be signed what it costs, takes that from the budget, makes the decision durable, and only then
 *   signs (DESIGN §6.6).
 *
 * Everything above works with either and cannot tell them apart.
 */
import type { ChannelSigner, StateProposal } from '@symbolon/channels'
import type { Interceptor, Purpose } from '@symbolon/mandates'
import {
  type Address,
  addressOf,
  type Domain,
  domainDigest,
  Ed25519KeyPair,
  type Hash,
  hashKey,
} from '@symbolon/primitives'
import { otherParty, type TransactionBody, transactionId } from '@symbolon/protocol'
import { SdkError } from '../errors.ts'

export interface AgentKeys {
  readonly address: Address
  readonly publicKey: Uint8Array
  /** Signs channel states and nothing else. */
  readonly channel: ChannelSigner
  signTransaction(body: TransactionBody): Promise<Uint8Array>
  /** Signs a record of a domain that moves no money: quotes, descriptors, commitments, challenges. */
  signMessage(domain: Domain, frame: Hash, body: Uint8Array): Promise<Uint8Array>
  /**
   * What signatures under this quote are for: narrows to task and resource caps. Every opening, stream and state names its quote, so
   * purchases side by side are not charged to each other's caps. Undefined forgets it.
   */
  purpose(quote: Hash, purpose: Purpose | undefined): void
  /** Both parties have signed this state: the other signature is what makes our payment final. */
  countersigned(channel: Hash, signature: Uint8Array): Promise<void>
}

export interface Seeds {
  /** 32 secret bytes each. The two must differ. Overwritten with zeros once used. */
  account: Uint8Array
  channel: Uint8Array
}

export class OwnKeys implements AgentKeys {
  readonly address: Address
  readonly publicKey: Uint8Array
  readonly channel: ChannelSigner
  readonly #account: Ed25519KeyPair

  constructor(seeds: Seeds) {
    this.#account = new Ed25519KeyPair(seeds.account)
    const channel = new Ed25519KeyPair(seeds.channel)
    seeds.account.fill(0)
    seeds.channel.fill(0)
    this.publicKey = this.#account.publicKey
    this.address = addressOf(this.#account.publicKey)
    this.channel = {
      publicKey: channel.publicKey,
      signState: (proposal) => channel.sign(proposal.digest),
      signHello: (frame, hello) => channel.sign(domainDigest('channel-hello', frame, hello)),
    }
  }

  async signTransaction(body: TransactionBody): Promise<Uint8Array> {
    return this.#account.sign(transactionId(body))
  }

  async signMessage(domain: Domain, frame: Hash, body: Uint8Array): Promise<Uint8Array> {
    return this.#account.sign(domainDigest(domain, frame, body))
  }

  purpose(): void {}
  async countersigned(): Promise<void> {}
}

export class MandatedKeys implements AgentKeys {
  readonly interceptor: Interceptor
  readonly channel: ChannelSigner
  readonly #purposes = new Map<string, Purpose>()

  constructor(interceptor: Interceptor) {
    this.interceptor = interceptor
    this.channel = {
      publicKey: interceptor.channelKey,
      signState: (proposal) => this.#signState(proposal),
      signHello: (frame, hello) =>
        interceptor.sign({ kind: 'message', domain: 'channel-hello', frame, body: hello }),
    }
  }

  get address(): Address {
    return this.interceptor.address
  }

  get publicKey(): Uint8Array {
    return this.interceptor.publicKey
  }

  signTransaction(body: TransactionBody): Promise<Uint8Array> {
    const { payload } = body
    const quote = payload.kind === 'channels.open' ? payload.body.terms.quote : undefined
    return this.interceptor.sign({ kind: 'transaction', body, ...this.#purposeOf(quote) })
  }

  signMessage(domain: Domain, frame: Hash, body: Uint8Array): Promise<Uint8Array> {
    return this.interceptor.sign({ kind: 'message', domain, frame, body })
  }

  purpose(quote: Hash, purpose: Purpose | undefined): void {
    if (purpose === undefined) this.#purposes.delete(hashKey(quote))
    else this.#purposes.set(hashKey(quote), purpose)
  }

  countersigned(channel: Hash, signature: Uint8Array): Promise<void> {
    return this.interceptor.countersigned(channel, signature)
  }

  #purposeOf(quote: Hash | undefined): { purpose?: Purpose } {
    const purpose = quote === undefined ? undefined : this.#purposes.get(hashKey(quote))
    return purpose === undefined ? {} : { purpose }
  }

  #signState({ frame, purpose, next, terms, operations }: StateProposal): Promise<Uint8Array> {
    if (purpose !== 'open') {
      // A stream says itself what it is for: by the time that it opens, the channel may be bound to the purchase after it.
      const opened = operations.find((operation) => operation.kind === 'openStream')
      const quote = (opened?.body.quote as Hash | undefined) ?? next.quote
      return this.interceptor.sign({ kind: 'channelState', frame, state: next, ...this.#purposeOf(quote) })
    }
    if (terms === undefined)
      throw new SdkError(
        'WALLET_OPENING_WITHOUT_TERMS',
        'an opening state is authorised by its terms; pass them',
      )
    return this.interceptor.sign({ kind: 'channelOpening', terms, ...this.#purposeOf(terms.quote) })
  }
}

/** The other party's signature of a state with both. */
export function peerSignature(party: number, signatures: readonly Uint8Array[]): Uint8Array {
  return signatures[otherParty(party)] as Uint8Array
}
