import { encode } from '@symbolon/primitives'
import {
  CHANNEL_STATUS,
  type ChannelClosed,
  type ChannelSettled,
  channelTerms,
  openingState,
} from '@symbolon/protocol'
import { describe, expect, it } from 'vitest'
import { FRAME, lastData, TestFrame } from '../harness.ts'
import { A, B, makeTerms, STRANGER, sign, TestChannel, UNIT } from './fixture.ts'

describe('opening a channel', () => {
  it('moves both deposits from the parties to the channel', () => {
    const frame = new TestFrame().fund(A.address, 2n * UNIT).fund(B.address, 2n * UNIT)
    const channel = TestChannel.open([100n, 40n], {}, frame)
    expect(channel.balances()).toEqual([2n * UNIT - 100n, 2n * UNIT - 40n])
    expect(frame.held('channel', channel.id)).toBe(140n)
    expect(channel.record).toMatchObject({ status: CHANNEL_STATUS.open, collateral: 140n, opened: 1n })
  })

  it('names the channel, the parties and the quote in its event', () => {
    const channel = TestChannel.open()
    expect(channel.frame.events[0]).toMatchObject({
      type: 'channels.opened',
      subjects: [channel.id, A.address, B.address],
      debits: [{ bucket: 'liquid', owner: A.address, amount: 100n }],
      credits: [{ bucket: 'channel', owner: channel.id, amount: 100n }],
    })
  })

  const refused = (change: Parameters<typeof makeTerms>[2], deposits: [bigint, bigint] = [100n, 0n]) => {
    const frame = new TestFrame().fund(A.address, UNIT).fund(B.address, UNIT)
    const terms = makeTerms(frame, deposits, change)
    const state = openingState(FRAME, terms)
    return frame.send(A, { kind: 'channels.open', body: { terms, signatures: sign(state) } })
  }

  it.each([
    ['CHANNEL_PARTIES', 'the sender is not party 0', { parties: [B.address, A.address] }],
    ['CHANNEL_PARTIES', 'one party twice', { parties: [A.address, A.address] }],
    ['CHANNEL_NONCE', 'terms of another transaction', { nonce: 7n }],
    ['CHANNEL_CHALLENGE_PERIOD', 'no time to answer', { challengePeriod: 0n }],
  ] as const)('is refused with %s: %s', (code, _, change) => {
    expect(refused(change as never).code).toBe(code)
  })

  it('is refused without any deposit', () => {
    expect(refused({}, [0n, 0n]).code).toBe('CHANNEL_DEPOSITS')
  })

  it('is refused if one key would sign for both parties', () => {
    const key = makeTerms(new TestFrame(), [1n, 0n]).keys[0] as Uint8Array
    expect(refused({ keys: [key, key] }).code).toBe('CHANNEL_KEYS')
  })

  it('never moves the money of a party that did not sign the transaction', () => {
    const frame = new TestFrame().fund(A.address, UNIT).fund(B.address, UNIT)
    const terms = makeTerms(frame, [100n, 50n])
    const payload = {
      kind: 'channels.open',
      body: { terms, signatures: sign(openingState(FRAME, terms)) },
    } as const
    expect(frame.send(A, payload).code).toBe('CHANNEL_COSIGNATURE')
    expect(frame.balance(B.address)).toBe(UNIT)
  })

  it('takes a co-signature of the current key only, and not of the channel key or a stranger', () => {
    for (const key of [STRANGER.key.publicKey, makeTerms(new TestFrame(), [1n, 1n]).keys[1] as Uint8Array]) {
      const frame = new TestFrame().fund(A.address, UNIT).fund(B.address, UNIT)
      const terms = makeTerms(frame, [100n, 50n])
      const payload = {
        kind: 'channels.open',
        body: { terms, signatures: sign(openingState(FRAME, terms)) },
      } as const
      expect(frame.send(A, payload, { cosigners: [key] }).code).toBe('CHANNEL_COSIGNATURE')
    }
  })

  it('is refused unless both sign the state that refunds them: a silent peer cannot freeze the funds', () => {
    const frame = new TestFrame().fund(A.address, UNIT)
    const terms = makeTerms(frame, [100n, 0n])
    const [ours] = sign(openingState(FRAME, terms))
    const signatures = [ours as Uint8Array, new Uint8Array(64)]
    const outcome = frame.send(A, { kind: 'channels.open', body: { terms, signatures } })
    expect(outcome.code).toBe('CHANNEL_SIGNATURE')
    expect(frame.balance(A.address)).toBe(UNIT)
  })

  it('is refused if a balance does not cover its deposit', () => {
    const frame = new TestFrame().fund(A.address, 99n)
    const terms = makeTerms(frame, [100n, 0n])
    const outcome = frame.send(A, {
      kind: 'channels.open',
      body: { terms, signatures: sign(openingState(FRAME, terms)) },
    })
    expect(outcome.code).toBe('INSUFFICIENT_BALANCE')
    expect(frame.snapshot().size).toBe(0)
  })

  it('never reuses an identifier, not even of a closed channel', () => {
    const channel = TestChannel.open()
    channel.agree(channel.state(1n, [60n, 40n], { final: true }))
    expect(channel.submitOpen().code).toBe('CHANNEL_NONCE')
    // With the nonce of the terms again, as if the account had been reset: the tombstone still refuses.
    const replay = new TestFrame().fund(A.address, UNIT)
    const again = TestChannel.open([100n, 0n], {}, replay)
    expect(encode(channelTerms, again.terms)).toEqual(encode(channelTerms, channel.terms))
    Object.defineProperty(replay, 'nonce', { value: () => 0n })
    expect(again.submitOpen().code).toBe('CHANNEL_EXISTS')
  })
})

describe('cooperative close', () => {
  it('pays out a final state at once', () => {
    const channel = TestChannel.open([100n, 20n])
    const [a, b] = channel.balances()
    const outcome = channel.agree(channel.state(9n, [70n, 50n], { final: true }), STRANGER)
    expect(outcome.code).toBe('OK')
    expect(channel.balances()).toEqual([a + 70n, b + 50n])
    expect(channel.frame.held('channel', channel.id)).toBe(0n)
    expect(channel.record).toMatchObject({
      status: CHANNEL_STATUS.closed,
      payouts: [70n, 50n],
      finalSequence: 9n,
      closed: 1n,
    })
    expect(lastData<ChannelClosed>(outcome, 'channels.closed')).toMatchObject({
      cooperative: true,
      received: [0n, 30n],
    })
  })

  it('needs the final flag: an ordinary update cannot skip the challenge period', () => {
    const channel = TestChannel.open()
    expect(channel.agree(channel.state(1n, [0n, 100n])).code).toBe('CHANNEL_NOT_FINAL')
  })

  it('happens once', () => {
    const channel = TestChannel.open()
    const final = channel.state(1n, [60n, 40n], { final: true })
    channel.agree(final)
    expect(channel.agree(final).code).toBe('CHANNEL_CLOSED')
    expect(channel.close(0, final).code).toBe('CHANNEL_NOT_OPEN')
    expect(channel.challenge(1, final).code).toBe('CHANNEL_NOT_DISPUTED')
    expect(channel.settle().code).toBe('CHANNEL_NOT_DISPUTED')
    expect(channel.deposit(0, 1n).code).toBe('CHANNEL_NOT_OPEN')
  })

  it('ends a dispute early and returns the bond', () => {
    const channel = TestChannel.open()
    const before = channel.balances()
    channel.close(0, channel.state(3n, [75n, 25n]))
    expect(channel.agree(channel.state(4n, [74n, 26n], { final: true })).code).toBe('OK')
    expect(channel.balances()).toEqual([before[0] + 74n, before[1] + 26n])
  })

  it('may show the very final state that stands in the dispute, and nothing older', () => {
    const channel = TestChannel.open()
    const final = channel.state(4n, [74n, 26n], { final: true })
    channel.close(0, final)
    expect(channel.agree(channel.state(3n, [90n, 10n], { final: true })).code).toBe('CHANNEL_STALE')
    expect(channel.agree(channel.state(4n, [90n, 10n], { final: true })).code).toBe('CHANNEL_STALE')
    expect(channel.agree(final).code).toBe('OK')
  })

  it('does not save the bond of a closer that a challenge has already proven stale', () => {
    const channel = TestChannel.open()
    const [a, b] = channel.balances()
    channel.close(0, channel.state(1n, [90n, 10n]))
    const final = channel.state(5n, [75n, 25n], { final: true })
    channel.challenge(1, final)
    const outcome = channel.agree(final, A)
    expect(channel.balances()).toEqual([a + 75n - UNIT, b + 25n + UNIT])
    expect(lastData<ChannelClosed>(outcome, 'channels.closed')).toMatchObject({
      loser: 0,
      forfeitedBond: UNIT,
    })
  })

  it('comes too late after the deadline of a dispute', () => {
    const channel = TestChannel.open()
    channel.close(0, channel.state(1n, [90n, 10n]))
    channel.frame.advance(channel.frame.height + 101n)
    expect(channel.agree(channel.state(2n, [10n, 90n], { final: true })).code).toBe('CHANNEL_DEADLINE_PASSED')
  })
})

describe('unilateral close (worked example 19)', () => {
  const dispute = (): TestChannel => {
    const channel = TestChannel.open()
    channel.frame.advance(1000n)
    expect(channel.close(0, channel.state(1n, [90n, 10n])).code).toBe('OK')
    return channel
  }
  const newest = (channel: TestChannel) => channel.state(3n, [75n, 25n], { proposer: 0 })

  it('an answer at block 1099 settles 75/25 and forfeits the bond', () => {
    const channel = dispute()
    const before: [bigint, bigint] = [2n * UNIT, 2n * UNIT]
    channel.frame.advance(1099n)
    expect(channel.challenge(1, newest(channel)).code).toBe('OK')
    channel.frame.advance(channel.record.dispute?.deadline).advance()
    const outcome = channel.settle()
    expect(channel.balances()).toEqual([before[0] + 75n - UNIT, before[1] + 25n + UNIT])
    expect(lastData<ChannelSettled>(outcome, 'channels.settled')).toMatchObject({
      loser: 0,
      closer: 0,
      payouts: [75n, 25n],
      forfeitedBond: UNIT,
      sequence: 3n,
    })
  })

  it('an answer at the last block, 1100, still counts', () => {
    const channel = dispute()
    channel.frame.advance(1100n)
    expect(channel.challenge(1, newest(channel)).code).toBe('OK')
  })

  it('an answer at block 1101 is rejected, and 90/10 is paid', () => {
    const channel = dispute()
    channel.frame.advance(1101n)
    expect(channel.challenge(1, newest(channel)).code).toBe('CHANNEL_DEADLINE_PASSED')
    expect(channel.settle().code).toBe('OK')
    expect(channel.balances()).toEqual([2n * UNIT + 90n, 2n * UNIT + 10n])
  })

  it('settles not before the deadline has passed, and once', () => {
    const channel = dispute()
    channel.frame.advance(1100n)
    expect(channel.settle().code).toBe('CHANNEL_CHALLENGE_OPEN')
    channel.frame.advance()
    expect(channel.settle().code).toBe('OK')
    expect(channel.settle().code).toBe('CHANNEL_NOT_DISPUTED')
  })

  it('a late answer extends the deadline once', () => {
    const channel = dispute()
    channel.frame.advance(1099n)
    channel.challenge(1, channel.state(2n, [80n, 20n]))
    expect(channel.record.dispute).toMatchObject({ deadline: 1120n, extended: true })
    channel.frame.advance(1119n)
    channel.challenge(1, newest(channel))
    expect(channel.record.dispute?.deadline).toBe(1120n)
  })

  it('an answer in good time does not extend it', () => {
    const channel = dispute()
    channel.frame.advance(1080n)
    channel.challenge(1, newest(channel))
    expect(channel.record.dispute).toMatchObject({ deadline: 1100n, extended: false })
  })

  it('can start from the opening state', () => {
    const channel = TestChannel.open([100n, 7n])
    const before = channel.balances()
    expect(channel.close(1, channel.opening).code).toBe('OK')
    channel.frame.advance(102n)
    channel.settle()
    expect(channel.balances()).toEqual([before[0] + 100n, before[1] + 7n])
  })

  it('is only for the party itself, from its own address', () => {
    const channel = TestChannel.open()
    const state = channel.state(1n, [90n, 10n])
    for (const [from, party] of [
      [STRANGER, 0],
      [A, 1],
      [B, 0],
    ] as const)
      expect(
        channel.frame.send(from, {
          kind: 'channels.closeUnilateral',
          body: { ...channel.evidence(state), party },
        }).code,
      ).toBe('CHANNEL_PARTY')
  })

  it('needs the bond in the closer’s liquid balance', () => {
    const frame = new TestFrame().fund(A.address, 2n * UNIT).fund(B.address, 2n * UNIT)
    const channel = TestChannel.open([2n * UNIT - 5n, 0n], {}, frame)
    expect(channel.close(0, channel.opening).code).toBe('INSUFFICIENT_BALANCE')
    expect(channel.record.status).toBe(CHANNEL_STATUS.open)
  })
})
