/**
 * Credentials that were bought, durable: the stub before the payment, the preimage before the first use (L402-5, L402-6). After
 * a crash a paid credential is used, and a payment whose end is not known is looked up, never paid again.
 *
 * Macaroon and preimage together are a bearer secret: the directory must be readable by the agent alone.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Journal } from '@symbolon/journal'
import { RESOURCE_BYTES_MAX } from '@symbolon/market'
import {
  address,
  amount,
  bytes,
  decode,
  encode,
  fixedBytes,
  hash,
  hashKey,
  type Infer,
  optional,
  record,
  text,
  uint,
} from '@symbolon/primitives'
import type { Buyer } from '../buyer/buyer.ts'

export const credentialRecord = record('paid-credential', {
  paymentHash: [1, hash],
  origin: [2, text(256)],
  resource: [3, text(RESOURCE_BYTES_MAX)],
  provider: [4, address],
  quote: [5, hash],
  channel: [6, hash],
  channelUrl: [7, text(256)],
  /** The challenge's header, whole. */
  challenge: [8, text(32_768)],
  /** Digest of the signed binding, which the payment names. */
  binding: [9, hash],
  requests: [10, uint()],
  amount: [11, amount],
  /** Unix seconds, inclusive. */
  expiresAt: [12, uint()],
  preimage: [13, optional(fixedBytes(32))],
  /** Spent, refused, or never paid: of no use any more. */
  dropped: [14, optional(bytes(0, 0))],
})
export type CredentialRecord = Infer<typeof credentialRecord>

const ofBuyer = new WeakMap<Buyer, CredentialJournal>()

export class CredentialJournal {
  readonly #journal: Journal
  readonly #records = new Map<string, CredentialRecord>()
  /** Origin → provider that was bought from there. */
  readonly #providers = new Map<string, Uint8Array>()

  private constructor(journal: Journal) {
    this.#journal = journal
    for (const { record: stored } of journal.entries()) this.#take(decode(credentialRecord, stored))
  }

  /** One per buyer, beside its purchases; closed with it. */
  static of(buyer: Buyer): CredentialJournal {
    const known = ofBuyer.get(buyer)
    if (known !== undefined) return known
    const directory = join(buyer.agent.directory, 'credentials')
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const self = new CredentialJournal(Journal.open({ directory, sync: buyer.sync }))
    ofBuyer.set(buyer, self)
    buyer.onClose(() => self.#journal.close())
    return self
  }

  providerOf(origin: string): Uint8Array | undefined {
    return this.#providers.get(origin)
  }

  /** Not dropped, oldest first. */
  ofResource(origin: string, resource: string, provider: Uint8Array): CredentialRecord[] {
    return [...this.#records.values()].filter(
      (one) =>
        one.origin === origin && one.resource === resource && hashKey(one.provider) === hashKey(provider),
    )
  }

  /** Durable when it resolves. */
  async save(of: CredentialRecord): Promise<void> {
    this.#take(of)
    this.#journal.append(encode(credentialRecord, of))
    await this.#journal.flush()
  }

  #take(of: CredentialRecord): void {
    const key = hashKey(of.paymentHash)
    this.#providers.set(of.origin, of.provider)
    if (of.dropped === undefined) this.#records.set(key, of)
    else this.#records.delete(key)
  }
}
