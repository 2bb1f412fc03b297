/**
 * The real ledger in memory, one block per transaction, behind the channel engine's view of it; beside it, on demand, the ledger that
 * the channel tests simulate, given the same transactions at the same heights. Where the two differ, `differences` says so.
 */

import {
  ChannelHost,
  type ChannelHostOptions,
  type ChannelLedger,
  ChannelStore,
  type Cofunding,
} from '@symbolon/channels'
import { Journal } from '@symbolon/journal'
import { SimulatedFileSystem } from '@symbolon/journal/simulation'
import { genesisSeed, Ledger, TransactionCandidate } from '@symbolon/ledger'
import { installNativeProviders } from '@symbolon/native'
import {
  type Address,
  type Amount,
  addressOf,
  BASE_UNITS_PER_UNIT,
  decode,
  domainDigest,
  Ed25519KeyPair,
  encode,
  equalBytes,
  type Hash,
  hashKey,
  sha256,
  utf8,
} from '@symbolon/primitives'
import {
  type ChannelRecord,
  channelId,
  channelKey,
  channelRecord,
  DEFAULT_PARAMETERS,
  type Parameters,
  type Payload,
  signTransaction,
  type Transaction,
  type TransactionBody,
  transactionBody,
  transactionId,
  transactionSignature,
} from '@symbolon/protocol'
import { SimulatedLedger } from '../../packages/channels/test/simulated-ledger.ts'

installNativeProviders()

export const UNIT = BASE_UNITS_PER_UNIT
export const seedOf = (name: string): Uint8Array => sha256(utf8(name))
const accountOf = (name: string): Ed25519KeyPair => new Ed25519KeyPair(seedOf(`${name} account`))
const GAS_LIMIT = 100_000_000n
/** At the minimum gas price of one base unit per gas. */
const FEE = GAS_LIMIT

type Listener = (record: ChannelRecord, height: bigint) => void

export class MemoryFrame {
  readonly ledger: Ledger
  readonly simulated: SimulatedLedger
  readonly differences: string[] = []
  readonly #proposer: Address
  readonly #listeners = new Map<string, Set<Listener>>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(names: readonly string[], parameters: Partial<Parameters> = {}) {
    this.#proposer = addressOf(accountOf('validator').publicKey)
    this.ledger = Ledger.create({
      genesis: {
        name: 'channels',
        salt: new Uint8Array(32),
        parameters: { ...DEFAULT_PARAMETERS, ...parameters },
        validators: [
          {
            address: this.#proposer,
            voteKey: new Uint8Array(48),
            possession: new Uint8Array(96),
            vrfKey: new Uint8Array(32),
            stake: 1n,
            reputation: 1_000_000,
          },
        ],
        allocations: names.map((name) => ({
          address: addressOf(accountOf(name).publicKey),
          amount: 1_000n * UNIT,
        })),
      },
    })
    this.simulated = new SimulatedLedger(this.ledger.frame, this.ledger.height)
    const { challengeExtension, disputeBond } = this.ledger.genesis.parameters
    this.simulated.challengeExtension = challengeExtension
    this.simulated.bond = disputeBond
  }

  balance(name: string): Amount {
    return this.ledger.account(addressOf(accountOf(name).publicKey)).balance
  }

  record(id: Hash): ChannelRecord | undefined {
    const stored = this.ledger.get('channels', channelKey(id))
    return stored === undefined ? undefined : decode(channelRecord, stored)
  }

  /** The next free nonce of an account. */
  nonce(name: string): bigint {
    return this.ledger.account(addressOf(accountOf(name).publicKey)).nonce
  }

  body(name: string, payload: Payload, coSigners?: readonly Address[]): TransactionBody {
    return {
      frame: this.ledger.frame,
      sender: addressOf(accountOf(name).publicKey),
      nonce: this.nonce(name),
      fee: FEE,
      gasLimit: GAS_LIMIT,
      validUntil: this.ledger.height + 100n,
      payload,
      ...(coSigners === undefined ? {} : { coSigners: [...coSigners] }),
    }
  }

  submit(name: string, payload: Payload): Promise<{ height: bigint; code: string }> {
    return this.#inTurn(async () => {
      const signed = await signTransaction(this.body(name, payload), [accountOf(name)])
      return this.#execute(signed)
    })
  }

  submitSigned(signed: Transaction): Promise<{ height: bigint; code: string }> {
    return this.#inTurn(() => this.#execute(signed))
  }

  /** Empty blocks; every block is told to whoever follows a channel, as a node's heights are. */
  async advance(blocks = 1n): Promise<void> {
    for (let i = 0n; i < blocks; i++) {
      await this.#inTurn(() => this.#block([]))
      await turns()
    }
  }

  async advanceTo(height: bigint): Promise<void> {
    while (this.ledger.height < height) await this.advance()
  }

  subscribe(id: Hash, listener: Listener): () => void {
    const key = hashKey(id)
    const set = this.#listeners.get(key) ?? new Set()
    this.#listeners.set(key, set.add(listener))
    return () => set.delete(listener)
  }

  async #execute(signed: Transaction): Promise<{ height: bigint; code: string }> {
    const { receipts, skipped } = await this.#block([TransactionCandidate.of(signed)])
    const code = receipts[0]?.code ?? skipped[0]?.code ?? 'SKIPPED'
    const { payload } = signed.body
    const expected = (await this.simulated.submit(payload)).code
    if (expected !== code) this.differences.push(`${payload.kind}: ledger ${code}, simulated ${expected}`)
    else this.#compare(payload)
    this.#notify()
    return { height: this.ledger.height, code }
  }

  async #block(transactions: TransactionCandidate[]) {
    const block = await this.ledger.propose({
      transactions,
      proposer: this.#proposer,
      timestamp: this.ledger.height + 1n,
      height: this.ledger.height + 1n,
      round: 0,
      seed: genesisSeed(this.ledger.frame),
      vrfProof: new Uint8Array(80),
    })
    this.ledger.commit(block)
    this.simulated.advance()
    if (transactions.length === 0) this.#notify()
    return block
  }

  /** The whole record, but for the name of the closing transaction, which the simulated ledger has none of. */
  #compare(payload: Payload): void {
    const id =
      payload.kind === 'channels.open'
        ? channelId(this.ledger.frame, payload.body.terms)
        : (payload.body as { channel: Hash }).channel
    const { closing: _, ...real } = this.record(id) ?? {}
    const simulated = this.simulated.records.get(hashKey(id))
    if (simulated === undefined || !equalBytes(encodeRecord(real), encodeRecord(simulated)))
      this.differences.push(`${payload.kind}: the records differ at height ${this.ledger.height}`)
  }

  #notify(): void {
    for (const [key, set] of this.#listeners) {
      const record = this.record(Uint8Array.from(key, (c) => c.charCodeAt(0)) as Hash)
      if (record === undefined) continue
      for (const listener of set) queueMicrotask(() => listener(record, this.ledger.height))
    }
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const running = this.#turn.then(run)
    this.#turn = running.catch(() => {})
    return running
  }
}

const encodeRecord = (record: Partial<ChannelRecord>): Uint8Array =>
  encode(channelRecord, record as ChannelRecord)

/** One account's view of the frame. */
export function ledgerOf(frame: MemoryFrame, name: string): ChannelLedger {
  const account = accountOf(name)
  const cofunding: Cofunding = {
    prepare: async (payload) =>
      encode(transactionBody, frame.body(name, payload, payload.body.terms.parties.slice(1))),
    cosign: async (bytes) => {
      const body = decode(transactionBody, bytes)
      const signature = account.sign(transactionId(body))
      return encode(transactionSignature, { publicKey: account.publicKey, signature })
    },
    submit: async (bytes, cosignature) => {
      const signed = await signTransaction(decode(transactionBody, bytes), [account])
      signed.signatures.push(decode(transactionSignature, cosignature))
      return frame.submitSigned(signed)
    },
  }
  return {
    frame: frame.ledger.frame,
    challengeExtension: frame.ledger.genesis.parameters.challengeExtension,
    cofunding,
    height: () => frame.ledger.height,
    channel: async (id) => frame.record(id),
    subscribe: (id, listener) => frame.subscribe(id, listener),
    submit: (payload) => frame.submit(name, payload),
  }
}

/** An agent with its journal in memory. */
export function hostOf(
  frame: MemoryFrame,
  name: string,
  options: Partial<ChannelHostOptions> = {},
): ChannelHost {
  const keys = new Ed25519KeyPair(seedOf(`${name} channel`))
  return new ChannelHost({
    store: ChannelStore.open(
      Journal.open({ directory: `/${name}`, fileSystem: new SimulatedFileSystem(), salt: () => 1 }),
    ),
    ledger: ledgerOf(frame, name),
    signer: {
      publicKey: keys.publicKey,
      signState: ({ digest }) => keys.sign(digest),
      signHello: (id, hello) => keys.sign(domainDigest('channel-hello', id, hello)),
    },
    address: addressOf(accountOf(name).publicKey),
    secret: seedOf(`${name} secret`),
    acceptOffer: () => {},
    ...options,
  })
}

/** Lets everything in flight arrive. */
export async function turns(count = 30): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}
