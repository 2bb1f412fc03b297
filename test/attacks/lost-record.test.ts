/** A process that dies after its mandate has decided and before its channel engine has stored what was signed. */
import { join } from 'node:path'
import { Journal } from '@symbolon/journal'
import { Interceptor, type SignedMandate } from '@symbolon/mandates'
import { type Hash, sha256, utf8 } from '@symbolon/primitives'
import { channelStateDigest } from '@symbolon/protocol'
import { Buyer, MandatedKeys } from '@symbolon/sdk'
import { afterEach, expect, it } from 'vitest'
import { addressFor, seed, UNIT, World } from '../support/world.ts'
import { order, PRICE, ROWS, shop, takings } from './stage.ts'

let world: World
afterEach(() => world.close())

/** One life of the buyer's process, on the same folders as the one before. */
async function live(chain: readonly SignedMandate[]) {
  const directory = join(world.directory, 'buyer')
  const journal = Journal.open({ directory: join(directory, 'audit'), sync: 'none' })
  const interceptor = await Interceptor.open({
    frame: world.frame,
    principal: addressFor('principal'),
    chain,
    seeds: { account: seed('buyer/account'), channel: seed('buyer/channel') },
    journal,
    clock: () => Math.floor(Date.now() / 1_000),
    validators: () => world.genesis.validators,
    disputeBond: world.genesis.parameters.disputeBond,
  })
  const keys = new MandatedKeys(interceptor)
  const buyer = await Buyer.open({ client: await world.client(), keys, directory, sync: 'none' })
  const end = async (): Promise<void> => {
    await buyer.close()
    await interceptor.close()
    await journal.close()
  }
  return { buyer, keys, end }
}

it('goes on with its channel: the next purchase is warm, and paid once', async () => {
  world = await World.create({ sync: 'none' })
  const { seller } = await shop(world)
  const chain = [await world.mandate('buyer', 100n * UNIT)]
  const first = await live(chain)
  const { channel: id } = await first.buyer.buy(order({ collateral: PRICE * BigInt(ROWS) * 4n }))
  const channel = first.buyer.agent.host.get(id)
  if (channel === undefined) throw new Error('the channel is gone')
  const previous = channel.signed.state
  const next = {
    ...previous,
    sequence: previous.sequence + 1n,
    quote: sha256(utf8('lost')) as Hash,
    proposer: 0,
  }
  // The mandate signs and remembers; the engine dies before it hears of it.
  await first.keys.channel.signState({
    frame: world.frame,
    previous,
    next,
    party: channel.party,
    purpose: 'propose',
    digest: channelStateDigest(world.frame, next),
    operations: [],
  })
  await first.end()

  const second = await live(chain)
  const { warm, paid } = await second.buyer.buy(order())
  expect({ warm, paid }).toEqual({ warm: true, paid: PRICE * BigInt(ROWS) })
  expect(takings(seller)).toBe(2n * PRICE * BigInt(ROWS))
  expect(second.keys.interceptor.report().spent >= 2n * PRICE * BigInt(ROWS)).toBe(true)
  await second.end()
})
