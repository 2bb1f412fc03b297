/**
 * Scoring epochs on running nodes: a buyer's purchases become scores that a light client proves and a third party recomputes from
 * what the node hands out; wrong roots, lying answers and kills change nothing of it.
 */
import { cpSync } from 'node:fs'
import { basename, join } from 'node:path'
import { asHash, equalBytes } from '@symbolon/primitives'
import {
  type ChannelState,
  channelId,
  channelStateDigest,
  DEFAULT_TRUST_PARAMETERS,
  frameId,
  openingState,
  type Payload,
  TRUST_DIMENSION_NAMES,
  TRUST_STATUS,
  type TrustEpoch,
} from '@symbolon/protocol'
import { TRUST_DIMENSIONS } from '@symbolon/reputation'
import { describe, expect, it } from 'vitest'
import type { FrameNode } from '../src/index.ts'
import {
  type Actor,
  actor,
  alice,
  bob,
  call,
  carol,
  codeOf,
  ENDOWMENT,
  execute,
  genesisOf,
  nobody,
  pay,
  sign,
  startNode,
  temporaryFolder,
  UNIT,
  until,
} from './frame.ts'

const validator = actor('validator')
const BOND = UNIT
const GENESIS = (() => {
  const genesis = genesisOf({
    trust: {
      ...DEFAULT_TRUST_PARAMETERS,
      epochLength: 16n,
      publishWindow: 6n,
      challengeWindow: 6n,
      bond: BOND,
      stakeMin: 0n,
      stakeCap: 2n * UNIT,
      anchors: [alice.address],
    },
  })
  return {
    ...genesis,
    allocations: [...genesis.allocations, { address: validator.address, amount: ENDOWMENT }],
  }
})()
const FRAME = frameId(GENESIS)
const PUBLISHING = {
  account: { publicKey: validator.keys.publicKey, sign: (digest: Uint8Array) => validator.keys.sign(digest) },
}
const WRONG = asHash(new Uint8Array(32).fill(9))

const channelKeysOf = (of: Actor) => actor(`${of.address} channels`).keys

/** A node whose actors act by name; each call is one block. */
class Market {
  readonly node: FrameNode
  readonly #nonces = new Map<Actor, bigint>()

  constructor(node: FrameNode) {
    this.node = node
  }

  async send(from: Actor, payload: Payload, gasLimit = 10_000_000n): Promise<string> {
    const { nextNonce } = await call(this.node, 'account.get', { address: from.address })
    const nonce = this.#nonces.get(from) ?? nextNonce
    this.#nonces.delete(from)
    const change = { frame: FRAME, gasLimit, fee: gasLimit > UNIT / 100n ? gasLimit : UNIT / 100n }
    return (await execute(this.node, sign(from, nonce, payload, change))).code
  }

  async register(...actors: Actor[]): Promise<void> {
    for (const one of actors) {
      const profile = { capabilities: ['data.rows'], services: [], channelKey: channelKeysOf(one).publicKey }
      expect(await this.send(one, { kind: 'identity.register', body: { profile, bond: UNIT } })).toBe('OK')
    }
  }

  async buy(from: Actor, to: Actor): Promise<ReturnType<typeof channelId>> {
    const keys = [from, to].map(channelKeysOf)
    const { nextNonce } = await call(this.node, 'account.get', { address: from.address })
    const terms = {
      parties: [from.address, to.address],
      keys: keys.map(({ publicKey }) => publicKey),
      deposits: [100n, 0n],
      reserve: 0n,
      challengePeriod: 2n,
      nonce: nextNonce,
    }
    const signed = (state: ChannelState) => {
      const digest = channelStateDigest(FRAME, state)
      return { state, signatures: keys.map((key) => key.sign(digest)) }
    }
    const opening = openingState(FRAME, terms)
    const { signatures } = signed(opening)
    expect(await this.send(from, { kind: 'channels.open', body: { terms, signatures } })).toBe('OK')
    const channel = channelId(FRAME, terms)
    const final = signed({ ...opening, sequence: 1n, final: true, balances: [60n, 40n] })
    expect(await this.send(from, { kind: 'channels.closeCooperative', body: { channel, ...final } })).toBe(
      'OK',
    )
    return channel
  }

  get height(): bigint {
    return this.node.store.ledger.height
  }

  /** Makes blocks, one transfer each, until the height; lets the epoch job finish whenever it has work. */
  async until(height: bigint): Promise<void> {
    while (this.height < height) {
      expect(await this.send(carol, pay(nobody, 1n))).toBe('OK')
      await this.node.scores.settled()
    }
  }

  async epoch(): Promise<TrustEpoch> {
    const { record } = await call(this.node, 'reputation.epoch', {})
    if (record === undefined) throw new Error('no epoch is sealed')
    return record
  }
}

async function market(config: { publishScores?: boolean; directory?: string } = {}): Promise<Market> {
  const node = await startNode(
    { genesis: GENESIS, ...config },
    config.publishScores === true ? PUBLISHING : {},
  )
  return new Market(node)
}

/** Alice and Bob trade, and the epoch is sealed. */
async function traded(config: { publishScores?: boolean; directory?: string } = {}): Promise<Market> {
  const frame = await market(config)
  await frame.register(alice, bob)
  const channel = await frame.buy(alice, bob)
  expect(
    await frame.send(alice, {
      kind: 'reputation.attest',
      body: { channel, rating: 900_000, latencyMs: 12, subject: bob.address },
    }),
  ).toBe('OK')
  await frame.until(15n)
  await frame.node.scores.settled()
  return frame
}

const publication = (
  { epoch, inputDigest, parametersDigest, nodes }: TrustEpoch,
  root: TrustEpoch['inputDigest'],
): Payload => ({
  kind: 'reputation.publish',
  body: { epoch, inputDigest, parametersDigest, root, count: nodes },
})

const metric = async (frame: Market, name: string): Promise<number> => {
  const text = await (await fetch(`${frame.node.url}/metrics`)).text()
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  return line === undefined ? Number.NaN : Number(line.slice(name.length + 1))
}

describe('the epoch job', () => {
  it('publishes by itself, and the scores become final and searchable', async () => {
    const frame = await traded({ publishScores: true })
    expect((await call(frame.node, 'reputation.score', { did: bob.address })).score).toBeUndefined()
    const query = { capability: 'data.rows', minTrust: 1 }
    expect((await call(frame.node, 'identity.search', query)).hits).toEqual([])
    await until(async () => (await frame.epoch()).status === TRUST_STATUS.published)
    await frame.until(30n)
    expect(await frame.epoch()).toMatchObject({ epoch: 0n, status: TRUST_STATUS.final, computed: false })
    const { score, epoch } = await call(frame.node, 'reputation.score', { did: bob.address })
    expect(epoch).toBe(0n)
    // One task of five and a half, half of the stake that counts in full.
    expect(score).toMatchObject({
      success: 1_000_000,
      latency: 1_000_000,
      disputes: 1_000_000,
      experience: 166_666,
      stake: 500_000,
    })
    expect(score?.standing).toBe(Math.floor((166_666 * 9 * 1_000_000 + 1_000_000 * 500_000) / 10_000_000))
    const { hits } = await call(frame.node, 'identity.search', {
      ...query,
      minTrust: score?.eigenTrust as number,
      proofs: true,
    })
    expect(hits.some(({ did }) => equalBytes(did, bob.address))).toBe(true)
    for (const { trust } of hits) expect(trust).toBeGreaterThanOrEqual(score?.eigenTrust as number)
    const byLatency = { capability: 'data.rows', minTrust: 1, trustDimension: 'latency' as const }
    expect((await call(frame.node, 'identity.search', byLatency)).hits.map(({ did }) => did)).toEqual([
      bob.address,
    ])
    // The bond is back: what the validator has lost is the fee, which it got itself.
    expect(
      (await call(frame.node, 'account.get', { address: validator.address })).balance,
    ).toBeGreaterThanOrEqual(ENDOWMENT)
    expect(await metric(frame, 'symbolon_trust_mismatch')).toBe(0)
    expect(await metric(frame, 'symbolon_trust_agents{dimension="latency",decile="9"}')).toBe(1)
    expect(await metric(frame, 'symbolon_trust_agents{dimension="latency",decile="0"}')).toBe(1)
    expect(await metric(frame, 'symbolon_trust_gini{dimension="latency"}')).toBe(0.5)
  })

  it('needs the account to publish', async () => {
    expect(
      await codeOf(
        startNode({ genesis: GENESIS, publishScores: true }).catch((error: { code: string }) =>
          Promise.reject(new Error(error.code)),
        ),
      ),
    ).toBe('NODE_ACCOUNT_MISSING')
  })

  it('challenges a wrong root that somebody else published first, and is paid for it', async () => {
    const frame = await market({ publishScores: true })
    // A node that publishes loses the race here: its submissions are held back until somebody was faster.
    const { mempool } = frame.node
    const add = mempool.add.bind(mempool)
    let held = true
    mempool.add = (candidate) => {
      if (
        held &&
        candidate.transaction.body.payload.kind === 'reputation.publish' &&
        equalBytes(candidate.transaction.body.sender, validator.address)
      )
        throw Object.assign(new Error('held back'))
      return add(candidate)
    }
    await frame.register(alice, bob)
    await frame.buy(alice, bob)
    await frame.until(15n)
    await until(async () => (await call(frame.node, 'reputation.epoch', {})).record !== undefined)
    expect(await frame.send(carol, publication(await frame.epoch(), WRONG))).toBe('OK')
    held = false
    await until(async () => (await frame.epoch()).status === TRUST_STATUS.final)
    expect(await frame.epoch()).toMatchObject({ computed: true })
    expect((await frame.epoch()).root).not.toEqual(WRONG)
    const { balance } = await call(frame.node, 'account.get', { address: validator.address })
    expect(balance).toBeGreaterThanOrEqual(ENDOWMENT + BOND / 2n)
    expect(await metric(frame, 'symbolon_slashes_total{kind="publication"}')).toBe(1)
    expect((await call(frame.node, 'supply.get', {})).supply.destroyed).toBe(BOND / 2n)
    const { head } = await call(frame.node, 'reputation.epoch', {})
    expect(head?.final?.root).toEqual((await frame.epoch()).root)
    expect((await frame.node.store.verify()).supplyDelta).toBe(0n)
  })

  it('sends again, for more, what was accepted and then lost its place: accepted is not included', async () => {
    const frame = await market({ publishScores: true })
    const { mempool } = frame.node
    const add = mempool.add.bind(mempool)
    const prices: bigint[] = []
    // As if somebody flooded the pool with what pays better.
    mempool.add = (candidate) => {
      const left = add(candidate)
      const { payload, fee, gasLimit } = candidate.transaction.body
      if (payload.kind === 'reputation.publish') {
        prices.push((1_000n * fee) / gasLimit)
        if (prices.length < 3) mempool.discard(candidate.id)
      }
      return left
    }
    await frame.register(alice, bob)
    await frame.buy(alice, bob)
    await frame.until(20n)
    expect((await frame.epoch()).status).toBe(TRUST_STATUS.published)
    const [least = 0n] = prices
    expect(prices).toEqual([least, 2n * least, 4n * least])
    expect(least).toBe(1_000n)
  })

  it('stops sending what is refused, however many blocks follow', async () => {
    const frame = await market({ publishScores: true })
    await frame.register(alice, bob)
    await frame.buy(alice, bob)
    // What it holds pays the fee and not the bond.
    const { nextNonce } = await call(frame.node, 'account.get', { address: validator.address })
    const rest = UNIT / 2n
    const { balance } = await call(frame.node, 'account.get', { address: validator.address })
    const { code } = await execute(
      frame.node,
      sign(validator, nextNonce, pay(nobody, balance - rest - UNIT / 100n), {
        frame: FRAME,
        gasLimit: 10_000_000n,
        fee: UNIT / 100n,
      }),
    )
    expect(code).toBe('OK')
    const { mempool } = frame.node
    const add = mempool.add.bind(mempool)
    let sent = 0
    mempool.add = (candidate) => {
      if (candidate.transaction.body.payload.kind === 'reputation.publish') sent++
      return add(candidate)
    }
    await frame.until(40n)
    // The pool sees that the bond is not covered: five attempts at most, after 1, 2, 4 and 8 blocks.
    expect(sent).toBeLessThanOrEqual(5)
    expect((await frame.epoch()).status).toBe(TRUST_STATUS.missed)
  })

  it('an epoch is not missed because computing it failed once', async () => {
    const frame = await market({ publishScores: true })
    const { epochSeconds } = frame.node.metrics
    const observe = epochSeconds.observe.bind(epochSeconds)
    let failures = 0
    epochSeconds.observe = ((seconds: number) => {
      if (failures++ === 0) throw new Error('the thread died')
      observe(seconds)
    }) as typeof observe
    await frame.register(alice, bob)
    await frame.buy(alice, bob)
    await frame.until(22n)
    expect(failures).toBeGreaterThan(0)
    expect((await frame.epoch()).status).toBe(TRUST_STATUS.published)
  })

  it('serves nothing under a final root that it cannot reproduce, and says so', async () => {
    const frame = await traded()
    expect(await frame.send(carol, publication(await frame.epoch(), WRONG))).toBe('OK')
    await frame.until(30n)
    await frame.node.scores.settled()
    expect((await frame.epoch()).status).toBe(TRUST_STATUS.final)
    expect(await codeOf(call(frame.node, 'reputation.score', { did: bob.address }))).toBe('SCORES_MISMATCH')
    const query = { capability: 'data.rows', minTrust: 1 }
    expect(await codeOf(call(frame.node, 'identity.search', query))).toBe('SCORES_MISMATCH')
    expect(await metric(frame, 'symbolon_trust_mismatch')).toBe(1)
  })
})

describe('what a node hands out', () => {
  it('pages of epochs that it knows, and nothing else', async () => {
    const frame = await traded()
    const { epoch } = await frame.epoch()
    expect((await call(frame.node, 'reputation.input', { epoch, part: 'nodes', page: 0 })).page).toHaveLength(
      2 * 112,
    )
    expect(
      (await call(frame.node, 'reputation.input', { epoch, part: 'edges', page: 1 })).page,
    ).toBeUndefined()
    expect(await codeOf(call(frame.node, 'reputation.input', { epoch: 9n, part: 'nodes', page: 0 }))).toBe(
      'EPOCH_UNKNOWN',
    )
  })

  it('names the dimensions as the computation does', () => {
    expect(TRUST_DIMENSION_NAMES).toEqual(TRUST_DIMENSIONS)
  })

  it('REST: the trust score of a DID', async () => {
    const frame = await traded()
    const { did } = (await (await fetch(`${frame.node.url}/rpc/identity/search?capability=data.rows`)).json())
      .hits[0]
    const answer = await (await fetch(`${frame.node.url}/reputation/${did}/trust-score`)).json()
    expect(answer).toMatchObject({ head: { namespace: 'reputation' } })
    const refused = await fetch(`${frame.node.url}/rpc/identity/search?capability=data.rows&min_trust=2`)
    expect(refused.status).toBe(400)
  })
})

describe('a node that ends between publication and finality', () => {
  it('comes back with the same epoch, finishes it, and serves the same scores', async () => {
    const directory = temporaryFolder()
    const before = await traded({ publishScores: true, directory })
    await until(async () => (await before.epoch()).status === TRUST_STATUS.published)
    const record = await before.epoch()
    // What a crash leaves: the folder as it is at this moment, with nothing closed.
    const left = join(temporaryFolder(), 'crashed')
    cpSync(directory, left, { recursive: true, filter: (path) => basename(path) !== 'lock' })
    await before.node.stop()
    const after = await market({ publishScores: true, directory: left })
    await until(async () => (await after.epoch()).status === TRUST_STATUS.published)
    expect(await after.epoch()).toEqual(record)
    await after.until(30n)
    await after.node.scores.settled()
    const final = await after.epoch()
    expect(final).toMatchObject({ status: TRUST_STATUS.final, root: record.publication?.root })
    // The whole history again from the log: the same state, the same supply.
    const audit = await after.node.store.verify()
    expect(audit).toMatchObject({ height: after.height, supplyDelta: 0n })
    const { score } = await call(after.node, 'reputation.score', { did: bob.address })
    await after.node.stop()
    const again = await market({ directory: left })
    await again.node.scores.settled()
    expect((await call(again.node, 'reputation.score', { did: bob.address })).score).toEqual(score)
  })
})
