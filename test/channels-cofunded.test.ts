/** A channel that both fund, over a node: each account's money moves only under its own signature. */
import { join } from 'node:path'
import { inProcessPair } from '@symbolon/channels'
import { decode, encode, type Hash } from '@symbolon/primitives'
import { type Transaction, transactionBody } from '@symbolon/protocol'
import { Agent } from '@symbolon/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addressFor, UNIT, World } from './support/world.ts'

let world: World
let opener: Agent
let funder: Agent

beforeAll(async () => {
  world = await World.create()
  const agent = async (name: string): Promise<Agent> =>
    Agent.open({
      client: await world.client(),
      keys: world.ownKeys(name),
      directory: join(world.directory, `${name}-agent`),
      acceptOffer: () => {},
      sync: 'none',
    })
  opener = await agent('buyer')
  funder = await agent('seller')
})
afterAll(async () => {
  await opener.close()
  await funder.close()
  await world.close()
})

const balanceOf = async (name: string): Promise<bigint> =>
  (await opener.client.call('account.get', { address: addressFor(name) })).balance

test('the deposits leave both accounts, the fee leaves the opener’s, and a cooperative close pays both', async () => {
  const [buyer, seller] = [await balanceOf('buyer'), await balanceOf('seller')]
  const [left, right] = inProcessPair()
  const accepting = funder.host.accept(right)
  const channel = await opener.host.open(left, {
    deposits: [30n * UNIT, 20n * UNIT],
    reserve: 1_000n,
    challengePeriod: 10n,
    nonce: await opener.ledger.nextNonce(),
  })
  const other = await accepting
  expect(channel.balances).toEqual({ own: 30n * UNIT, peer: 20n * UNIT })
  expect(await balanceOf('seller')).toBe(seller - 20n * UNIT)
  expect(await balanceOf('buyer')).toBeLessThan(buyer - 30n * UNIT)
  await other?.pay(5n * UNIT)
  await channel.closeCooperative()
  expect(await balanceOf('seller')).toBe(seller - 5n * UNIT)
})

test('a co-signature is given for the agreed opening and for nothing else', async () => {
  const terms = {
    parties: [addressFor('buyer'), addressFor('seller')],
    keys: [opener.keys.channel.publicKey, funder.keys.channel.publicKey],
    deposits: [UNIT, UNIT],
    reserve: 1_000n,
    challengePeriod: 10n,
    nonce: await opener.ledger.nextNonce(),
  }
  const signatures = [new Uint8Array(64), new Uint8Array(64)]
  const payload = { kind: 'channels.open' as const, body: { terms, signatures } }
  const honest = decode(transactionBody, await opener.ledger.cofunding.prepare(payload))
  const substituted: Transaction['body'][] = [
    {
      ...honest,
      payload: { kind: 'accounts.transfer', body: { to: addressFor('buyer'), amount: 900n * UNIT } },
    },
    {
      ...honest,
      payload: {
        kind: 'channels.open',
        body: { terms: { ...terms, deposits: [UNIT, 500n * UNIT] }, signatures },
      },
    },
    { ...honest, sender: addressFor('seller') },
    { ...honest, frame: new Uint8Array(32) as Hash },
    withoutCoSigners(honest),
    { ...honest, coSigners: [addressFor('buyer')] },
  ]
  for (const body of substituted)
    await expect(
      funder.ledger.cofunding.cosign(encode(transactionBody, body), payload),
    ).rejects.toMatchObject({ code: 'WALLET_OPENING_MISMATCH' })
  await expect(
    funder.ledger.cofunding.cosign(encode(transactionBody, honest), payload),
  ).resolves.toBeInstanceOf(Uint8Array)
})

const withoutCoSigners = ({ coSigners: _, ...body }: Transaction['body']): Transaction['body'] => body
