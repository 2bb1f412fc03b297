/** What a seller's registration says: its offers, and the key under which its channels count in its reputation. */
import { Ed25519KeyPair } from '@symbolon/primitives'
import { MemorySink } from '@symbolon/sdk'
import { afterEach, expect, it } from 'vitest'
import { addressFor, csv, seed, UNIT, World } from './support/world.ts'

let world: World
afterEach(() => world.close())

it('names the key of its channels, is mended where it does not, and is left alone where it does', async () => {
  world = await World.create({ parameters: { registrationBond: UNIT } })
  const client = await world.client()
  const { seller } = await world.seller()
  await seller.sellFile({ name: 'samples.csv', format: 'csv', content: csv(10) }, UNIT / 1_000n)
  const { keys, ledger } = seller.agent
  const subject = addressFor('seller')
  const old = { capabilities: [], services: [] }
  await ledger.transact({ kind: 'identity.register', body: { profile: old, bond: UNIT } })
  const registered = async () => {
    await seller.publish()
    const record = await client.identity(subject)
    return { version: record?.version, channelKey: record?.profile.channelKey }
  }
  expect(await registered()).toEqual({ version: 1n, channelKey: keys.channel.publicKey })
  expect(await registered()).toEqual({ version: 1n, channelKey: keys.channel.publicKey })
  const { profile } = (await client.identity(subject)) ?? {}
  const previous = { capabilities: profile?.capabilities ?? [] }
  const other = {
    capabilities: [],
    services: [],
    channelKey: new Ed25519KeyPair(seed('another channel')).publicKey,
  }
  await ledger.transact({ kind: 'identity.update', body: { subject, version: 2n, profile: other, previous } })
  expect(await registered()).toEqual({ version: 3n, channelKey: keys.channel.publicKey })
})

it('makes a purchase count for the seller in the moving average', async () => {
  world = await World.create({ parameters: { registrationBond: UNIT } })
  const { seller } = await world.seller()
  await seller.sellFile({ name: 'samples.csv', format: 'csv', content: csv(10) }, UNIT / 1_000n)
  await seller.publish()
  const { buyer } = await world.buyer()
  const { keys, ledger, client, host } = buyer.agent
  const profile = { capabilities: [], services: [], channelKey: keys.channel.publicKey }
  await ledger.transact({ kind: 'identity.register', body: { profile, bond: UNIT } })
  const { channel } = await buyer.buy({
    capability: 'data.rows',
    quantity: 5n,
    unitPriceMax: UNIT / 1_000n,
    totalMax: UNIT,
    sink: new MemorySink(),
  })
  await host.get(channel)?.closeCooperative()
  expect(await client.call('reputation.get', { did: addressFor('seller') })).toMatchObject({
    settlements: 1n,
  })
})
