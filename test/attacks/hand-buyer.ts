/**
 * A buyer that does every step by hand, so that each can be left out, repeated or done with the wrong thing. It has its own keys and
 * no mandate: nothing on its side stops it.
 */
import type { Channel } from '@symbolon/channels'
import { decodeBinding, formatPresentation, type Macaroon, parseChallenge } from '@symbolon/credentials'
import {
  type CommitmentTerms,
  commitmentTerms,
  encodeSigned,
  quoteForm,
  type VerifiedQuote,
  verifyQuote,
} from '@symbolon/market'
import { domainDigest, encode, formatDid, type Hash, toHex } from '@symbolon/primitives'
import {
  Agent,
  dial,
  HEADER_CHANNEL,
  HEADER_PAYER,
  HEADER_QUOTE,
  parseInvoice,
  payChallenge,
  ROUTES,
  SellerClient,
} from '@symbolon/sdk'
import {
  decodeStreamMessage,
  encodeStreamMessage,
  type StreamMessage,
} from '../../packages/sdk/src/wire/stream-message.ts'
import type { World } from '../support/world.ts'
import { PRICE, ROWS, type Shop } from './stage.ts'
import { WireTap } from './wire-tap.ts'

export interface HandChallenge {
  readonly macaroon: Macaroon
  readonly paymentHash: Hash
  readonly amount: bigint
  readonly binding: Hash
}

export class HandBuyer {
  readonly agent: Agent
  readonly heard: StreamMessage[] = []
  /** Taps of the connections made, the newest last. */
  readonly taps: WireTap[] = []
  /** Unix seconds. */
  now = (): number => Math.floor(Date.now() / 1_000)

  private constructor(agent: Agent) {
    this.agent = agent
  }

  static async open(world: World, name = 'buyer', folder = name): Promise<HandBuyer> {
    let self: HandBuyer | undefined
    const agent = await Agent.open({
      client: await world.client(),
      keys: world.ownKeys(name),
      directory: `${world.directory}/${folder}`,
      sync: 'none',
      application: (bytes) => {
        self?.heard.push(decodeStreamMessage(bytes))
      },
    })
    self = new HandBuyer(agent)
    world.onClose(() => agent.close())
    return self
  }

  /** Steps by hand with the agent, and the mandate, of somebody else. */
  static over(agent: Agent): HandBuyer {
    return new HandBuyer(agent)
  }

  async quote({ offer, url }: Shop, quantity = BigInt(ROWS), first?: number): Promise<VerifiedQuote> {
    const signed = await new SellerClient(url).quote({
      buyer: this.agent.keys.address,
      descriptor: offer.digest,
      resource: offer.resource,
      quantity,
      ...(first === undefined ? {} : { first }),
    })
    return verifyQuote(signed, {
      frame: this.agent.client.frame,
      descriptor: offer.descriptor.body,
      descriptorDigest: offer.digest,
      buyer: this.agent.keys.address,
      resource: offer.resource,
      quantity,
      unitPriceMax: PRICE,
      totalMax: PRICE * quantity,
      creditWindowMax: 1_024,
      goodsRequired: true,
      now: BigInt(this.now()),
    })
  }

  termsFor(quote: VerifiedQuote, { offer }: Shop): CommitmentTerms {
    const { total, unitPrice, creditWindow, provider } = quote.quote
    const { frame, genesis } = this.agent.client
    return {
      frame,
      buyer: this.agent.keys.address,
      provider,
      quote: quote.digest,
      serviceLevel: offer.descriptor.body.serviceLevel,
      negotiated: {
        priceCapPerUnit: unitPrice,
        collateral: total,
        challengePeriod: genesis.parameters.challengePeriod,
        creditWindow: BigInt(creditWindow),
      },
      budget: total,
      disputes: 'channel-state',
      nonce: crypto.getRandomValues(new Uint8Array(16)),
      proposed: BigInt(this.now()),
      validity: 60n,
    }
  }

  /** Proposes; `asDigest` names another quote than the terms do. */
  async commit(quote: VerifiedQuote, shop: Shop, asDigest: Hash = quote.digest): Promise<void> {
    const { keys, client } = this.agent
    const terms = this.termsFor(quote, shop)
    const body = encode(commitmentTerms, terms)
    const signature = await keys.signMessage('commitment', client.frame, body)
    // Not `proposeCommitment`: that one refuses to sign what does not fit together.
    await new SellerClient(shop.url).commit(asDigest, {
      terms,
      proposal: { publicKey: keys.publicKey, signature },
    })
  }

  async agreed(shop: Shop, quantity?: bigint): Promise<VerifiedQuote> {
    const quote = await this.quote(shop, quantity)
    await this.commit(quote, shop)
    return quote
  }

  async dial({ url }: Shop): Promise<WireTap> {
    const tap = new WireTap(await dial(url.replace('http', 'ws') + ROUTES.channel))
    this.taps.push(tap)
    return tap
  }

  async openChannel(shop: Shop, quote: Hash | undefined, deposit = PRICE * 1_000n): Promise<Channel> {
    return this.agent.host.open(await this.dial(shop), {
      deposits: [deposit, 0n],
      reserve: 0n,
      challengePeriod: this.agent.client.genesis.parameters.challengePeriod,
      nonce: await this.agent.ledger.nextNonce(),
      ...(quote === undefined ? {} : { quote }),
    })
  }

  async reconnect(channel: Channel, shop: Shop): Promise<void> {
    await channel.connect(await this.dial(shop))
  }

  /** Requests the goods; status and code of the answer. */
  async get(
    { url, offer }: Shop,
    names: { payer?: Uint8Array; channel: Hash; quote: Hash },
    authorization?: string,
  ): Promise<{ status: number; code: string; header: string }> {
    const answer = await fetch(url + offer.path, {
      headers: {
        [HEADER_PAYER]: formatDid((names.payer ?? this.agent.keys.address) as never),
        [HEADER_CHANNEL]: toHex(names.channel),
        [HEADER_QUOTE]: toHex(names.quote),
        ...(authorization === undefined ? {} : { authorization }),
      },
    })
    const body = (await answer.json()) as { code?: string }
    return {
      status: answer.status,
      code: body.code ?? 'OK',
      header: answer.headers.get('www-authenticate') ?? '',
    }
  }

  async challenge(shop: Shop, channel: Hash, quote: Hash): Promise<HandChallenge> {
    const { header } = await this.get(shop, { channel, quote })
    const { macaroon, invoice, binding } = parseChallenge(header)
    const { paymentHash, amount } = parseInvoice(invoice)
    const bytes = binding?.bytes ?? new Uint8Array(0)
    decodeBinding(bytes)
    return {
      macaroon,
      paymentHash,
      amount,
      binding: domainDigest('challenge', this.agent.client.frame, bytes),
    }
  }

  pay(channel: Channel, challenge: Omit<HandChallenge, 'macaroon'>): Promise<Uint8Array> {
    return payChallenge(channel, challenge, this.agent.ledger.height())
  }

  /** Everything up to the credential's presentation; what an honest buyer does. */
  async authenticated(shop: Shop): Promise<{
    channel: Channel
    quote: VerifiedQuote
    authorization: string
    challenge: HandChallenge
    preimage: Uint8Array
  }> {
    const quote = await this.agreed(shop)
    const channel = await this.openChannel(shop, quote.digest)
    const challenge = await this.challenge(shop, channel.id, quote.digest)
    const preimage = await this.pay(channel, challenge)
    const authorization = formatPresentation({ macaroon: challenge.macaroon, preimage })
    const { status } = await this.get(shop, { channel: channel.id, quote: quote.digest }, authorization)
    if (status !== 200) throw new Error(`the presentation was answered with ${status}`)
    return { channel, quote, authorization, challenge, preimage }
  }

  begin(channel: Channel, quote: Hash, run: bigint, from: bigint): void {
    channel.sendApplication(encodeStreamMessage({ kind: 'begin', body: { quote, run, from } }))
  }

  /** Rows heard so far, by index in the file; each counts once. */
  get rows(): Set<number> {
    const rows = new Set<number>()
    for (const message of this.heard)
      if (message.kind === 'rows')
        for (let i = 0; i < message.body.packet.rows.length; i++) rows.add(message.body.packet.first + i)
    return rows
  }

  /** Codes of the aborts heard. */
  get aborts(): string[] {
    return this.heard.flatMap((message) => (message.kind === 'abort' ? [message.body.code] : []))
  }

  signedQuote(quote: VerifiedQuote): Uint8Array {
    return encodeSigned(quoteForm, quote.signed)
  }
}
