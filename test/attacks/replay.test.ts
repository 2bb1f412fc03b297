/** Everything that was once valid, shown again: in the same place, in another frame, after the end. Nothing moves twice. */
import { decodeMessage } from '@symbolon/channels'
import { Ed25519KeyPair } from '@symbolon/primitives'
import { signTransaction, type Transaction } from '@symbolon/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { addressFor, seed, UNIT, World } from '../support/world.ts'
import { HandBuyer } from './hand-buyer.ts'
import { codeOf, onlyChannel, PRICE, shop, takings, until } from './stage.ts'

const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

async function open(more: Parameters<typeof World.create>[0] = {}): Promise<World> {
  const world = await World.create({ sync: 'none', ...more })
  worlds.push(world)
  return world
}

async function signedTransfer(world: World, nonce?: bigint): Promise<Transaction> {
  const client = await world.client()
  const account = new Ed25519KeyPair(seed('buyer/account'))
  const body = await client.prepare({
    payload: { kind: 'accounts.transfer', body: { to: addressFor('seller'), amount: UNIT } },
    sender: addressFor('buyer'),
    gasLimit: 100_000n,
    ...(nonce === undefined ? {} : { nonce }),
  })
  return signTransaction(body, [{ publicKey: account.publicKey, sign: (digest) => account.sign(digest) }])
}

describe('a transaction', () => {
  it('sent a hundred times is executed once', async () => {
    const world = await open({ heartbeatMs: 20 })
    const client = await world.client()
    const before = await client.balance(addressFor('seller'))
    const transaction = await signedTransfer(world)
    const codes = await Promise.all(Array.from({ length: 100 }, () => codeOf(() => client.send(transaction))))
    expect(codes).toContain('OK')
    await until(async () => (await client.balance(addressFor('seller'))) > before)
    expect(await codeOf(() => client.send(transaction))).toMatch(/^(OK|TRANSACTION_KNOWN|NONCE_.*)$/)
    expect((await client.balance(addressFor('seller'))) - before).toBe(UNIT)
  })

  it('of another frame is refused, though sender, nonce and key are the same', async () => {
    const [here, there] = [await open(), await open()]
    const transaction = await signedTransfer(there)
    const client = await here.client()
    expect(await codeOf(() => client.send(transaction))).toMatch(/FRAME/)
    expect(await client.balance(addressFor('seller'))).toBe(1_000n * UNIT)
  })
})

describe('a channel', () => {
  it('that is closed does not close, dispute or pay again', async () => {
    const world = await open({ heartbeatMs: 20 })
    const of = await shop(world)
    const buyer = await HandBuyer.open(world)
    const { channel } = await buyer.authenticated(of)
    const early = channel.signed
    await channel.closeCooperative()
    const { ledger, client } = buyer.agent
    const paid = await client.balance(addressFor('seller'))
    const final = channel.signed
    const { id, party } = channel
    const replays = {
      final: {
        kind: 'channels.closeCooperative' as const,
        body: { channel: id, state: final.state, signatures: [...final.signatures] },
      },
      unilateral: {
        kind: 'channels.closeUnilateral' as const,
        body: { channel: id, state: early.state, signatures: [...early.signatures], party },
      },
      challenge: {
        kind: 'channels.challenge' as const,
        body: { channel: id, state: final.state, signatures: [...final.signatures], party },
      },
      settle: { kind: 'channels.settle' as const, body: { channel: id } },
    }
    for (const [name, payload] of Object.entries(replays))
      expect([name, await codeOf(() => ledger.transact(payload))]).toEqual([
        name,
        expect.stringMatching(/^CHANNEL_/),
      ])
    expect(await client.balance(addressFor('seller'))).toBe(paid)
  })

  it('cannot be opened twice by the same signatures', async () => {
    const world = await open({ heartbeatMs: 20 })
    const of = await shop(world)
    const buyer = await HandBuyer.open(world)
    const { digest } = await buyer.agreed(of)
    const channel = await buyer.openChannel(of, digest)
    const { terms, signed } = channel
    const open_ = { kind: 'channels.open' as const, body: { terms, signatures: [...signed.signatures] } }
    expect(await codeOf(() => buyer.agent.ledger.transact(open_))).not.toBe('OK')
    const { channels } = await buyer.agent.client.call('channel.list', {
      party: addressFor('buyer'),
      limit: 10,
    })
    expect(channels).toHaveLength(1)
  })

  it('is not taken over by a recorded connection', async () => {
    const world = await open()
    const of = await shop(world)
    const buyer = await HandBuyer.open(world)
    const { channel } = await buyer.authenticated(of)
    const recorded = [...(buyer.taps[0]?.sent ?? [])]
    const hers = onlyChannel(of.seller)
    const { sequence } = hers.signed.state
    // An eavesdropper connects anew and plays the buyer's side of the first connection, from its greeting on.
    const greeting = recorded.findIndex((bytes) => decodeMessage(bytes).kind === 'greet')
    const thief = await buyer.dial(of)
    const heard: string[] = []
    thief.attach({
      message: (bytes) => heard.push(decodeMessage(bytes).kind),
      drain: () => {},
      close: () => {},
    })
    for (const bytes of recorded.slice(greeting)) thief.send(bytes)
    await until(() => thief.closed !== undefined)
    expect(hers.signed.state.sequence).toBe(sequence)
    expect(heard).not.toContain('data')
    expect(takings(of.seller)).toBe(PRICE)
    await until(() => !channel.isOnline)
    await buyer.reconnect(channel, of)
    expect(channel.isOnline).toBe(true)
  })
})

describe('a challenge', () => {
  it('is paid once: the second payment against its hash comes back', async () => {
    const world = await open()
    const of = await shop(world)
    const buyer = await HandBuyer.open(world)
    const { digest } = await buyer.agreed(of)
    const channel = await buyer.openChannel(of, digest)
    const challenge = await buyer.challenge(of, channel.id, digest)
    const add = (id: bigint) => ({
      kind: 'addHtlc' as const,
      body: {
        id,
        amount: PRICE,
        paymentHash: challenge.paymentHash,
        expiry: 90n,
        binding: challenge.binding,
      },
    })
    await Promise.all([channel.update([add(1_001n)]), channel.update([add(1_002n)])])
    await until(() => channel.signed.state.pending.length === 0)
    expect(takings(of.seller)).toBe(PRICE)
    await channel.update([add(1_003n)])
    await until(() => channel.signed.state.pending.length === 0)
    expect(takings(of.seller)).toBe(PRICE)
  })

  it('whose credential is presented by twenty requests at once authenticates one purchase', async () => {
    const world = await open()
    const of = await shop(world)
    const buyer = await HandBuyer.open(world)
    const { channel, quote, authorization } = await buyer.authenticated(of)
    const names = { channel: channel.id, quote: quote.digest }
    const answers = await Promise.all(Array.from({ length: 20 }, () => buyer.get(of, names, authorization)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(of.seller.journal.authenticated.size).toBe(1)
    expect(takings(of.seller)).toBe(PRICE)
  })
})
