/** An agent with a channel host whose journal is a folder of its own on disk, synced before anything is acknowledged. */
import { join } from 'node:path'
import {
  ChannelHost,
  type ChannelHostOptions,
  type ChannelLedger,
  ChannelStore,
  type OpenRequest,
} from '@symbolon/channels'
import { Journal } from '@symbolon/journal'
import { addressOf, domainDigest, ed25519, sha256, utf8 } from '@symbolon/primitives'

export interface BenchAgent {
  readonly host: ChannelHost
  close(): Promise<void>
}

export function openBenchAgent(
  directory: string,
  name: string,
  ledger: ChannelLedger,
  options: Partial<ChannelHostOptions> = {},
): BenchAgent {
  const journal = Journal.open({ directory: join(directory, name) })
  const keys = ed25519.generateKeyPair(sha256(utf8(`${name} channel`)))
  const host = new ChannelHost({
    store: ChannelStore.open(journal),
    ledger,
    signer: {
      publicKey: keys.publicKey,
      signState: ({ digest }) => keys.sign(digest),
      signHello: (frame, hello) => keys.sign(domainDigest('channel-hello', frame, hello)),
    },
    address: addressOf(sha256(utf8(name))),
    secret: sha256(utf8(`${name} secret`)),
    acceptOffer: () => {},
    ...options,
  })
  return {
    host,
    async close() {
      for (const channel of host.channels.values()) channel.stop()
      await journal.close()
    },
  }
}

/** A channel with room for any run. */
export function openRequest(nonce: number): OpenRequest {
  return { deposits: [10n ** 15n, 0n], reserve: 1_000n, challengePeriod: 100n, nonce: BigInt(nonce) }
}
