/**
 * Keys of an agent that acts for itself. Unlike the keys that they wrap, they know their address: after a rotation it is no longer
 * the one that the current key would create.
 */
import type { Address, Domain, Hash } from '@symbolon/primitives'
import type { TransactionBody } from '@symbolon/protocol'
import { type AgentKeys, OwnKeys, type Seeds } from '@symbolon/sdk'

export class AccountKeys implements AgentKeys {
  readonly address: Address
  readonly #own: OwnKeys

  /** The seeds are overwritten with zeros. */
  constructor(address: Address, seeds: Seeds) {
    this.address = address
    this.#own = new OwnKeys(seeds)
  }

  get publicKey(): Uint8Array {
    return this.#own.publicKey
  }
  get channel(): AgentKeys['channel'] {
    return this.#own.channel
  }
  signTransaction(body: TransactionBody): Promise<Uint8Array> {
    return this.#own.signTransaction(body)
  }
  signMessage(domain: Domain, frame: Hash, body: Uint8Array): Promise<Uint8Array> {
    return this.#own.signMessage(domain, frame, body)
  }
  purpose(): void {}
  async countersigned(): Promise<void> {}
}
