/**
 * Trust from end to end: a purchase becomes evidence, anybody recomputes the scores from what the node hands out and publishes them, a light
 * client checks one score from bytes, and the next purchase asks for a minimum.
 */
import { type Address, Ed25519KeyPair, encode, equalBytes, fromJson, toJson } from '@symbolon/primitives'
import { DEFAULT_TRUST_PARAMETERS, METHODS, TRUST_STATUS, trustHeadKey } from '@symbolon/protocol'
import { scoreProof } from '@symbolon/reputation'
import { discover, FrameClient, MemorySink, recomputeScores, verifyScore } from '@symbolon/sdk'
import { afterEach, expect, it } from 'vitest'
import { addressFor, csv, seed, UNIT, World } from './support/world.ts'

let world: World
afterEach(() => world.close())

const EPOCH = 64n
const principal = new Ed25519KeyPair(seed('principal/account'))

it('a purchase earns trust that a stranger can check', async () => {
  world = await World.create({
    heartbeatMs: 0,
    parameters: {
      registrationBond: UNIT,
      trust: {
        ...DEFAULT_TRUST_PARAMETERS,
        epochLength: EPOCH,
        publishWindow: 16n,
        challengeWindow: 16n,
        anchors: [addressFor('buyer')],
      },
    },
  })
  const client = await world.client()
  const { seller } = await world.seller()
  await seller.sellFile({ name: 'samples.csv', format: 'csv', content: csv(100) }, UNIT / 1_000n)
  await seller.publish()
  const { buyer } = await world.buyer()
  const { ledger } = buyer.agent
  await ledger.transact({
    kind: 'identity.register',
    body: {
      profile: { capabilities: [], services: [], channelKey: buyer.agent.keys.channel.publicKey },
      bond: UNIT,
    },
  })
  const order = {
    capability: 'data.rows',
    quantity: 20n,
    unitPriceMax: UNIT / 1_000n,
    totalMax: UNIT,
    sink: new MemorySink(),
  }
  const purchase = await buyer.buy(order)
  await buyer.agent.host.get(purchase.channel)?.closeCooperative()
  await ledger.transact({
    kind: 'reputation.attest',
    body: { channel: purchase.channel, rating: 1_000_000, latencyMs: 7, subject: addressFor('seller') },
  })
  expect((await client.score(addressFor('seller'))).final).toBeUndefined()

  /** One block each. */
  const until = async (height: bigint): Promise<void> => {
    for (let now = await client.height(); now < height; now++)
      await client.submit({
        payload: { kind: 'accounts.transfer', body: { to: addressFor('nobody'), amount: 1n } },
        sender: addressFor('principal'),
        signers: [principal],
        gasLimit: 1_000_000n,
      })
  }
  await until((await client.height()) - ((await client.height()) % EPOCH) + EPOCH)

  // Anybody recomputes it from bytes, and may publish it.
  const computed = await recomputeScores(client)
  expect(computed).toMatchObject({
    agrees: false,
    record: { status: TRUST_STATUS.sealed, nodes: 2, edges: 1 },
  })
  const { epoch, inputDigest, parametersDigest, nodes: count } = computed.record
  await client.submit({
    payload: {
      kind: 'reputation.publish',
      body: { epoch, inputDigest, parametersDigest, root: computed.root, count },
    },
    sender: addressFor('principal'),
    signers: [principal],
    gasLimit: 1_000_000n,
  })
  await until((await client.height()) + 17n)
  const again = await recomputeScores(await world.client(), epoch)
  expect(again).toMatchObject({ agrees: true, record: { status: TRUST_STATUS.final } })
  expect(again.root).toEqual(computed.root)
  expect(again.root).toEqual(again.record.root)

  // A light client checks one score from bytes.
  const { score, final } = await client.score(addressFor('seller'))
  expect(final).toMatchObject({ epoch, root: computed.root, count: 2 })
  expect(score).toEqual(computed.tree.scoreOf(addressFor('seller')))
  expect(score).toMatchObject({ success: 1_000_000, latency: 1_000_000, disputes: 1_000_000 })
  expect(score?.eigenTrust).toBeGreaterThan(0)
  expect(await client.score(addressFor('principal'))).toMatchObject({ final: { epoch } })
  expect((await client.score(addressFor('principal'))).score).toBeUndefined()

  const evidence = await client.call('reputation.score', { did: addressFor('seller') })
  const check = (of: Address, change: object): unknown =>
    verifyScore(client.frame, client.validators, of, { ...evidence, ...change })
  expect(check(addressFor('seller'), {})).toMatchObject({ score: { success: 1_000_000 } })
  expect(() => check(addressFor('buyer'), {})).toThrow(
    expect.objectContaining({ code: 'SCORE_PROOF_INVALID' }),
  )
  expect(() => check(addressFor('seller'), { proof: undefined })).toThrow(
    expect.objectContaining({ code: 'RPC_RESPONSE_INVALID' }),
  )
  // A better score under the right root, the right score under a better root, another key of the state.
  const [entry] = computed.tree.prove(addressFor('seller')).entries
  const raised = { entries: [{ ...entry, score: { ...entry?.score, eigenTrust: 999_999 } }] } as never
  expect(() => check(addressFor('seller'), { proof: encode(scoreProof, raised) })).toThrow(
    expect.objectContaining({ code: 'SCORE_PROOF_INVALID' }),
  )
  const value = evidence.head.value?.slice() as Uint8Array
  value[value.length - 10] = (value[value.length - 10] as number) ^ 1
  expect(() => check(addressFor('seller'), { head: { ...evidence.head, value } })).toThrow(
    expect.objectContaining({ code: 'TRIE_PROOF_INVALID' }),
  )
  const other = { ...evidence.head, namespace: 'identity' as const }
  expect(() => check(addressFor('seller'), { head: other })).toThrow(
    expect.objectContaining({ code: 'RPC_RESPONSE_INVALID' }),
  )
  expect(equalBytes(evidence.head.key, trustHeadKey())).toBe(true)

  // The next purchase asks for it.
  const trustMin = score?.eigenTrust as number
  const second = await buyer.buy({ ...order, sink: new MemorySink(), trustMin })
  expect(second.units).toBe(20n)
  await expect(buyer.buy({ ...order, sink: new MemorySink(), trustMin: trustMin + 1 })).rejects.toMatchObject(
    { code: 'DISCOVERY_EMPTY' },
  )
  const byStanding = { trustMin: 1, trustDimension: 'standing' as const }
  expect((await buyer.buy({ ...order, sink: new MemorySink(), ...byStanding })).units).toBe(20n)

  // A node that proves the trust of an earlier checkpoint, which may have been better, to a search of now.
  const search = { capability: order.capability, minTrust: trustMin, proofs: true }
  const { trustHead: earlier } = await client.call('identity.search', search)
  await until((await client.height()) + 1n)
  const late = await FrameClient.connect({
    url: world.url,
    frame: world.frame,
    fetch: async (input, init) => {
      const answer = await fetch(input, init)
      const { method } = JSON.parse(String(init?.body ?? '{}')) as { method?: string }
      if (method !== 'identity.search') return answer
      const { result } = METHODS[method]
      const found = fromJson(result, ((await answer.json()) as { result: unknown }).result)
      return new Response(
        JSON.stringify({ jsonrpc: '2.0', id: 1, result: toJson(result, { ...found, trustHead: earlier }) }),
      )
    },
  })
  world.onClose(() => late.close())
  expect((await discoverWith(client)).ranking.ranked).toHaveLength(1)
  await expect(discoverWith(late)).rejects.toMatchObject({ code: 'RPC_RESPONSE_INVALID' })

  function discoverWith(of: FrameClient): Promise<{ ranking: { ranked: readonly unknown[] } }> {
    const query = {
      capability: order.capability,
      quantity: order.quantity,
      trustMin,
      gates: { latencyCeilingMs: 60_000, taskCostMax: UNIT, reputationMinPpm: 0 },
      runway: { remaining: UNIT, initial: UNIT, tasksRemaining: 1n, deadlinePressurePpm: 0 },
      now: BigInt(Math.floor(Date.now() / 1_000)),
    }
    return discover(of, query, fetch)
  }
})

it('a node that lies about trust is found out', async () => {
  world = await World.create({ heartbeatMs: 0, parameters: { registrationBond: UNIT } })
  const { seller } = await world.seller()
  await seller.sellFile({ name: 'samples.csv', format: 'csv', content: csv(10) }, UNIT / 1_000n)
  await seller.publish()
  // It says that everybody has all the trust that is asked for, in a frame that has scored nobody.
  const lying: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init)
    const { method, params } = JSON.parse(String(init?.body ?? '{}')) as { method?: string; params?: object }
    if (method !== 'identity.search') return answer
    const { result } = METHODS[method]
    const honest = await (
      await fetch(input, {
        ...init,
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, minTrust: undefined } }),
      })
    ).json()
    const found = fromJson(result, (honest as { result: unknown }).result)
    const hits = found.hits.map((hit) => ({ ...hit, trust: 900_000 }))
    return new Response(JSON.stringify({ jsonrpc: '2.0', id: 1, result: toJson(result, { ...found, hits }) }))
  }
  const client = await FrameClient.connect({ url: world.url, frame: world.frame, fetch: lying })
  world.onClose(() => client.close())
  const { buyer } = await world.buyer('buyer', 100n * UNIT, { client })
  const order = {
    capability: 'data.rows',
    quantity: 5n,
    unitPriceMax: UNIT / 1_000n,
    totalMax: UNIT,
    sink: new MemorySink(),
  }
  await expect(buyer.buy({ ...order, trustMin: 800_000 })).rejects.toMatchObject({
    code: 'RPC_RESPONSE_INVALID',
  })
  expect((await buyer.buy(order)).units).toBe(5n)
})
