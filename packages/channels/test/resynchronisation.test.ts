/** Lost and restored data, deposits, compaction: what the journal and the other side bring back. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Journal } from '@symbolon/journal'
import { SimulatedFileSystem } from '@symbolon/journal/simulation'
import { stateTotal } from '@symbolon/protocol'
import { describe, expect, test } from 'vitest'
import { attachChannelServer, ChannelStore, connectWebSocket, inProcessPair } from '../src/index.ts'
import { Agent, agents, openPair, QUOTE, REQUEST, reconnect, settle } from './support.ts'

describe('what comes back', () => {
  test('a side restored from an old copy adopts the newer state that carries its signature (CM-17)', async () => {
    const pair = await openPair()
    const { a, b, bob, ledger } = pair
    await a.pay(100n)
    await settle()
    // A copy of Bob's disk at sequence 1.
    const copy = new SimulatedFileSystem()
    const records = [...bob.journal.entries()].map(({ record }) => record)
    const journal = Journal.open({ directory: '/bob', fileSystem: copy, salt: () => 1 })
    for (const record of records) journal.append(record)
    await journal.close()
    await a.pay(200n)
    await settle()
    expect(b.signed.state.sequence).toBe(2n)
    b.stop()

    const restored = new Agent('bob', ledger, {}, copy)
    await restored.host.start()
    expect(restored.channel.signed.state.sequence).toBe(1n)
    await reconnect({ ...pair, bob: restored })
    await settle()
    expect(restored.channel.signed).toEqual(a.signed)
    expect(restored.channel.balances.own).toBe(300n)
    // It publishes nothing on its own account (a stale close would cost it the bond).
    expect(ledger.submitted.map(({ kind }) => kind)).toEqual(['channels.open'])
    await a.pay(5n)
    expect(a.balances.peer).toBe(305n)
  })

  test('a payer that lost its disk believes the ticks that the payee proves, and pays on from there', async () => {
    const pair = await openPair()
    const { a, ledger, b } = pair
    const stream = await a.openStream({ tickValue: 1n, quote: QUOTE, length: 64 })
    stream.pay(20)
    await settle()
    a.stop()
    const reborn = new Agent('alice', ledger)
    // The payee opens the connection this time: the reborn host learns the channel from it.
    const [left, right] = inProcessPair()
    const accepting = reborn.host.accept(left)
    await b.connect(right)
    await accepting
    await settle()
    expect(reborn.channel.signed).toEqual(b.signed)
    const [payer] = reborn.channel.streams.payers.values()
    expect(payer?.paidUnits).toBe(20n)
    payer?.pay(5)
    await settle()
    const [payee] = b.streams.payees.values()
    expect(payee?.durableUnits).toBe(25n)
    await payer?.close()
    await settle()
    expect(b.balances.own).toBe(25n)
  })

  test('a compacted journal brings back the same channels, streams and counts', async () => {
    const pair = await openPair()
    const { a, bob } = pair
    const stream = await a.openStream({ tickValue: 1n, quote: QUOTE, length: 1_000 })
    await settle()
    const compacting = ChannelStore.open(bob.journal, 1)
    expect(compacting.channels.size).toBe(1)
    await compacting.flush()
    expect(bob.journal.latestSnapshot()).toBeDefined()
    await bob.restart()
    await reconnect(pair)
    stream.pay(7)
    await settle()
    expect([...bob.channel.streams.payees.values()][0]?.durableUnits).toBe(7n)
    await bob.restart()
    expect([...bob.channel.streams.payees.values()][0]?.durableUnits).toBe(7n)
  })

  test("a journal that is not a channel store's is refused, not guessed at", async () => {
    const journal = Journal.open({
      directory: '/other',
      fileSystem: new SimulatedFileSystem(),
      salt: () => 1,
    })
    await journal.appendDurable(Uint8Array.of(1, 2, 3))
    expect(() => ChannelStore.open(journal)).toThrow(
      expect.objectContaining({ code: 'CHANNEL_STORE_CORRUPT' }),
    )
  })
})

test('a closed channel is kept until it is forgotten, an open one cannot be', async () => {
  const { a, alice } = await openPair()
  await expect(alice.host.forget(a.id)).rejects.toMatchObject({ code: 'CHANNEL_NOT_OPEN' })
  await a.closeCooperative()
  await settle()
  expect(alice.store.get(a.id)?.signed.state.final).toBe(true)
  await alice.host.forget(a.id)
  expect(alice.store.get(a.id)).toBeUndefined()
  await expect(alice.host.forget(a.id)).rejects.toMatchObject({ code: 'CHANNEL_UNKNOWN' })
  await alice.restart()
  expect(alice.host.channels.size).toBe(0)
})

describe('deposits', () => {
  test('a side that adopts a state with absorbed deposits takes the next one, and none twice', async () => {
    const pair = await openPair()
    const { a, b, bob, ledger } = pair
    const deposit = (amount: bigint): Promise<unknown> =>
      ledger.submit({ kind: 'channels.deposit', body: { channel: a.id, party: 0, amount } })
    const absorb = (index: number, amount: bigint): Promise<bigint> =>
      a.update([{ kind: 'absorbDeposit', body: { index, party: 0, amount } }])
    await a.pay(10n)
    await settle()
    const records = [...bob.journal.entries()].map(({ record }) => record)
    await deposit(500n)
    await deposit(70n)
    await settle()
    await absorb(0, 500n)
    await settle()
    b.stop()
    // Bob's disk as it was before the deposit was absorbed.
    const copy = new SimulatedFileSystem()
    const journal = Journal.open({ directory: '/bob', fileSystem: copy, salt: () => 1 })
    for (const record of records) journal.append(record)
    await journal.close()
    const restored = new Agent('bob', ledger, {}, copy)
    await restored.host.start()
    await reconnect({ ...pair, bob: restored })
    await settle()
    expect(stateTotal(restored.channel.signed.state)).toBe(1_000_500n)
    await expect(absorb(0, 500n)).rejects.toMatchObject({ code: 'CHANNEL_REFUSED' })
    await absorb(1, 70n)
    await settle()
    expect(stateTotal(restored.channel.signed.state)).toBe(1_000_570n)
  })

  test('a deposit enters the balances once the ledger has it, once, and by nobody else’s word', async () => {
    const { a, b, ledger } = await openPair()
    const absorb = (index: number, amount: bigint): Promise<bigint> =>
      a.update([{ kind: 'absorbDeposit', body: { index, party: 0, amount } }])
    await expect(absorb(0, 500n)).rejects.toMatchObject({ code: 'CHANNEL_REFUSED' })
    await ledger.submit({ kind: 'channels.deposit', body: { channel: a.id, party: 0, amount: 500n } })
    await settle()
    await expect(absorb(0, 501n)).rejects.toMatchObject({ code: 'CHANNEL_REFUSED' })
    await absorb(0, 500n)
    await expect(absorb(0, 500n)).rejects.toMatchObject({ code: 'CHANNEL_REFUSED' })
    await settle()
    expect(stateTotal(b.signed.state)).toBe(1_000_500n)
    await a.closeCooperative()
    await settle()
    expect((await ledger.channel(a.id))?.payouts).toEqual([1_000_500n, 0n])
  })
})

test('the whole life of a channel over a WebSocket', async () => {
  const { ledger } = agents()
  const bob = new Agent('bob', ledger, {
    onChannel: (channel) =>
      channel.events.on('stream', (payee) => {
        payee.onPaid = () => {
          const units = Number(payee.deliverableUnits)
          if (units > 0) payee.deliver(units, new Uint8Array(units * 16))
        }
      }),
  })
  const alice = new Agent('alice', ledger)
  const server = createServer()
  const channels = attachChannelServer(server, {
    path: '/channels',
    accept: (transport) => bob.host.accept(transport),
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/channels`
  const channel = await alice.host.open(await connectWebSocket(url), REQUEST)
  const stream = await channel.openStream({ tickValue: 3n, quote: QUOTE, length: 256 })
  for (let i = 0; i < 600; i++) {
    await stream.ready()
    stream.pay()
  }
  while (stream.receivedUnits < 600n) await new Promise((resolve) => setTimeout(resolve, 2))
  expect(alice.received.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(600 * 16)
  await channel.closeCooperative()
  expect((await ledger.channel(channel.id))?.payouts).toEqual([998_200n, 1_800n])
  channel.stop()
  channels.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})
