/**
 * A whole world for end-to-end tests: a frame node, a seller on HTTP, and a buyer with a mandate, each in a folder of its
 * own, over real sockets on 127.0.0.1. Everything is closed and removed by `close`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Journal } from '@symbolon/journal'
import { Interceptor, type Mandate, mandateDigest, type SignedMandate } from '@symbolon/mandates'
import { installNativeProviders } from '@symbolon/native'
import { FrameNode, SoleValidator } from '@symbolon/node'
import {
  type Address,
  type Amount,
  addressOf,
  BASE_UNITS_PER_UNIT,
  bls,
  Ed25519KeyPair,
  type Hash,
  vrf,
} from '@symbolon/primitives'
import { DEFAULT_PARAMETERS, frameId, type Genesis, type Parameters } from '@symbolon/protocol'
import {
  Buyer,
  type BuyerOptions,
  FrameClient,
  listenForSeller,
  MandatedKeys,
  OwnKeys,
  Seller,
  type SellerOptions,
  type SellerServer,
} from '@symbolon/sdk'

installNativeProviders()

export const UNIT = BASE_UNITS_PER_UNIT

export function seed(name: string): Uint8Array {
  const bytes = new Uint8Array(32)
  new TextEncoder().encodeInto(name, bytes)
  bytes[31] = 0x5a
  return bytes
}

export const addressFor = (name: string): Address =>
  addressOf(new Ed25519KeyPair(seed(`${name}/account`)).publicKey)

export interface WorldOptions {
  readonly parameters?: Partial<Parameters>
  /** Names that hold units from the start; default: seller and buyer with 1,000 each, principal with 1,000. */
  readonly funded?: Readonly<Record<string, Amount>>
  readonly heartbeatMs?: number
  readonly sync?: 'fdatasync' | 'none'
}

export class World {
  readonly directory: string
  node: FrameNode
  readonly genesis: Genesis
  readonly frame: Hash
  readonly #options: WorldOptions
  readonly #closers: (() => Promise<void> | void)[] = []

  private constructor(directory: string, genesis: Genesis, node: FrameNode, options: WorldOptions) {
    this.directory = directory
    this.genesis = genesis
    this.frame = frameId(genesis)
    this.node = node
    this.#options = options
  }

  static async create(options: WorldOptions = {}): Promise<World> {
    const directory = mkdtempSync(join(tmpdir(), 'symbolon-world-'))
    const keys = validatorKeys()
    const funded = options.funded ?? { seller: 1_000n * UNIT, buyer: 1_000n * UNIT, principal: 1_000n * UNIT }
    const genesis: Genesis = {
      name: 'test',
      salt: seed(directory.slice(-20)),
      parameters: {
        ...DEFAULT_PARAMETERS,
        challengePeriod: 10n,
        challengeExtension: 2n,
        ...options.parameters,
      },
      validators: [new SoleValidator(keys).entry(1_000n * UNIT)],
      allocations: Object.entries(funded).map(([name, amount]) => ({ address: addressFor(name), amount })),
    }
    const node = await openNode(join(directory, 'node'), genesis, options)
    return new World(directory, genesis, node, options)
  }

  get url(): string {
    return this.node.url
  }

  onClose(closer: () => Promise<void> | void): void {
    this.#closers.unshift(closer)
  }

  async restartNode(): Promise<void> {
    const port = Number(new URL(this.node.url).port)
    await this.node.stop()
    this.node = await openNode(join(this.directory, 'node'), this.genesis, this.#options, port)
  }

  async client(): Promise<FrameClient> {
    const client = await FrameClient.connect({ url: this.url, frame: this.frame })
    this.onClose(() => client.close())
    return client
  }

  ownKeys(name: string): OwnKeys {
    return new OwnKeys({ account: seed(`${name}/account`), channel: seed(`${name}/channel`) })
  }

  async seller(
    name = 'seller',
    options: Partial<SellerOptions> = {},
  ): Promise<{ seller: Seller; server: SellerServer }> {
    const listener = await listenForSeller()
    const seller = await Seller.open({
      client: await this.client(),
      keys: this.ownKeys(name),
      directory: join(this.directory, name),
      url: listener.url,
      rootSecrets: new Map([[1, crypto.getRandomValues(new Uint8Array(32))]]),
      rootVersion: 1,
      sync: this.#options.sync ?? 'fdatasync',
      onError: (error) => console.error('seller:', error),
      ...options,
    })
    const server = listener.attach(seller)
    this.onClose(() => seller.close())
    this.onClose(() => server.close())
    return { seller, server }
  }

  /** A mandate of the principal for a delegate. */
  async mandate(delegate: string, total: Amount, more: Partial<Mandate> = {}): Promise<SignedMandate> {
    const principal = new Ed25519KeyPair(seed('principal/account'))
    const mandate: Mandate = {
      frame: this.frame,
      issuer: addressOf(principal.publicKey),
      delegate: addressFor(delegate),
      caps: { total },
      windows: [],
      expiresAt: BigInt(Math.floor(Date.now() / 1_000) + 3_600),
      margin: 0,
      nonce: crypto.getRandomValues(new Uint8Array(16)),
      ...more,
    }
    return { mandate, publicKey: principal.publicKey, signature: principal.sign(mandateDigest(mandate)) }
  }

  async mandatedKeys(
    name: string,
    chain: readonly SignedMandate[],
    more: { clock?: () => number } = {},
  ): Promise<MandatedKeys> {
    const journal = Journal.open({
      directory: join(this.directory, name, 'audit'),
      sync: this.#options.sync ?? 'fdatasync',
    })
    const interceptor = await Interceptor.open({
      frame: this.frame,
      principal: addressFor('principal'),
      chain,
      seeds: { account: seed(`${name}/account`), channel: seed(`${name}/channel`) },
      journal,
      clock: more.clock ?? (() => Math.floor(Date.now() / 1_000)),
      validators: () => this.genesis.validators,
      disputeBond: this.genesis.parameters.disputeBond,
    })
    this.onClose(async () => {
      await interceptor.close()
      await journal.close()
    })
    return new MandatedKeys(interceptor)
  }

  async buyer(
    name = 'buyer',
    total: Amount = 100n * UNIT,
    options: Partial<BuyerOptions> = {},
  ): Promise<{ buyer: Buyer; keys: MandatedKeys }> {
    const keys = await this.mandatedKeys(name, [await this.mandate(name, total)])
    const buyer = await Buyer.open({
      client: await this.client(),
      keys,
      directory: join(this.directory, name),
      sync: this.#options.sync ?? 'fdatasync',
      ...options,
    })
    this.onClose(() => buyer.close())
    return { buyer, keys }
  }

  async close(): Promise<void> {
    for (const closer of this.#closers) await closer()
    await this.node.stop()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

function validatorKeys(): {
  address: Address
  vote: ReturnType<typeof bls.generateKeyPair>
  vrf: ReturnType<typeof vrf.generateKeyPair>
} {
  return {
    address: addressFor('validator'),
    vote: bls.generateKeyPair(seed('validator/vote')),
    vrf: vrf.generateKeyPair(seed('validator/vrf')),
  }
}

async function openNode(
  directory: string,
  genesis: Genesis,
  options: WorldOptions,
  port = 0,
): Promise<FrameNode> {
  const node = await FrameNode.open(
    {
      directory,
      genesis,
      host: '127.0.0.1',
      port,
      batchWindowMs: 1,
      heartbeatMs: options.heartbeatMs ?? 200,
      logLevel: 'error',
      verifierThreads: 0,
    },
    { keys: validatorKeys() },
  )
  await node.start()
  return node
}

/** Rows that are told apart: `index,value`. */
export function csv(rows: number): Uint8Array {
  let text = 'index,value\n'
  for (let i = 0; i < rows; i++) text += `${i},${(i * 7919) % 104729}\n`
  return new TextEncoder().encode(text)
}
