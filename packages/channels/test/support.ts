/** Two agents with hosts, keys and journals in memory, and the means to connect, cut and restart them. */

import { Journal } from '@symbolon/journal'
import { SimulatedFileSystem } from '@symbolon/journal/simulation'
import { addressOf, type Ed25519KeyPair, ed25519, type Hash, sha256, utf8 } from '@symbolon/primitives'
import {
  type Channel,
  ChannelHost,
  type ChannelHostOptions,
  type ChannelSigner,
  ChannelStore,
  type InProcessFaults,
  inProcessPair,
  type OpenRequest,
  type StateProposal,
} from '../src/index.ts'
import { helloDigest } from '../src/message/hello.ts'
import { SimulatedLedger } from './simulated-ledger.ts'

export const seedOf = (name: string): Uint8Array => sha256(utf8(name))
export const hashOf = (name: string): Hash => sha256(utf8(name)) as Hash
export const QUOTE = hashOf('quote')

export class TestSigner implements ChannelSigner {
  readonly keys: Ed25519KeyPair
  readonly publicKey: Uint8Array
  readonly signedStates: StateProposal[] = []
  refuse: ((proposal: StateProposal) => void) | undefined

  constructor(name: string) {
    this.keys = ed25519.generateKeyPair(seedOf(`${name} channel key`))
    this.publicKey = this.keys.publicKey
  }

  signState(proposal: StateProposal): Uint8Array {
    this.refuse?.(proposal)
    this.signedStates.push(proposal)
    return this.keys.sign(proposal.digest)
  }

  signHello(frame: Hash, hello: Uint8Array): Uint8Array {
    return this.keys.sign(helloDigest(frame, hello))
  }
}

/** One agent; `restart` is a kill −9 followed by a new process with the same disk. */
export class Agent {
  readonly name: string
  readonly ledger: SimulatedLedger
  readonly fileSystem: SimulatedFileSystem
  readonly signer: TestSigner
  readonly options: Partial<ChannelHostOptions>
  readonly received: { bytes: Uint8Array; units: number }[] = []
  journal!: Journal
  store!: ChannelStore
  host!: ChannelHost

  constructor(
    name: string,
    ledger: SimulatedLedger,
    options: Partial<ChannelHostOptions> = {},
    fileSystem = new SimulatedFileSystem(),
  ) {
    this.fileSystem = fileSystem
    this.name = name
    this.ledger = ledger
    this.signer = new TestSigner(name)
    this.options = options
    this.#boot()
  }

  #boot(): void {
    this.journal = Journal.open({ directory: `/${this.name}`, fileSystem: this.fileSystem, salt: () => 1 })
    this.store = ChannelStore.open(this.journal)
    this.host = new ChannelHost({
      store: this.store,
      ledger: this.ledger,
      signer: this.signer,
      address: addressOf(seedOf(`${this.name} account`)),
      secret: seedOf(`${this.name} secret`),
      acceptOffer: () => {},
      application: (bytes, delivered) => {
        this.received.push({ bytes, units: delivered?.units ?? 0 })
      },
      ...this.options,
    })
  }

  /** The process dies at this instant and starts anew; what was not synced is lost or not, as `random` has it. */
  async restart(kind: 'process' | 'power' = 'process', random: () => number = () => 0.5): Promise<void> {
    for (const channel of this.host.channels.values()) channel.stop('killed')
    this.fileSystem.restart(kind, random)
    this.#boot()
    await this.host.start()
  }

  get channel(): Channel {
    const [channel] = this.host.channels.values()
    if (channel === undefined) throw new Error(`${this.name} has no channel`)
    return channel
  }
}

export const REQUEST: OpenRequest = {
  deposits: [1_000_000n, 0n],
  reserve: 1_000n,
  challengePeriod: 100n,
  nonce: 0n,
}

export interface Pair {
  ledger: SimulatedLedger
  alice: Agent
  bob: Agent
}

export function agents(
  options: { alice?: Partial<ChannelHostOptions>; bob?: Partial<ChannelHostOptions> } = {},
): Pair {
  const ledger = new SimulatedLedger()
  return {
    ledger,
    alice: new Agent('alice', ledger, options.alice),
    bob: new Agent('bob', ledger, options.bob),
  }
}

/** Alice opens to Bob; both are online. */
export async function openPair(
  options: {
    alice?: Partial<ChannelHostOptions>
    bob?: Partial<ChannelHostOptions>
    request?: Partial<OpenRequest>
    faults?: InProcessFaults
  } = {},
): Promise<Pair & { a: Channel; b: Channel }> {
  const pair = agents(options)
  const [left, right] = inProcessPair(options.faults)
  const accepting = pair.bob.host.accept(right)
  const a = await pair.alice.host.open(left, { ...REQUEST, ...options.request })
  const b = await accepting
  if (b === undefined) throw new Error('Bob did not accept')
  return { ...pair, a, b }
}

/** A new connection between the two; resolves when both are online. */
export async function reconnect(pair: Pair, faults: InProcessFaults = {}): Promise<void> {
  const [left, right] = inProcessPair(faults)
  const accepting = pair.bob.host.accept(right)
  await pair.alice.channel.connect(left)
  await accepting
}

/** Lets everything in flight arrive. */
export async function settle(turns = 20): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** Reproducible numbers from 0 to 1: which pieces of an unsynced write survive a power cut (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
