/** What the three benchmarks share: agents with real journals, a ledger that says yes, and result lines. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Journal } from '@symbolon/journal'
import { addressOf, domainDigest, ed25519, type Hash, hashKey, sha256, utf8 } from '@symbolon/primitives'
import { CHANNEL_STATUS, type ChannelRecord, channelId, type Payload } from '@symbolon/protocol'
import { ChannelHost, type ChannelHostOptions, type ChannelLedger, ChannelStore } from '../src/index.ts'

export const FRAME = sha256(utf8('bench frame')) as Hash

/** Records every opening and nothing else: what is measured never touches it. */
export class YesLedger implements ChannelLedger {
  readonly frame = FRAME
  readonly #records = new Map<string, ChannelRecord>()
  readonly #listeners = new Map<string, (record: ChannelRecord, height: bigint) => void>()
  /** True on a side that never sees the submission: it takes every channel for open. */
  readonly #assumeOpen: boolean

  constructor(assumeOpen = false) {
    this.#assumeOpen = assumeOpen
  }

  height(): bigint {
    return 1n
  }
  async channel(id: Hash): Promise<ChannelRecord | undefined> {
    return this.#assumeOpen
      ? ({ status: CHANNEL_STATUS.open, deposits: [] } as unknown as ChannelRecord)
      : this.#records.get(hashKey(id))
  }
  subscribe(id: Hash, listener: (record: ChannelRecord, height: bigint) => void): () => void {
    this.#listeners.set(hashKey(id) + Math.random(), listener)
    return () => {}
  }
  async submit(payload: Payload): Promise<{ height: bigint; code: string }> {
    if (payload.kind === 'channels.open') {
      const { terms } = payload.body
      const id = hashKey(channelId(FRAME, terms))
      const record: ChannelRecord = {
        terms,
        status: CHANNEL_STATUS.open,
        opened: 1n,
        collateral: (terms.deposits[0] ?? 0n) + (terms.deposits[1] ?? 0n),
        deposits: [],
      }
      this.#records.set(id, record)
      for (const [key, listener] of this.#listeners)
        if (key.startsWith(id)) queueMicrotask(() => listener(record, 1n))
    }
    return { height: 1n, code: 'OK' }
  }
}

export interface BenchAgent {
  host: ChannelHost
  journal: Journal
  dispose(): Promise<void>
}

/** An agent whose journal is a directory of its own, synced with fdatasync. */
export function benchAgent(
  name: string,
  ledger: ChannelLedger,
  options: Partial<ChannelHostOptions> = {},
): BenchAgent {
  const directory = mkdtempSync(join(tmpdir(), `symbolon-bench-${name}-`))
  const journal = Journal.open({ directory })
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
    journal,
    async dispose() {
      for (const channel of host.channels.values()) channel.stop()
      await journal.close()
      rmSync(directory, { recursive: true })
    },
  }
}

/** One result line; `ratio` is value ÷ ceiling. */
export function report(name: string, value: number, unit: string, ceiling: number): void {
  console.log(
    JSON.stringify({
      name,
      value: Math.round(value),
      unit,
      ceiling: Math.round(ceiling),
      ratio: Number((value / ceiling).toFixed(3)),
    }),
  )
}
