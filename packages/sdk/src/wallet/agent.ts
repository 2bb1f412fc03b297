/**
 * An agent in a frame: its keys, its view of the ledger, its channels. A seller and a buyer are both agents; what they do
 * with it is in seller/ and buyer/.
 *
 * On disk, under `directory`: `channels/`, the journal of the channel engine. Nothing of value is in memory only.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Channel,
  ChannelHost,
  type ChannelHostOptions,
  type ChannelLimits,
  ChannelStore,
} from '@symbolon/channels'
import { Journal } from '@symbolon/journal'
import { fromHex, toHex } from '@symbolon/primitives'
import type { FrameClient } from '../client/frame-client.ts'
import { AgentLedger, type AgentLedgerOptions } from './channel-ledger.ts'
import { type AgentKeys, peerSignature } from './keys.ts'

export interface AgentOptions {
  readonly client: FrameClient
  readonly keys: AgentKeys
  /** Created if absent; one process at a time. */
  readonly directory: string
  readonly limits?: Partial<ChannelLimits>
  readonly acceptOffer?: ChannelHostOptions['acceptOffer']
  readonly consent?: ChannelHostOptions['consent']
  readonly application?: ChannelHostOptions['application']
  readonly onChannel?: (channel: Channel) => void
  readonly anchor?: AgentLedgerOptions['anchor']
  readonly onFinal?: AgentLedgerOptions['onFinal']
  /** `none` for tests of other things than durability. */
  readonly sync?: 'fdatasync' | 'none'
}

export class Agent {
  readonly client: FrameClient
  readonly keys: AgentKeys
  readonly ledger: AgentLedger
  readonly host: ChannelHost
  readonly directory: string
  readonly #journal: Journal

  private constructor(options: AgentOptions, ledger: AgentLedger, host: ChannelHost, journal: Journal) {
    this.client = options.client
    this.keys = options.keys
    this.directory = options.directory
    this.ledger = ledger
    this.host = host
    this.#journal = journal
  }

  /** Brings back the channels of an earlier run. Errors: those of the journal, FRAME_UNREACHABLE. */
  static async open(options: AgentOptions): Promise<Agent> {
    mkdirSync(options.directory, { recursive: true })
    const { client, keys, anchor, onFinal } = options
    const ledger = await AgentLedger.open({
      client,
      keys,
      ...(anchor === undefined ? {} : { anchor }),
      ...(onFinal === undefined ? {} : { onFinal }),
    })
    const journal = Journal.open({
      directory: join(options.directory, 'channels'),
      sync: options.sync ?? 'fdatasync',
    })
    const host = new ChannelHost({
      store: ChannelStore.open(journal),
      ledger,
      signer: keys.channel,
      address: keys.address,
      secret: streamSecret(options.directory),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      ...(options.acceptOffer === undefined ? {} : { acceptOffer: options.acceptOffer }),
      ...(options.consent === undefined ? {} : { consent: options.consent }),
      ...(options.application === undefined ? {} : { application: options.application }),
      onChannel: (channel) => {
        // A countersigned state is what makes our payment final: the mandate's books are told.
        channel.events.on('advanced', (signed) => {
          keys.countersigned(channel.id, peerSignature(channel.party, signed.signatures)).catch(() => {
            // The books refuse only what they know already; they are settled by the ledger's proof in any case.
          })
        })
        options.onChannel?.(channel)
      },
    })
    await host.start()
    return new Agent(options, ledger, host, journal)
  }

  /** An open channel with this counterparty that can pay `amount` now: what makes a purchase warm. */
  findChannel(counterparty: Uint8Array, amount: bigint): Channel | undefined {
    for (const channel of this.host.channels.values()) {
      const peer = channel.terms.parties[channel.party === 0 ? 1 : 0]
      if (
        channel.phase !== 'open' ||
        peer === undefined ||
        !peer.every((byte, i) => byte === counterparty[i])
      )
        continue
      if (channel.balances.own >= amount + channel.terms.reserve) return channel
    }
    return undefined
  }

  async close(): Promise<void> {
    for (const channel of this.host.channels.values()) channel.stop()
    this.ledger.close()
    await this.#journal.close()
  }
}

/** 32 bytes from which the seeds of paying streams follow; kept beside the channels, because without it a stream cannot go on. */
function streamSecret(directory: string): Uint8Array {
  const file = join(directory, 'stream-secret')
  try {
    return fromHex(readFileSync(file, 'utf8').trim())
  } catch {
    const secret = crypto.getRandomValues(new Uint8Array(32))
    writeFileSync(file, `${toHex(secret)}\n`, { mode: 0o600, flag: 'wx' })
    return secret
  }
}
