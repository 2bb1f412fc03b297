/** Scoring epochs in real blocks: fees, access guard, supply and tries around them; one history, whoever executes it. */
import { decode, type Hash } from '@symbolon/primitives'
import {
  BUCKETS,
  type ChannelState,
  channelId,
  channelStateDigest,
  DEFAULT_TRUST_PARAMETERS,
  openingState,
  type Payload,
  TRUST_STATUS,
  type TrustEpoch,
  trustEpoch,
  trustEpochKey,
  trustHead,
  trustHeadKey,
  verifyTrieProof,
} from '@symbolon/protocol'
import { computeEpoch, decodeInput } from '@symbolon/reputation'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createComponentPool, Ledger, type ProposedBlock } from '../../../src/index.ts'
import { readPages, scoringParametersOf } from '../../../src/modules/reputation/index.ts'
import { MemoryFlatState } from '../../../src/state/flat-state.ts'
import { auditSupply } from '../../../src/supply/audit.ts'
import { type Actor, actor, advance, genesisOf, pay, sign } from '../../frame.ts'
import { agent } from '../harness.ts'

const UNIT = 1_000_000_000n
const BOND = 10n * UNIT + 1n
const alice = actor('alice')
const bob = actor('bob')
const carol = actor('carol')
const channelKeyOf = (of: Actor) => agent([alice, bob, carol].indexOf(of), 1).key
const trust = {
  ...DEFAULT_TRUST_PARAMETERS,
  epochLength: 12n,
  publishWindow: 4n,
  challengeWindow: 4n,
  bond: BOND,
  anchors: [alice.address],
}
const GENESIS = genesisOf(
  [alice, bob, carol].map((one) => [one, 1_000n * UNIT]),
  { registrationBond: UNIT, trust },
)
const WRONG = new Uint8Array(32).fill(6) as Hash

class Chain {
  readonly state = new MemoryFlatState()
  readonly ledger: Ledger
  readonly blocks: ProposedBlock[] = []
  readonly #nonces = new Map<Actor, bigint>()

  constructor(options: object = {}) {
    this.ledger = Ledger.create({ genesis: GENESIS, state: this.state, ...options })
    this.state.apply(this.ledger.genesisBlock.changes)
  }

  nonce(of: Actor): bigint {
    return this.#nonces.get(of) ?? 0n
  }

  async block(...sending: [Actor, Payload][]): Promise<string[]> {
    const transactions = sending.map(([from, payload]) => {
      const nonce = this.nonce(from)
      this.#nonces.set(from, nonce + 1n)
      return sign(this.ledger, from, nonce, payload, { fee: UNIT, gasLimit: 30_000_000n })
    })
    const block = await advance(this.ledger, transactions)
    expect(block.skipped).toEqual([])
    this.state.apply(block.changes)
    this.blocks.push(block)
    return block.receipts.map(({ code }) => code)
  }

  async until(height: bigint): Promise<void> {
    while (this.ledger.height < height) await this.block()
  }

  async buy(from: Actor, to: Actor): Promise<void> {
    const keys = [channelKeyOf(from), channelKeyOf(to)]
    const terms = {
      parties: [from.address, to.address],
      keys: keys.map(({ publicKey }) => publicKey),
      deposits: [100n, 0n],
      reserve: 0n,
      challengePeriod: 2n,
      nonce: this.nonce(from),
    }
    const signed = (state: ChannelState) => {
      const digest = channelStateDigest(this.ledger.frame, state)
      return { state, signatures: keys.map((key) => key.sign(digest)) }
    }
    const opening = openingState(this.ledger.frame, terms)
    const { signatures } = signed(opening)
    expect(await this.block([from, { kind: 'channels.open', body: { terms, signatures } }])).toEqual(['OK'])
    const channel = channelId(this.ledger.frame, terms)
    const final = signed({ ...opening, sequence: 1n, final: true, balances: [60n, 40n] })
    expect(
      await this.block([from, { kind: 'channels.closeCooperative', body: { channel, ...final } }]),
    ).toEqual(['OK'])
  }

  record(epoch: bigint): TrustEpoch {
    return decode(trustEpoch, this.ledger.get('reputation', trustEpochKey(epoch)) as Uint8Array)
  }

  publication(epoch: bigint, root: Hash): Payload {
    const { inputDigest, parametersDigest, nodes: count } = this.record(epoch)
    return { kind: 'reputation.publish', body: { epoch, root, inputDigest, parametersDigest, count } }
  }

  challenge(epoch: bigint, root: Hash): Payload {
    const { slot, nodes, edges } = this.record(epoch)
    return { kind: 'reputation.challenge', body: { epoch, slot, nodes, edges, root } }
  }

  computed(epoch: bigint): Hash {
    const pages = readPages((namespace, key) => this.ledger.get(namespace, key), this.record(epoch))
    return computeEpoch(this.ledger.frame, decodeInput(Number(epoch), pages), scoringParametersOf(trust)).root
  }

  bucket(name: (typeof BUCKETS)[number]): bigint {
    return this.ledger.supply.buckets[BUCKETS.indexOf(name)] ?? 0n
  }
}

/** Registers, trades, publishes a wrong root in epoch 0, has it challenged, and goes on into epoch 1. */
async function history(chain: Chain): Promise<void> {
  const register = (of: Actor): Payload => ({
    kind: 'identity.register',
    body: {
      profile: { capabilities: [], services: [], channelKey: channelKeyOf(of).publicKey },
      bond: UNIT,
    },
  })
  expect(await chain.block([alice, register(alice)], [bob, register(bob)])).toEqual(['OK', 'OK'])
  await chain.buy(alice, bob)
  await chain.until(11n)
  const right = chain.computed(0n)
  expect(
    await chain.block([carol, chain.publication(0n, WRONG)], [bob, chain.publication(0n, right)]),
  ).toEqual(['OK', 'TRUST_PUBLISHED'])
  expect(chain.bucket('escrow')).toBe(BOND)
  expect(
    await chain.block(
      [bob, chain.challenge(0n, right)],
      [alice, pay(bob, 1n)],
      [carol, chain.challenge(0n, WRONG)],
    ),
  ).toEqual(['OK', 'OK', 'TRUST_FINAL'])
  expect(chain.bucket('escrow')).toBe(0n)
  await chain.buy(bob, alice)
  await chain.until(23n)
  expect(await chain.block([bob, chain.publication(1n, chain.computed(1n))])).toEqual(['OK'])
  await chain.until(30n)
}

describe('a history with a wrong root', () => {
  it('ends with the right one, and with every unit accounted for', async () => {
    const chain = new Chain()
    await history(chain)
    expect(chain.record(0n)).toMatchObject({ status: TRUST_STATUS.final, computed: true })
    expect(chain.record(1n)).toMatchObject({ status: TRUST_STATUS.final, computed: false })
    expect(chain.ledger.supply.destroyed).toBe(BOND - BOND / 2n)
    const { findings } = auditSupply({
      events: [chain.ledger.genesisBlock, ...chain.blocks].flatMap(({ events }) => events),
      state: chain.state,
      claimed: chain.ledger.supply,
    })
    expect(findings).toEqual([])
  })

  it('the head of scoring is proven under the state root', async () => {
    const chain = new Chain()
    await history(chain)
    const value = chain.ledger.get('reputation', trustHeadKey()) as Uint8Array
    expect(decode(trustHead, value).final).toMatchObject({ epoch: 1n, root: chain.record(1n).root })
    const root = chain.ledger.namespaceRoots[4] as Hash
    verifyTrieProof(root, trustHeadKey(), value, chain.ledger.prove('reputation', trustHeadKey()))
  })

  it('re-executes to the same roots, also where challenges run on threads', async () => {
    const chain = new Chain()
    await history(chain)
    const pool = createComponentPool({ workers: 2, componentGasMin: 1n })
    onTestFinished(() => pool.close())
    const other = Ledger.create({ genesis: GENESIS, executor: pool })
    for (const { block, header } of chain.blocks) {
      const executed = await other.apply(block)
      expect(executed.header).toEqual(header)
      other.commit(executed)
    }
    expect(pool.fallbacks).toBe(0)
    expect(other.headHash).toEqual(chain.ledger.headHash)
  })

  it('goes on from the middle: a ledger rebuilt from the flat state after the publication decides the same', async () => {
    const chain = new Chain()
    await history(chain)
    const state = new MemoryFlatState()
    const first = Ledger.create({ genesis: GENESIS, state })
    state.apply(first.genesisBlock.changes)
    const published = chain.blocks.findIndex(({ events }) =>
      events.some(({ type }) => type === 'reputation.published'),
    )
    for (const { block } of chain.blocks.slice(0, published + 1)) {
      const executed = await first.apply(block)
      first.commit(executed)
      state.apply(executed.changes)
    }
    const second = Ledger.create({ genesis: GENESIS, state, head: first.head })
    for (const { block } of chain.blocks.slice(published + 1)) second.commit(await second.apply(block))
    expect(second.headHash).toEqual(chain.ledger.headHash)
  })
})
