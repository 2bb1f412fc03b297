/** What every part of a seller shares: who it is, what it keeps, which clock it goes by. */

import type { ChannelLimits } from '@symbolon/channels'
import type { Address, Amount } from '@symbolon/primitives'
import type { Signer } from '@symbolon/protocol'
import type { FrameClient } from '../client/frame-client.ts'
import type { Agent } from '../wallet/agent.ts'
import type { AgentKeys } from '../wallet/keys.ts'
import type { SellerJournal } from './journal.ts'
import type { Offer } from './offer.ts'

export interface SellerOptions {
  readonly client: FrameClient
  readonly keys: AgentKeys
  readonly directory: string
  /** Public HTTP address under which `http` is mounted, such as `http://127.0.0.1:7401`. */
  readonly url: string
  /** Secret of the credentials' root keys by version, 32 bytes each, and the version that mints. */
  readonly rootSecrets: ReadonlyMap<number, Uint8Array>
  readonly rootVersion: number
  readonly creditWindow?: number
  readonly limits?: Partial<ChannelLimits>
  /** Share of capacity in use, parts per million: what prices follow. */
  readonly utilisation?: () => number
  /**
   * Base units per unit for this buyer now. At most what the published curve gives: buyers refuse a quote above it, so a
   * higher answer is cut down to the curve. Default: the curve.
   */
  readonly price?: (offer: Offer, buyer: Address) => Amount
  /** Unix milliseconds. */
  readonly clock?: () => number
  readonly sync?: 'fdatasync' | 'none'
  readonly onError?: (error: unknown) => void
}

/** The seller as its parts see it. */
export class SellerIdentity {
  readonly options: SellerOptions
  readonly agent: Agent
  readonly journal: SellerJournal

  constructor(options: SellerOptions, agent: Agent, journal: SellerJournal) {
    this.options = options
    this.agent = agent
    this.journal = journal
  }

  get address(): Address {
    return this.agent.keys.address
  }

  /** The seller's clock, Unix seconds. */
  get seconds(): number {
    return Math.floor((this.options.clock ?? Date.now)() / 1_000)
  }

  /** Signs records of the market with the agent's identity key. */
  signerOf(domain: Parameters<AgentKeys['signMessage']>[0], body: Uint8Array): Signer {
    const { keys, client } = this.agent
    return { publicKey: keys.publicKey, sign: () => keys.signMessage(domain, client.frame, body) }
  }
}
