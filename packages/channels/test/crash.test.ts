/**
 * Kills each side at every message and at every disk operation, reconnects, and checks what must survive: conservation, nothing
 * acknowledged is lost, nothing is paid twice, and work goes on.
 */
import { stateTotal } from '@symbolon/protocol'
import { describe, expect, test } from 'vitest'
import type { Channel, InProcessFaults, StreamPayer } from '../src/index.ts'
import { Agent, openPair, type Pair, QUOTE, reconnect, seededRandom, settle } from './support.ts'

const COLLATERAL = 1_000_000n

/** A mixed load from both sides; resolves or rejects, but never hangs, once the connection is gone and back. */
async function work(pair: Pair, log: Log): Promise<void> {
  const { alice, bob } = pair
  const pays = [
    pay(alice.channel, 0, 100n, log),
    pay(bob.channel, 1, 7n, log),
    pay(alice.channel, 0, 30n, log),
    pay(bob.channel, 1, 3n, log),
  ]
  await Promise.allSettled(pays)
  // Then one after another, so that proposals are also answered without a collision.
  await Promise.allSettled([pay(alice.channel, 0, 5n, log)])
  await Promise.allSettled([pay(bob.channel, 1, 2n, log)])
  await Promise.allSettled([pay(alice.channel, 0, 1n, log)])
}

/** What was attempted and what was confirmed to its proposer, base units by party. */
interface Log {
  attempted: [bigint, bigint]
  confirmed: [bigint, bigint]
}

async function pay(channel: Channel, side: 0 | 1, amount: bigint, log: Log): Promise<void> {
  log.attempted[side] += amount
  await channel.pay(amount)
  log.confirmed[side] += amount
}

function check(pair: Pair, log: Log, start: bigint): void {
  const { alice, bob } = pair
  const [a, b] = [alice.channel.signed, bob.channel.signed]
  expect(a).toEqual(b)
  expect(stateTotal(a.state)).toBe(COLLATERAL)
  // Bob's balance moves by what Alice paid him less what he paid her; everything confirmed is in it.
  const moved = (b.state.balances[1] ?? 0n) - start
  expect(moved).toBeGreaterThanOrEqual(log.confirmed[0] - log.attempted[1])
  expect(moved).toBeLessThanOrEqual(log.attempted[0] - log.confirmed[1])
}

/** Proceeds without waiting for promises that died with a killed process. */
async function started(run: Promise<void>): Promise<void> {
  await Promise.race([run, settle(40)])
}

async function prepared(): Promise<Pair> {
  const { alice, bob, ledger, a } = await openPair()
  await a.pay(10_000n)
  await settle()
  return { alice, bob, ledger }
}

/** Messages of the whole workload, the handshake's four included: every one of them is a point to cut at. */
async function messagesOfWork(): Promise<number> {
  const pair = await prepared()
  let count = 0
  await reconnect(pair, {
    onMessage: () => {
      count += 1
      return 'deliver'
    },
  })
  await work(pair, { attempted: [0n, 0n], confirmed: [0n, 0n] })
  await settle()
  return count
}

/** Disk operations of one side in the whole workload: every one of them is a point to crash at. */
async function operationsOf(victim: 'alice' | 'bob', run: (pair: Pair) => Promise<void>): Promise<number> {
  const pair = await prepared()
  await reconnect(pair)
  await settle()
  const before = pair[victim].fileSystem.operations
  await run(pair)
  await settle()
  return pair[victim].fileSystem.operations - before
}

/** A hundred ticks, ten to a turn; stops at the first that cannot be paid. */
async function payTicks(stream: StreamPayer): Promise<void> {
  for (let i = 0; i < 100; i++) {
    try {
      stream.pay()
    } catch {
      return
    }
    if (i % 10 === 9) await settle(2)
  }
}

describe('a connection cut at every message', () => {
  for (const fate of ['cut', 'cut-after'] as const) {
    test(`${fate}: both sides reconnect, agree, and every payment is made exactly once`, async () => {
      const messages = await messagesOfWork()
      expect(messages).toBeGreaterThan(12)
      for (let cutAt = 0; cutAt < messages; cutAt++) {
        const pair = await prepared()
        let count = 0
        const faults: InProcessFaults = { onMessage: () => (count++ === cutAt ? fate : 'deliver') }
        await reconnect(pair, faults).catch(() => {})
        const log: Log = { attempted: [0n, 0n], confirmed: [0n, 0n] }
        let isDone = false
        void work(pair, log).then(() => {
          isDone = true
        })
        while (!isDone) {
          await settle(5)
          if (!pair.alice.channel.isOnline) await reconnect(pair)
        }
        await settle()
        check(pair, log, 10_000n)
        // Without a crash nothing is forgotten: all seven are confirmed, once.
        expect(log.confirmed).toEqual([136n, 12n])
        expect(pair.bob.channel.balances.own).toBe(10_124n)
        expect(count).toBeGreaterThan(cutAt)
      }
    })
  }
})

describe.each(['alice', 'bob'] as const)('%s is killed', (victim) => {
  test('at every message sent or received', async () => {
    const messages = await messagesOfWork()
    // The first four identify the two; a process that dies before has nothing of this workload.
    for (let killAt = 4; killAt < messages; killAt++) {
      const pair = await prepared()
      let count = 0
      let died: Promise<void> | undefined
      const faults: InProcessFaults = {
        onMessage: () => {
          if (count++ !== killAt) return 'deliver'
          died = Promise.resolve().then(() => pair[victim].restart())
          return 'cut'
        },
      }
      await reconnect(pair, faults)
      const log: Log = { attempted: [0n, 0n], confirmed: [0n, 0n] }
      const running = work(pair, log)
      await started(running)
      await (died ?? pair[victim].restart())
      await reconnect(pair)
      await settle()
      check(pair, log, 10_000n)
      await pair.alice.channel.pay(1n)
      await pair.bob.channel.pay(1n)
    }
  })

  test('at every disk operation, by a power cut that keeps an arbitrary part of what was not synced', async () => {
    const operations = await operationsOf(victim, (pair) =>
      work(pair, { attempted: [0n, 0n], confirmed: [0n, 0n] }),
    )
    expect(operations).toBeGreaterThan(4)
    // Bytes of the torn write that reach the disk: none, a part of a record's header, a part of the record.
    for (let operation = 0; operation < operations; operation++)
      for (const [seed, bytes] of [0, 20, 150].entries()) {
        const pair = await prepared()
        await reconnect(pair)
        const agent: Agent = pair[victim]
        agent.fileSystem.arm({ operation: agent.fileSystem.operations + operation, kind: 'crash', bytes })
        const log: Log = { attempted: [0n, 0n], confirmed: [0n, 0n] }
        const running = work(pair, log)
        await started(running)
        await agent.restart('power', seededRandom(seed * 100 + operation))
        await reconnect(pair)
        await settle()
        check(pair, log, 10_000n)
        await pair.alice.channel.pay(1n)
        await pair.bob.channel.pay(1n)
      }
  })

  test('at every disk operation while a stream runs: durable ticks are kept and the stream goes on', async () => {
    const operations = await operationsOf(victim, async ({ alice }) => {
      const stream = await alice.channel.openStream({ tickValue: 1n, quote: QUOTE, length: 128 })
      await settle()
      await payTicks(stream)
    })
    for (let operation = 0; operation < operations; operation++) {
      const pair = await prepared()
      await reconnect(pair)
      const { alice, bob } = pair
      const stream = await alice.channel.openStream({ tickValue: 1n, quote: QUOTE, length: 128 })
      await settle()
      const agent: Agent = pair[victim]
      agent.fileSystem.arm({ operation: agent.fileSystem.operations + operation, kind: 'crash', bytes: 20 })
      await payTicks(stream)
      const acknowledged = stream.durableUnits
      await settle(10)
      await agent.restart('power', seededRandom(operation))
      await reconnect(pair)
      await settle(10)
      const [payee] = bob.channel.streams.payees.values()
      const [payer] = alice.channel.streams.payers.values()
      expect(payee?.durableUnits).toBeGreaterThanOrEqual(acknowledged)
      expect(payer?.paidUnits).toBe(payee?.durableUnits)
      payer?.pay(5)
      await settle(10)
      expect(payee?.durableUnits).toBe(payer?.paidUnits)
      const paid = payer?.paidUnits ?? 0n
      await payer?.close()
      await settle()
      expect(bob.channel.balances.own).toBe(10_000n + paid)
      expect(stateTotal(bob.channel.signed.state)).toBe(COLLATERAL)
    }
  })
})

test('a failed disk stops acknowledging at once', async () => {
  const { a, b, bob } = await openPair()
  const failures: unknown[] = []
  b.events.on('failure', (error) => failures.push(error))
  bob.fileSystem.arm({ operation: bob.fileSystem.operations, kind: 'error' })
  const paying = a.pay(10n)
  await settle()
  expect(failures.length).toBe(1)
  expect(b.isOnline).toBe(false)
  expect(a.signed.state.sequence).toBe(0n)
  await bob.restart()
  await reconnect({ alice: { channel: a } as Agent, bob, ledger: bob.ledger })
  await paying
  expect(a.balances.peer).toBe(10n)
})

test('a peer that lost everything gets the channel back from the other side', async () => {
  const pair = await openPair()
  const { alice, bob, ledger, a } = pair
  await a.pay(500n)
  await settle()
  bob.channel.stop()
  // The same keys, an empty disk.
  const reborn = new Agent('bob', ledger)
  await reconnect({ alice, bob: reborn, ledger })
  await settle()
  expect(reborn.channel.signed).toEqual(alice.channel.signed)
  expect(reborn.channel.balances.own).toBe(500n)
  await alice.channel.pay(1n)
})
