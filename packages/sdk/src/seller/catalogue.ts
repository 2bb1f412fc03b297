/**
 * What is for sale, and how it is found: signed descriptors, the registration that lists them, beacons that say that they are still
 * served. The catalogue is the only writer of the seller's registration.
 */

import {
  type Beacon,
  beaconForm,
  type Descriptor,
  type DescriptorTerms,
  descriptorDigest,
  descriptorForm,
  draftDescriptor,
  encodeSigned,
  fileRows,
  offerRows,
  type SignedDescriptor,
} from '@symbolon/market'
import { type Amount, encode, hashKey, SymbolonError, toHex } from '@symbolon/primitives'
import type { Profile } from '@symbolon/protocol'
import { type PaidRoute, resourceOf } from '../paywall/route.ts'
import { ROUTES } from '../wire/routes.ts'
import type { SellerIdentity } from './identity.ts'
import { goodsPath, type Offer } from './offer.ts'

export class Catalogue {
  readonly offers = new Map<string, Offer>()
  readonly #seller: SellerIdentity

  constructor(seller: SellerIdentity) {
    this.#seller = seller
  }

  /** Puts the rows of a CSV or NDJSON file up for sale. Errors: those of `draftDescriptor` and `offerRows`. */
  async sellFile(
    file: { name: string; format: 'csv' | 'ndjson'; content: Uint8Array },
    price: Amount,
    more: Partial<DescriptorTerms> = {},
  ): Promise<Offer> {
    const draft = draftDescriptor({ kind: 'file', ...file }, this.#terms(price, more))
    const goods = offerRows(fileRows(file.content, file.format).rows)
    return this.#offer(draft, { resource: file.name, method: 'GET', path: goodsPath(file.name), goods })
  }

  /** Puts a route behind a price; what serves it is the paywall's business. */
  async sellRoute(
    route: PaidRoute,
    more: Partial<DescriptorTerms> & { responseMedia?: string } = {},
  ): Promise<Offer> {
    const { responseMedia = 'application/json', ...terms } = more
    const method = route.method === '*' ? 'GET' : (route.method as 'GET')
    const draft = draftDescriptor(
      { kind: 'api', method, path: route.path, responseMedia },
      this.#terms(route.price, terms),
    )
    return this.#offer(draft, { resource: resourceOf(route), method: route.method, path: route.path, route })
  }

  /**
   * Registers or updates this seller's identity so that its offers can be found: their capabilities, endpoints and descriptor
   * digests, and the key of its channels, without which what it sells counts nothing in its reputation. A seller whose record already
   * says the same sends nothing.
   */
  async publish(options: { domain?: string; bond?: Amount } = {}): Promise<void> {
    const { client, ledger } = this.#seller.agent
    const profile = this.#profile(options.domain)
    const existing = await client.identity(this.#seller.address)
    if (existing === undefined) {
      const bond = options.bond ?? client.genesis.parameters.registrationBond
      await ledger.transact({ kind: 'identity.register', body: { profile, bond } })
      return
    }
    if (JSON.stringify(existing.profile, replaceBytes) === JSON.stringify(profile, replaceBytes)) return
    const { capabilities, domain } = existing.profile
    await ledger.transact({
      kind: 'identity.update',
      body: {
        subject: this.#seller.address,
        version: existing.version + 1n,
        profile,
        previous: { capabilities, ...(domain === undefined ? {} : { domain }) },
      },
    })
  }

  #profile(domain: string | undefined): Profile {
    const offers = [...this.offers.values()]
    return {
      capabilities: [...new Set(offers.map((offer) => offer.descriptor.body.capability))].sort(),
      ...(domain === undefined ? {} : { domain }),
      services: offers.map((offer, index) => ({
        name: `offer-${index}`,
        endpoint: this.#seller.options.url,
        descriptor: offer.digest,
      })),
      channelKey: this.#seller.agent.keys.channel.publicKey,
    }
  }

  /** A fresh liveness beacon for an offer (FR-1). */
  async beacon(offer: Offer): Promise<Uint8Array> {
    const { client } = this.#seller.agent
    const { checkpoint, hash } = await client.call('checkpoint.latest', {})
    const body: Beacon = {
      frame: client.frame,
      provider: this.#seller.address,
      epoch: checkpoint.header.epoch,
      anchorHeight: checkpoint.header.height,
      anchor: hash,
      descriptor: offer.digest,
      ttlEpochs: 2,
      bond: client.genesis.parameters.registrationBond,
    }
    const bytes = encode(beaconForm.body, body)
    const signature = await this.#seller.signerOf('beacon', bytes).sign(new Uint8Array(0))
    return encodeSigned(beaconForm, { body, publicKey: this.#seller.agent.keys.publicKey, signature })
  }

  offerByHex(hex: string): Offer {
    const offer = /^[0-9a-f]{64}$/.test(hex)
      ? [...this.offers.values()].find((one) => toHex(one.digest) === hex)
      : undefined
    if (offer === undefined)
      throw new SymbolonError('OFFER_UNKNOWN', 'there is no such offer here (any more); look it up again')
    return offer
  }

  #terms(price: Amount, more: Partial<DescriptorTerms> = {}): DescriptorTerms {
    const { url } = this.#seller.options
    return {
      frame: this.#seller.agent.client.frame,
      provider: this.#seller.address,
      endpoints: [
        { name: 'http', url },
        { name: 'channel', url: `${url.replace(/^http/, 'ws')}${ROUTES.channel}` },
      ],
      price,
      now: BigInt(this.#seller.seconds),
      ...more,
    }
  }

  async #offer(draft: Descriptor, what: Omit<Offer, 'descriptor' | 'digest'>): Promise<Offer> {
    const body = encode(descriptorForm.body, draft)
    const signature = await this.#seller.signerOf('descriptor', body).sign(descriptorDigest(draft))
    const descriptor: SignedDescriptor = {
      body: draft,
      publicKey: this.#seller.agent.keys.publicKey,
      signature,
    }
    const offer: Offer = { ...what, descriptor, digest: descriptorDigest(draft) }
    this.offers.set(hashKey(offer.digest), offer)
    return offer
  }
}

function replaceBytes(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  return value instanceof Uint8Array ? toHex(value) : value
}
