/**
 * The channel engine on the real ledger: openings, deposits, closes, disputes, streams and conditional payments with the heights,
 * codes and payouts of the ledger itself. Every transaction also goes to the ledger that the channel tests simulate; at the end of each test
 * the two must have answered alike and hold the same records.
 */
import { type Channel, evidenceFrom, inProcessPair, type OpenRequest, Watcher } from '@symbolon/channels'
import { Journal } from '@symbolon/journal'
import { SimulatedFileSystem } from '@symbolon/journal/simulation'
import { type Hash, sha256 } from '@symbolon/primitives'
import { CHANNEL_STATUS, type Payload, type SignedChannelState } from '@symbolon/protocol'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { hostOf, ledgerOf, MemoryFrame, seedOf, turns, UNIT } from './support/memory-frame.ts'

const PARAMETERS = { challengeExtension: 5n, disputeBond: UNIT }
const PERIOD = 10n
const RESERVE = 1_000n
const QUOTE = seedOf('quote') as Hash

let frames: MemoryFrame[] = []
afterEach(() => {
  for (const { differences } of frames) expect(differences).toEqual([])
  frames = []
})

interface Opened {
  frame: MemoryFrame
  a: Channel
  b: Channel
  /** What each has without fees, before the channel. */
  close(of: 'alice' | 'bob', signed: SignedChannelState): Promise<{ code: string }>
  submit(name: string, payload: Payload): Promise<{ code: string }>
}

async function opened(deposits: [bigint, bigint] = [1_000_000n, 0n]): Promise<Opened> {
  const frame = new MemoryFrame(['alice', 'bob', 'watcher'], PARAMETERS)
  frames.push(frame)
  const [alice, bob] = [hostOf(frame, 'alice'), hostOf(frame, 'bob')]
  const [left, right] = inProcessPair()
  const accepting = bob.accept(right)
  const request: OpenRequest = {
    deposits,
    reserve: RESERVE,
    challengePeriod: PERIOD,
    nonce: frame.nonce('alice'),
  }
  const a = await alice.open(left, request)
  const b = await accepting
  if (b === undefined) throw new Error('Bob did not accept')
  await turns()
  return {
    frame,
    a,
    b,
    close: (of, { state, signatures }) =>
      frame.submit(of, {
        kind: 'channels.closeUnilateral',
        body: { channel: a.id, state, signatures, party: of === 'alice' ? 0 : 1 },
      }),
    submit: (name, payload) => frame.submit(name, payload),
  }
}

function lock(channel: Channel, id: bigint, amount: bigint, expiry: bigint): Promise<bigint> {
  const paymentHash = sha256(seedOf(`payment ${id}`)) as Hash
  return channel.update([{ kind: 'addHtlc', body: { id, amount, paymentHash, expiry } }])
}

async function watch(frame: MemoryFrame, channel: Channel, preimages: Uint8Array[] = []): Promise<Watcher> {
  const journal = Journal.open({ directory: '/w', fileSystem: new SimulatedFileSystem(), salt: () => 1 })
  const watcher = await Watcher.open(ledgerOf(frame, 'watcher'), journal)
  await watcher.watch({ ...evidenceFrom(channel), preimages })
  return watcher
}

const leave = (...channels: Channel[]): void => {
  for (const channel of channels) channel.stop()
}

describe('opening and cooperative close', () => {
  test('the ledger opens what the engines agreed, and pays out what they signed', async () => {
    const { frame, a, b } = await opened()
    expect([a.phase, b.phase]).toEqual(['open', 'open'])
    expect(frame.record(a.id)?.collateral).toBe(1_000_000n)
    await a.pay(30_000n)
    await b.pay(4_000n)
    const before = frame.balance('bob')
    await a.closeCooperative()
    await turns()
    expect([a.phase, b.phase]).toEqual(['closed', 'closed'])
    expect(frame.record(a.id)?.payouts).toEqual([974_000n, 26_000n])
    expect(frame.balance('bob') - before).toBe(26_000n)
  })

  test('both fund: the opener’s transaction carries both signatures, and each pays its own deposit', async () => {
    const { frame, a, b } = await opened([700_000n, 300_000n])
    expect(frame.record(a.id)?.terms.deposits).toEqual([700_000n, 300_000n])
    // Bob paid his deposit and no fee.
    expect(frame.balance('bob')).toBe(1_000n * UNIT - 300_000n)
    expect(b.balances).toEqual({ own: 300_000n, peer: 700_000n })
    await b.pay(100_000n)
    await a.closeCooperative()
    await turns()
    expect(frame.balance('bob')).toBe(1_000n * UNIT - 100_000n)
  })
})

describe('deposits', () => {
  const deposit = (channel: Hash, party: 0 | 1, amount: bigint): Payload => ({
    kind: 'channels.deposit',
    body: { channel, party, amount },
  })

  test('a recorded deposit is absorbed by a co-signed state and can be spent', async () => {
    const { frame, a, b, submit } = await opened()
    expect((await submit('bob', deposit(a.id, 1, 50_000n))).code).toBe('OK')
    await a.refresh()
    await b.refresh()
    await turns()
    await b.update([{ kind: 'absorbDeposit', body: { index: 0, party: 1, amount: 50_000n } }])
    await b.pay(20_000n)
    await a.closeCooperative()
    await turns()
    expect(frame.record(a.id)?.payouts).toEqual([1_020_000n, 30_000n])
  })

  test('one that no state absorbed returns to who paid it in', async () => {
    const { frame, a, submit } = await opened()
    await a.pay(10_000n)
    await submit('bob', deposit(a.id, 1, 50_000n))
    await a.closeCooperative()
    await turns()
    expect(frame.record(a.id)?.payouts).toEqual([990_000n, 60_000n])
  })
})

describe('unilateral close', () => {
  test('with the newest state: the bond comes back after the challenge period, not before', async () => {
    const { frame, a, b, submit } = await opened()
    await a.pay(10_000n)
    await turns()
    leave(b)
    await a.closeUnilateral()
    const { dispute } = frame.record(a.id) ?? {}
    if (dispute === undefined) throw new Error('no dispute')
    expect(dispute.deadline - dispute.started).toBe(PERIOD)
    expect(frame.record(a.id)?.dispute?.bond).toBe(UNIT)
    const settle: Payload = { kind: 'channels.settle', body: { channel: a.id } }
    expect((await submit('watcher', settle)).code).toBe('CHANNEL_CHALLENGE_OPEN')
    await frame.advanceTo(dispute.deadline + 1n)
    await turns()
    // Alice's engine settled by itself.
    expect(frame.record(a.id)?.status).toBe(CHANNEL_STATUS.closed)
    expect(frame.record(a.id)?.payouts).toEqual([990_000n, 10_000n])
  })

  test('a stale close costs bond and reserve; a running engine answers it at once', async () => {
    const { frame, a, b, close } = await opened()
    await a.pay(1_000n)
    const old = a.signed
    await a.pay(200_000n)
    await a.pay(1n)
    await turns()
    leave(a)
    const bob = frame.balance('bob')
    expect((await close('alice', old)).code).toBe('OK')
    await turns()
    expect(frame.record(a.id)?.dispute?.state.sequence).toBe(3n)
    await frame.advanceTo((frame.record(a.id)?.dispute?.deadline ?? 0n) + 1n)
    await turns()
    expect(b.phase).toBe('closed')
    expect(frame.record(a.id)?.payouts).toEqual([798_999n - RESERVE, 201_001n + RESERVE])
    // Payout and bond, less what his challenge and settlement cost.
    expect(frame.balance('bob')).toBeGreaterThan(bob + 201_001n + UNIT / 2n)
  })

  test('one state behind with one’s own proposal outstanding is honest: no bond is lost', async () => {
    const { frame, a, b, close } = await opened()
    await a.pay(1_000n)
    const previous = a.signed
    await a.pay(2_000n)
    await turns()
    leave(a)
    await close('alice', previous)
    await turns()
    await frame.advanceTo((frame.record(a.id)?.dispute?.deadline ?? 0n) + 1n)
    await turns()
    expect(frame.record(b.id)?.payouts).toEqual([997_000n, 3_000n])
  })
})

describe('conditional payments', () => {
  test('outlive the settlement: one is claimed after it, one times out after its expiry', async () => {
    const { frame, a, b } = await opened()
    const expiry = frame.ledger.height + 60n
    await lock(a, 1n, 5_000n, expiry)
    await lock(a, 2n, 7_000n, expiry)
    await turns()
    leave(b)
    await a.closeUnilateral()
    await frame.advanceTo((frame.record(a.id)?.dispute?.deadline ?? 0n) + 1n)
    await turns()
    expect(a.phase).toBe('settling')
    expect(frame.record(a.id)?.payouts).toEqual([988_000n, 0n])
    const claim = await frame.submit('bob', {
      kind: 'channels.claimHtlc',
      body: { channel: a.id, htlc: 1n, preimage: seedOf('payment 1') },
    })
    expect(claim.code).toBe('OK')
    expect(frame.record(a.id)?.payouts).toEqual([988_000n, 5_000n])
    const early = await frame.submit('alice', {
      kind: 'channels.timeoutHtlc',
      body: { channel: a.id, htlc: 2n },
    })
    expect(early.code).toBe('HTLC_NOT_EXPIRED')
    await frame.advanceTo(expiry + 1n)
    await turns()
    // Alice's engine took the second back by itself.
    expect(a.phase).toBe('closed')
    expect(frame.record(a.id)?.payouts).toEqual([995_000n, 5_000n])
  })
})

describe('streams', () => {
  test('redeemed by the engine in a dispute; the window after the deadline still takes a deeper preimage', async () => {
    const { frame, a, b } = await opened()
    const stream = await a.openStream({ tickValue: 3n, quote: QUOTE, length: 200 })
    await turns()
    stream.pay(40)
    await turns()
    const [payee] = b.streams.payees.values()
    const chain = payee?.chains[0]
    if (chain === undefined) throw new Error('no chain')
    expect(chain.index).toBe(40)
    leave(b)
    await a.closeUnilateral()
    const deadline = frame.record(a.id)?.dispute?.deadline ?? 0n
    await frame.advanceTo(deadline + 1n)
    const redeem = (ticks: number, preimage: Uint8Array): Promise<{ code: string }> =>
      frame.submit('bob', {
        kind: 'channels.redeemStream',
        body: { channel: a.id, stream: chain.stream, ticks, preimage },
      })
    expect((await redeem(41, chain.preimage)).code).toBe('STREAM_PREIMAGE')
    expect((await redeem(40, chain.preimage)).code).toBe('OK')
    expect((await redeem(40, chain.preimage)).code).toBe('STREAM_STALE')
    await frame.advanceTo(deadline + PARAMETERS.challengeExtension + 1n)
    await turns()
    expect(frame.record(a.id)?.status).toBe(CHANNEL_STATUS.closed)
    expect(frame.record(a.id)?.payouts).toEqual([1_000_000n - 120n, 120n])
  })
})

describe('the watcher', () => {
  test('answers a stale close for a victim that is away: challenge, ticks, payment, and the settlement after the window', async () => {
    const { frame, a, b, close } = await opened()
    await a.pay(1_000n)
    const old = a.signed
    await a.pay(100_000n)
    const stream = await a.openStream({ tickValue: 2n, quote: QUOTE, length: 100 })
    await lock(a, 1n, 300n, frame.ledger.height + 80n)
    await turns()
    stream.pay(20)
    await turns()
    const watcher = await watch(frame, b, [seedOf('payment 1')])
    leave(a, b)
    const spent = frame.balance('watcher')
    await close('alice', old)
    await turns()
    const { dispute } = frame.record(a.id) ?? {}
    expect(dispute?.state.sequence).toBe(4n)
    expect(dispute?.redeemed.map(({ ticks }) => ticks)).toEqual([20])
    expect(dispute?.claimed).toEqual([1n])
    const last = (dispute?.deadline ?? 0n) + PARAMETERS.challengeExtension
    await frame.advanceTo(last)
    await turns()
    expect(frame.record(a.id)?.status).toBe(CHANNEL_STATUS.disputed)
    await frame.advance()
    await turns()
    const record = frame.record(a.id)
    expect(record?.status).toBe(CHANNEL_STATUS.closed)
    // 101,000 paid, 40 by ticks, 300 claimed, and the cheat's reserve.
    expect(record?.payouts).toEqual([898_660n - RESERVE, 101_340n + RESERVE])
    expect(watcher.size).toBe(0)
    // Four transactions and not one refused: challenge, redemption, claim, settlement.
    expect(frame.nonce('watcher')).toBe(4n)
    expect(frame.balance('watcher')).toBeLessThan(spent)
  })

  test('a late answer extends the time for answers once', async () => {
    const { frame, a, b, close } = await opened()
    await a.pay(1_000n)
    const old = a.signed
    await a.pay(2_000n)
    await a.pay(3_000n)
    await turns()
    const newest = b.signed
    leave(a, b)
    await close('alice', old)
    const deadline = frame.record(a.id)?.dispute?.deadline ?? 0n
    await frame.advanceTo(deadline - 1n)
    const answer = await frame.submit('watcher', {
      kind: 'channels.challenge',
      body: { channel: a.id, state: newest.state, signatures: newest.signatures, party: 1 },
    })
    expect(answer.code).toBe('OK')
    expect(frame.record(a.id)?.dispute).toMatchObject({
      deadline: deadline + PARAMETERS.challengeExtension,
      extended: true,
    })
  })
})

test('random disputes: the simulated ledger answers as the real one does, code by code and record by record', async () => {
  const action = fc.constantFrom(
    ...([
      'close',
      'challenge',
      'final',
      'redeem',
      'badRedeem',
      'claim',
      'timeout',
      'settle',
      'deposit',
      'wait',
      'longWait',
    ] as const),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(action, fc.nat(6)), { minLength: 4, maxLength: 18 }),
      async (actions) => {
        const { frame, a, b, submit } = await opened()
        const states: SignedChannelState[] = [a.signed]
        const keep = async (change: Promise<unknown>): Promise<void> => {
          await change
          await turns(5)
          states.push(a.signed)
        }
        await keep(a.pay(10_000n))
        await keep(b.pay(500n))
        const stream = await a.openStream({ tickValue: 2n, quote: QUOTE, length: 64 })
        await keep(turns(5))
        await keep(lock(a, 1n, 700n, frame.ledger.height + 25n))
        await keep(a.pay(5n))
        stream.pay(9)
        await turns(5)
        const chain = [...b.streams.payees.values()][0]?.chains[0]
        if (chain === undefined) throw new Error('no chain')
        const { preimage } = chain
        leave(a, b)
        const channel = a.id
        for (const [kind, pick] of actions) {
          const { state, signatures } = states[pick % states.length] as SignedChannelState
          const evidence = { channel, state, signatures }
          const by = pick % 2 === 0 ? 'alice' : 'bob'
          const party = pick % 2
          if (kind === 'close')
            await submit(by, { kind: 'channels.closeUnilateral', body: { ...evidence, party } })
          else if (kind === 'challenge')
            await submit('watcher', { kind: 'channels.challenge', body: { ...evidence, party } })
          else if (kind === 'final') await submit(by, { kind: 'channels.closeCooperative', body: evidence })
          else if (kind === 'redeem' || kind === 'badRedeem')
            await submit('watcher', {
              kind: 'channels.redeemStream',
              body: { channel, stream: chain.stream, ticks: kind === 'redeem' ? 9 : 8 + pick * 20, preimage },
            })
          else if (kind === 'claim')
            await submit('watcher', {
              kind: 'channels.claimHtlc',
              body: {
                channel,
                htlc: pick === 6 ? 2n : 1n,
                preimage: seedOf(pick === 5 ? 'wrong' : 'payment 1'),
              },
            })
          else if (kind === 'timeout')
            await submit('watcher', { kind: 'channels.timeoutHtlc', body: { channel, htlc: 1n } })
          else if (kind === 'settle') await submit('watcher', { kind: 'channels.settle', body: { channel } })
          else if (kind === 'deposit')
            await submit(by, { kind: 'channels.deposit', body: { channel, party, amount: BigInt(pick) } })
          else await frame.advance(kind === 'wait' ? BigInt(pick) : 12n)
        }
        expect(frame.differences).toEqual([])
      },
    ),
    { numRuns: 25 },
  )
})
