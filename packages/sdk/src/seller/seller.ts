/**
 * A seller: offers, quotes, commitments, challenges, channels, deliveries. It is reached by two doors: `http` answers the market
 * documents and the challenges (mount it with an adapter), and `acceptChannel` takes connections of the channel engine.
 *
 * Per purchase, and who is the authority for it:
 *
 *   quoted ──COMMIT──▶ committed ──402, payment──▶ paid ──credential──▶ authenticated ──stream──▶ delivering ──▶ delivered
 *   (my signature)   (both signatures,  (the co-signed state     (root key and         (ticks on disk)
 *                     on disk)            with its payment)        counters, on disk)
 *
 * | part | decides |
 * | --- | --- |
 * | `catalogue` | what is for sale and how it is found |
 * | `agreements` | quotes, negotiation, commitments |
 * | `door` | challenges, payments, credentials |
 *
 * Nothing is served before what pays for it is on this disk.
 */

import { join } from 'node:path'
import type { Channel, Transport } from '@symbolon/channels'
import { descriptorForm, encodeSigned } from '@symbolon/market'
import { type Address, SymbolonError } from '@symbolon/primitives'
import { CREDIT_WINDOW_DEFAULT } from '../limits.ts'
import { Agent } from '../wallet/agent.ts'
import { type HttpAnswer, type HttpRequest, jsonAnswer, problemAnswer } from '../wire/http.ts'
import { offersAnswer, problemOf, ROUTES, signedRecord, writeJson } from '../wire/routes.ts'
import { Agreements } from './agreements.ts'
import { Catalogue } from './catalogue.ts'
import { admitChannel, type ChannelOffer } from './channel-admission.ts'
import { Deliveries } from './deliveries.ts'
import { SellerIdentity, type SellerOptions } from './identity.ts'
import { SellerJournal } from './journal.ts'
import type { Offer } from './offer.ts'
import { PaymentDoor } from './payment-door.ts'

export type { SellerOptions } from './identity.ts'

export class Seller {
  readonly agent: Agent
  readonly journal: SellerJournal
  readonly catalogue: Catalogue
  readonly agreements: Agreements
  readonly door: PaymentDoor
  readonly #identity: SellerIdentity
  readonly #deliveries: Deliveries

  private constructor(identity: SellerIdentity) {
    this.agent = identity.agent
    this.journal = identity.journal
    this.#identity = identity
    this.catalogue = new Catalogue(identity)
    this.agreements = new Agreements(identity, this.catalogue)
    this.door = new PaymentDoor(identity, this.agreements)
    this.#deliveries = new Deliveries(identity, this.agreements)
  }

  /** Opens on its directory and brings back channels, agreements and counters of an earlier run. */
  static async open(options: SellerOptions): Promise<Seller> {
    const journal = SellerJournal.open(join(options.directory, 'seller'), options.sync)
    // The engine starts before the seller exists, and asks it only after a connection: the late binding is safe.
    let seller: Seller | undefined
    const agent = await Agent.open({
      client: options.client,
      keys: options.keys,
      directory: options.directory,
      limits: { creditUnitsMax: options.creditWindow ?? CREDIT_WINDOW_DEFAULT, ...options.limits },
      ...(options.sync === undefined ? {} : { sync: options.sync }),
      acceptOffer: (offer) => seller?.admit(offer),
      application: (bytes, _, channel) => seller?.receive(bytes, channel),
      onChannel: (channel) => {
        channel.events.on('advanced', (_, batches) => {
          const theirs = batches.some(
            ({ proposer, operations }) =>
              proposer !== channel.party && operations.some(({ kind }) => kind === 'addHtlc'),
          )
          if (theirs) seller?.door.claim(channel)
        })
        // A crash may have come between a payment and its answer: the buyer must not wait until it expires.
        channel.events.on('online', () => seller?.door.claim(channel, true))
      },
    })
    seller = new Seller(new SellerIdentity(options, agent, journal))
    return seller
  }

  get address(): Address {
    return this.#identity.address
  }

  get url(): string {
    return this.#identity.options.url
  }

  /** The seller's clock, Unix seconds. */
  get seconds(): number {
    return this.#identity.seconds
  }

  /** Puts the rows of a CSV or NDJSON file up for sale. Errors: those of `draftDescriptor` and `offerRows`. */
  async sellFile(...what: Parameters<Catalogue['sellFile']>): Promise<Offer> {
    const offer = await this.catalogue.sellFile(...what)
    this.agreements.restore()
    return offer
  }

  /** Puts a route behind a price; what serves it is the paywall's business. */
  async sellRoute(...what: Parameters<Catalogue['sellRoute']>): Promise<Offer> {
    const offer = await this.catalogue.sellRoute(...what)
    this.agreements.restore()
    return offer
  }

  /** Makes the offers findable; see Catalogue.publish. */
  publish(options: Parameters<Catalogue['publish']>[0] = {}): Promise<void> {
    return this.catalogue.publish(options)
  }

  /** Whether to take a stranger's channel. Errors: those of `admitChannel`. */
  admit(offer: ChannelOffer): Promise<void> {
    return admitChannel(this.#identity, this.agreements, offer)
  }

  /** Application messages of a buyer; see Deliveries. */
  receive(bytes: Uint8Array, channel: Channel): void {
    this.#deliveries.receive(bytes, channel)
  }

  /** Answers the market documents, and rows; undefined for a path that is not the seller's. */
  async http(request: HttpRequest): Promise<HttpAnswer | undefined> {
    try {
      return await this.#route(request)
    } catch (error) {
      if (!(error instanceof SymbolonError)) this.#identity.options.onError?.(error)
      return problemAnswer(problemOf(error, 400))
    }
  }

  async #route(request: HttpRequest): Promise<HttpAnswer | undefined> {
    const { method, path } = request
    if (method === 'GET' && path === ROUTES.offers) {
      const descriptors = [...this.catalogue.offers.values()].map((offer) => offer.digest)
      return jsonAnswer(
        200,
        writeJson(offersAnswer, { provider: this.address, frame: this.agent.client.frame, descriptors }),
      )
    }
    if (method === 'GET' && path.startsWith(ROUTES.descriptor)) {
      const offer = this.catalogue.offerByHex(path.slice(ROUTES.descriptor.length))
      return jsonAnswer(
        200,
        writeJson(signedRecord, { record: encodeSigned(descriptorForm, offer.descriptor) }),
      )
    }
    if (method === 'GET' && path.startsWith(ROUTES.beacon))
      return jsonAnswer(
        200,
        writeJson(signedRecord, {
          record: await this.catalogue.beacon(this.catalogue.offerByHex(path.slice(ROUTES.beacon.length))),
        }),
      )
    if (method === 'POST' && path === ROUTES.quote) return this.agreements.quote(await request.text())
    if (method === 'POST' && path === ROUTES.negotiate) return this.agreements.negotiate(await request.text())
    if (method === 'POST' && path === ROUTES.commit) return this.agreements.commit(await request.text())
    const goods =
      method === 'GET'
        ? [...this.catalogue.offers.values()].find(
            (offer) => offer.goods !== undefined && offer.path === path,
          )
        : undefined
    return goods === undefined ? undefined : this.door.goods(goods, request)
  }

  /** A connection to the channel endpoint. */
  acceptChannel(transport: Transport): Promise<Channel | undefined> {
    return this.agent.host.accept(transport)
  }

  async close(): Promise<void> {
    await this.#deliveries.stop()
    await this.agent.close()
    await this.journal.close()
  }
}
