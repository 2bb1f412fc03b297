/** Every method against a running node with real transactions; what it proves is checked from the genesis alone. */
import { asHash, decode, equalBytes, formatDid, sha256, utf8 } from '@symbolon/primitives'
import {
  accountKey,
  accountRecord,
  CHANNEL_STATUS,
  capabilityPrefix,
  channelId,
  channelStateDigest,
  DEFAULT_PARAMETERS,
  frameId,
  identityKey,
  METHODS,
  namespaceRoot,
  openingState,
  type Payload,
  stateRoot,
  verifyCheckpoint,
  verifyPrefixProof,
  verifyStateProof,
  verifyTransactionProof,
} from '@symbolon/protocol'
import { describe, expect, it } from 'vitest'
import {
  actor,
  alice,
  bob,
  call,
  carol,
  codeOf,
  ENDOWMENT,
  execute,
  FEE,
  FRAME,
  GENESIS,
  genesisOf,
  nobody,
  pay,
  sign,
  startNode,
  submit,
  UNIT,
} from './frame.ts'

const profile = { capabilities: ['data.rows'], domain: 'weather.example', services: [] }
const register: Payload = { kind: 'identity.register', body: { profile, bond: UNIT } }
const CHANNEL_KEYS = [actor('alice channel').keys, actor('bob channel').keys]

describe('accounts and transactions', () => {
  it('transfers, and answers with receipt, nonce and balance', async () => {
    const node = await startNode()
    const transaction = sign(alice, 0n, pay(nobody, 5n))
    const { id, receipt, height } = await submit(node, transaction)
    expect(equalBytes(id, transaction.id)).toBe(true)
    expect(receipt?.code).toBe('OK')
    expect(height).toBe(1n)
    expect((await call(node, 'account.get', { address: nobody.address })).balance).toBe(5n)
    const own = await call(node, 'account.get', { address: alice.address })
    expect(own.nonce).toBe(1n)
    expect(own.nextNonce).toBe(1n)
    expect(own.balance).toBe(ENDOWMENT - 5n - (receipt?.feeCharged ?? 0n))
    expect(receipt?.feeCharged).toBeLessThanOrEqual(FEE)
  })

  it('transfers in batches, all or none', async () => {
    const node = await startNode()
    const batch = (amount: bigint): Payload => ({
      kind: 'accounts.transferBatch',
      body: { transfers: [bob, nobody].map(({ address: to }) => ({ to, amount })) },
    })
    expect((await execute(node, sign(alice, 0n, batch(7n)))).code).toBe('OK')
    expect((await call(node, 'account.get', { address: nobody.address })).balance).toBe(7n)
    expect(await codeOf(submit(node, sign(alice, 1n, batch(ENDOWMENT))))).toBe('INSUFFICIENT_BALANCE')
    expect((await call(node, 'account.get', { address: nobody.address })).balance).toBe(7n)
  })

  it('finds and proves a transaction; the proof needs nothing but the genesis', async () => {
    const node = await startNode({ batchWindowMs: 30 })
    const sent = [
      sign(alice, 0n, pay(bob, 1n)),
      sign(bob, 0n, pay(carol, 2n)),
      sign(carol, 0n, pay(alice, 3n)),
    ]
    await Promise.all(sent.map((one) => submit(node, one)))
    for (const { id } of sent) {
      const proof = await call(node, 'transaction.prove', { id })
      expect(proof.transactionInclusion.size).toBe(3)
      verifyTransactionProof(FRAME, GENESIS.validators, proof)
      const forged = { ...proof, receipt: { ...proof.receipt, code: 'FORGED' } }
      expect(() => verifyTransactionProof(FRAME, GENESIS.validators, forged)).toThrow(/receipt/)
      const found = await call(node, 'transaction.get', { id })
      expect(found).toMatchObject({ pending: false, height: 1n })
    }
    expect(await codeOf(call(node, 'transaction.prove', { id: FRAME }))).toBe('TRANSACTION_UNKNOWN')
    expect(await call(node, 'transaction.get', { id: FRAME })).toEqual({ pending: false })
  })

  it('shows what waits', async () => {
    const node = await startNode()
    const ahead = sign(alice, 1n, pay(bob, 1n))
    await submit(node, ahead, 'accepted')
    const found = await call(node, 'transaction.get', { id: ahead.id })
    expect(found).toMatchObject({ pending: true })
    expect(found.receipt).toBeUndefined()
    expect((await call(node, 'frame.info', {})).pending).toBe(1)
  })
})

describe('the frame', () => {
  it('says what it is, and its checkpoints verify from the genesis on', async () => {
    const node = await startNode()
    const transaction = sign(alice, 0n, pay(bob, 1n))
    await submit(node, transaction)
    const info = await call(node, 'frame.info', {})
    expect(info).toMatchObject({ name: 'test', height: 1n, epoch: 0n, pending: 0 })
    expect(equalBytes(info.frame, FRAME)).toBe(true)
    expect(await call(node, 'frame.genesis', {})).toEqual(GENESIS)
    const latest = await call(node, 'checkpoint.latest', {})
    const block = await call(node, 'block.get', { height: 1n })
    expect(block.checkpoint).toEqual(latest.checkpoint)
    expect(block.transactions).toEqual([transaction.id])
    for (const height of [0n, 1n]) {
      const { checkpoint } = await call(node, 'block.get', { height })
      verifyCheckpoint(FRAME, checkpoint, GENESIS.validators)
    }
    expect(await codeOf(call(node, 'block.get', { height: 2n }))).toBe('BLOCK_UNKNOWN')
  })

  it('accounts for every base unit', async () => {
    const node = await startNode()
    await submit(node, sign(alice, 0n, register))
    const supply = await call(node, 'supply.get', {})
    expect(supply).toMatchObject({ circulating: 3n * ENDOWMENT, delta: '0', height: 1n })
    expect(supply.supply.buckets.reduce((sum, one) => sum + one, 0n)).toBe(3n * ENDOWMENT)
  })

  it('lists events by type and subject, page by page', async () => {
    const node = await startNode()
    for (let nonce = 0n; nonce < 5n; nonce++) await submit(node, sign(alice, nonce, pay(bob, 1n + nonce)))
    await submit(node, sign(carol, 0n, pay(nobody, 9n)))
    const type = (await call(node, 'event.list', { fromHeight: 1n, limit: 1 })).events[0]?.type
    expect(type).toMatch(/^accounts\./)
    const seen = []
    let cursor: string | undefined
    do {
      const page = await call(node, 'event.list', {
        fromHeight: 1n,
        subject: asHash(bob.address),
        limit: 2,
        ...(type === undefined ? {} : { type }),
        ...(cursor === undefined ? {} : { cursor }),
      })
      expect(page.events.length).toBeLessThanOrEqual(2)
      seen.push(...page.events)
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(seen.map((event) => event.height)).toEqual([1n, 2n, 3n, 4n, 5n])
    expect((await call(node, 'event.list', { fromHeight: 1n, type: 'no.such' })).events).toEqual([])
    // Asking for what has not happened yet is polling, not an error.
    expect((await call(node, 'event.list', { fromHeight: 99n })).events).toEqual([])
    expect(await codeOf(call(node, 'event.list', { fromHeight: 0n, toHeight: 10_001n }))).toBe(
      'RANGE_TOO_WIDE',
    )
    for (const subject of [undefined, asHash(bob.address)])
      for (const forged of ['x', '-1', '1e9', '9.9.9', '99999999999999999999'])
        expect(
          await codeOf(
            call(node, 'event.list', { fromHeight: 1n, cursor: forged, ...(subject ? { subject } : {}) }),
          ),
        ).toBe('CURSOR_INVALID')
  })
})

describe('state proofs', () => {
  it('prove a value and an absence under a certified checkpoint', async () => {
    const node = await startNode()
    await submit(node, sign(alice, 0n, pay(bob, 5n)))
    const present = await call(node, 'state.prove', { namespace: 'accounts', key: accountKey(bob.address) })
    verifyStateProof(FRAME, GENESIS.validators, present)
    expect(decode(accountRecord, present.value ?? new Uint8Array())).toEqual({
      balance: ENDOWMENT + 5n,
      nonce: 0n,
    })
    const absent = await call(node, 'state.prove', { namespace: 'identity', key: identityKey(bob.address) })
    expect(absent.value).toBeUndefined()
    verifyStateProof(FRAME, GENESIS.validators, absent)
    const { value: _, ...hidden } = present
    expect(() => verifyStateProof(FRAME, GENESIS.validators, hidden)).toThrow()
  })
})

describe('identities', () => {
  it('registers, is found with proofs, and nobody was left out', async () => {
    const node = await startNode()
    for (const one of [alice, bob]) expect((await execute(node, sign(one, 0n, register))).code).toBe('OK')
    const other = { ...profile, capabilities: ['compute.inference'] }
    await execute(node, sign(carol, 0n, { kind: 'identity.register', body: { profile: other, bond: UNIT } }))
    const { identity, reputation } = await call(node, 'identity.get', { did: alice.address })
    expect(identity?.profile).toEqual(profile)
    expect(reputation).toBe(DEFAULT_PARAMETERS.reputationStart)
    expect((await call(node, 'identity.get', { did: nobody.address })).identity).toBeUndefined()
    expect(await call(node, 'reputation.get', { did: nobody.address })).toMatchObject({ score: 0 })
    const found = await call(node, 'identity.search', { capability: 'data.rows', proofs: true })
    const { complete, roots, checkpoint } = found
    if (complete === undefined || roots === undefined || checkpoint === undefined) throw new Error('no proof')
    expect(found.hits).toHaveLength(2)
    for (const hit of found.hits)
      for (const proof of hit.proofs ?? []) verifyStateProof(FRAME, GENESIS.validators, proof)
    verifyCheckpoint(FRAME, checkpoint, GENESIS.validators)
    expect(stateRoot(FRAME, roots)).toEqual(checkpoint.header.stateRoot)
    verifyPrefixProof(namespaceRoot(roots, 'identity'), capabilityPrefix('data.rows'), complete)
    expect(complete.leaves).toHaveLength(2)
    const censored = { ...complete, leaves: complete.leaves.slice(1) }
    expect(() =>
      verifyPrefixProof(namespaceRoot(roots, 'identity'), capabilityPrefix('data.rows'), censored),
    ).toThrow()
    expect((await call(node, 'identity.search', { domain: 'weather.example' })).hits).toHaveLength(3)
  })

  it('pages with opaque cursors, and refuses invented ones', async () => {
    const node = await startNode()
    for (const one of [alice, bob, carol]) await submit(node, sign(one, 0n, register))
    const all = (await call(node, 'identity.search', { capability: 'data.rows' })).hits.map(({ did }) => did)
    const paged = []
    let cursor: string | undefined
    do {
      const page = await call(node, 'identity.search', {
        capability: 'data.rows',
        limit: 1,
        ...(cursor === undefined ? {} : { cursor }),
      })
      paged.push(...page.hits.map(({ did }) => did))
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(paged).toEqual(all)
    expect(all).toEqual([...all].sort((a, b) => Buffer.compare(a, b)))
    for (const forged of ['x', '00', 'ffff', ''])
      expect(await codeOf(call(node, 'identity.search', { capability: 'data.rows', cursor: forged }))).toBe(
        'CURSOR_INVALID',
      )
    expect(await codeOf(call(node, 'identity.search', {}))).toBe('SEARCH_CRITERION_MISSING')
  })
})

describe('discovery by reputation (worked example 25)', () => {
  it.each([
    [790_000, 0],
    [800_000, 1],
    [810_000, 1],
  ])(
    'an agent with %i parts per million is a hit %i times at the threshold 0.8, which is inclusive',
    async (score, hits) => {
      // A new agent starts at the frame's starting score, which makes the three scores of the example.
      const genesis = genesisOf({ reputationStart: score })
      const node = await startNode({ genesis })
      await submit(node, sign(alice, 0n, register, { frame: frameId(genesis) }))
      const response = await fetch(`${node.url}/rpc/identity/search?capability=data.rows&min_reputation=0.8`)
      const found = (await response.json()) as { hits: { did: string; reputation: number }[] }
      expect(found.hits).toHaveLength(hits)
      for (const hit of found.hits)
        expect(hit).toMatchObject({ did: formatDid(alice.address), reputation: score })
      const all = await call(node, 'identity.search', { capability: 'data.rows' })
      expect(all.hits.map(({ reputation }) => reputation)).toEqual([score])
    },
  )
})

describe('channels', () => {
  it('opens with both signatures, lists by party, closes in agreement', async () => {
    const node = await startNode()
    const terms = {
      parties: [alice.address, bob.address],
      keys: CHANNEL_KEYS.map(({ publicKey }) => publicKey),
      deposits: [100n * UNIT, 20n * UNIT],
      reserve: 0n,
      challengePeriod: 10n,
      nonce: 0n,
    }
    const opening = openingState(FRAME, terms)
    const signed = (state: typeof opening): Uint8Array[] =>
      CHANNEL_KEYS.map((key) => key.sign(channelStateDigest(FRAME, state)))
    const open: Payload = { kind: 'channels.open', body: { terms, signatures: signed(opening) } }
    expect((await execute(node, sign(alice, 0n, open, { cosigners: [bob] }))).code).toBe('OK')
    const channel = channelId(FRAME, terms)
    const { record } = await call(node, 'channel.get', { channel })
    expect(record).toMatchObject({ status: CHANNEL_STATUS.open, collateral: 120n * UNIT })
    for (const { address: party } of [alice, bob]) {
      const { channels } = await call(node, 'channel.list', { party })
      expect(channels.map((one) => one.channel)).toEqual([channel])
    }
    expect((await call(node, 'channel.list', { party: carol.address })).channels).toEqual([])
    expect(await codeOf(call(node, 'channel.list', { party: alice.address, cursor: 'zz' }))).toBe(
      'CURSOR_INVALID',
    )
    const state = { ...opening, sequence: 7n, balances: [30n * UNIT, 90n * UNIT], final: true }
    const close: Payload = {
      kind: 'channels.closeCooperative',
      body: { channel, state, signatures: signed(state) },
    }
    const before = (await call(node, 'account.get', { address: bob.address })).balance
    expect((await execute(node, sign(carol, 0n, close))).code).toBe('OK')
    const after = (await call(node, 'account.get', { address: bob.address })).balance
    expect(after - before).toBe(90n * UNIT)
    expect((await call(node, 'channel.get', { channel })).record?.status).toBe(CHANNEL_STATUS.closed)
    expect((await call(node, 'supply.get', {})).delta).toBe('0')
    expect(
      (await call(node, 'channel.get', { channel: asHash(sha256(utf8('none'))) })).record,
    ).toBeUndefined()
  })
})

it('answers every method of the protocol, and subscriptions only over a WebSocket', async () => {
  const node = await startNode()
  const document = (await (await fetch(`${node.url}/openrpc.json`)).json()) as { methods: { name: string }[] }
  expect(document.methods.map(({ name }) => name)).toEqual(Object.keys(METHODS))
  expect(await codeOf(call(node, 'subscription.open', { topic: 'blocks' }))).toBe('SUBSCRIPTION_TRANSPORT')
  expect(await call(node, 'subscription.close', { subscription: 's0' })).toEqual({ closed: false })
})
