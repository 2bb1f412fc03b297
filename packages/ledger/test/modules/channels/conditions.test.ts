/** Pending payments, streams and later deposits in a dispute. */
import { CHANNEL_STATUS, type ChannelClosed, type ChannelSettled } from '@symbolon/protocol'
import { describe, expect, it } from 'vitest'
import { channelsModule } from '../../../src/modules/channels/index.ts'
import { lastData } from '../harness.ts'
import { A, htlcOf, OTHER, preimageOf, STRANGER, streamOf, TestChannel, UNIT } from './fixture.ts'

/** What A and B gained since. */
function gains(channel: TestChannel, since: [bigint, bigint]): [bigint, bigint] {
  const now = channel.balances()
  return [now[0] - since[0], now[1] - since[1]]
}

describe('a pending payment', () => {
  /** A pays 30 under a hash until the given height; the close is at height 1, its deadline is 101. */
  const pending = (expiry: bigint) => {
    const channel = TestChannel.open()
    const before = channel.balances()
    channel.close(0, channel.state(1n, [60n, 10n], { pending: [htlcOf(5n, 0, 30n, expiry)] }))
    return { channel, before }
  }
  const secret = preimageOf('secret 5')

  it('goes to the payee if the preimage was shown', () => {
    const { channel, before } = pending(50n)
    channel.frame.advance(50n)
    expect(channel.claim(5n, secret).code).toBe('OK')
    channel.frame.advance(102n)
    channel.settle()
    expect(gains(channel, before)).toEqual([60n, 40n])
  })

  it('publishes the preimage, for whoever forwarded the payment', () => {
    const { channel } = pending(50n)
    expect(lastData(channel.claim(5n, secret), 'channels.claimed')).toMatchObject({
      preimage: secret,
      amount: 30n,
      payee: 1,
    })
  })

  it('returns to the payer once it has expired', () => {
    const { channel, before } = pending(50n)
    channel.frame.advance(51n)
    expect(channel.claim(5n, secret).code).toBe('HTLC_EXPIRED')
    channel.frame.advance(102n)
    channel.settle()
    expect(gains(channel, before)).toEqual([90n, 10n])
  })

  it('is claimed once, with its own preimage, and only if it exists', () => {
    const { channel } = pending(50n)
    expect(channel.claim(5n, preimageOf('secret 6')).code).toBe('HTLC_PREIMAGE')
    expect(channel.claim(6n, secret).code).toBe('HTLC_UNKNOWN')
    expect(channel.claim(5n, secret).code).toBe('OK')
    expect(channel.claim(5n, secret).code).toBe('HTLC_CLAIMED')
  })

  it('cannot be claimed while the channel is open', () => {
    expect(TestChannel.open().claim(5n, secret).code).toBe('CHANNEL_NOT_DISPUTED')
  })

  it('outlives the settlement, and is paid to the payee by its expiry, inclusive', () => {
    const { channel, before } = pending(500n)
    channel.frame.advance(102n)
    const settled = channel.settle()
    expect(lastData<ChannelSettled>(settled, 'channels.settled')).toMatchObject({
      payouts: [60n, 10n],
      unresolved: 30n,
    })
    expect(gains(channel, before)).toEqual([60n, 10n])
    expect(channel.record.status).toBe(CHANNEL_STATUS.settling)
    expect(channel.timeout(5n).code).toBe('HTLC_NOT_EXPIRED')
    channel.frame.advance(500n)
    expect(channel.timeout(5n).code).toBe('HTLC_NOT_EXPIRED')
    const outcome = channel.claim(5n, secret)
    expect(gains(channel, before)).toEqual([60n, 40n])
    expect(lastData<ChannelClosed>(outcome, 'channels.closed')).toMatchObject({
      payouts: [60n, 40n],
      cooperative: false,
    })
    expect(channel.claim(5n, secret).code).toBe('CHANNEL_NOT_DISPUTED')
    expect(channel.timeout(5n).code).toBe('CHANNEL_NOT_SETTLING')
    expect(channel.frame.held('channel', channel.id)).toBe(0n)
  })

  it('outlives the settlement, and returns to the payer after its expiry', () => {
    const { channel, before } = pending(500n)
    channel.frame.advance(102n)
    channel.settle()
    channel.frame.advance(501n)
    expect(channel.claim(5n, secret).code).toBe('HTLC_EXPIRED')
    expect(channel.timeout(5n).code).toBe('OK')
    expect(gains(channel, before)).toEqual([90n, 10n])
    expect(channel.record.status).toBe(CHANNEL_STATUS.closed)
  })

  it('is still open when the channel settles at its very expiry', () => {
    const { channel, before } = pending(102n)
    channel.frame.advance(102n)
    channel.settle()
    expect(channel.claim(5n, secret).code).toBe('OK')
    expect(gains(channel, before)).toEqual([60n, 40n])
  })

  it('makes whoever touches the dispute pay for its size', () => {
    const gasOf = (count: number): bigint => {
      const channel = TestChannel.open()
      const payments = Array.from({ length: count }, (_, i) => htlcOf(BigInt(i), 0, 1n, 500n))
      channel.close(0, channel.state(1n, [100n - BigInt(count), 0n], { pending: payments }))
      channel.frame.advance(102n)
      return channel.settle().gas
    }
    expect(gasOf(64) - gasOf(0)).toBe(64n * 1_000n)
  })

  it('is resolved one by one: the last ends the channel', () => {
    const channel = TestChannel.open()
    const before = channel.balances()
    const payments = [htlcOf(1n, 0, 30n, 500n), htlcOf(2n, 0, 20n, 600n)]
    channel.close(0, channel.state(1n, [40n, 10n], { pending: payments }))
    channel.frame.advance(102n)
    channel.settle()
    expect(channel.claim(1n, preimageOf('secret 1')).code).toBe('OK')
    expect(channel.claim(1n, preimageOf('secret 1')).code).toBe('HTLC_UNKNOWN')
    expect(channel.record).toMatchObject({ status: CHANNEL_STATUS.settling, payouts: [40n, 40n] })
    channel.frame.advance(601n)
    expect(channel.timeout(2n).code).toBe('OK')
    expect(gains(channel, before)).toEqual([60n, 40n])
  })

  it('does not time out alone before the channel settled', () => {
    const { channel } = pending(2n)
    channel.frame.advance(3n)
    expect(channel.timeout(5n).code).toBe('CHANNEL_NOT_SETTLING')
  })

  it('stays claimed if a newer state holds it unchanged, and not if it changed', () => {
    for (const [amount, code] of [
      [30n, 'HTLC_CLAIMED'],
      [29n, 'OK'],
    ] as const) {
      const { channel } = pending(50n)
      channel.claim(5n, secret)
      channel.challenge(1, channel.state(2n, [70n - amount, 30n], { pending: [htlcOf(5n, 0, amount, 50n)] }))
      expect(channel.claim(5n, secret).code).toBe(code)
    }
  })

  it('cannot be paid twice by moving it into the balance and claiming it as well', () => {
    const { channel, before } = pending(50n)
    channel.claim(5n, secret)
    channel.challenge(1, channel.state(2n, [60n, 40n]))
    channel.frame.advance(200n)
    channel.settle()
    expect(gains(channel, before)).toEqual([60n, 40n])
  })
})

describe('a stream', () => {
  /** A pays B up to 20 ticks of 3; the close is at height 1, the deadline 101, the redemption deadline 121. */
  const streaming = () => {
    const channel = TestChannel.open()
    const before = channel.balances()
    const { stream, chain } = streamOf(channel.id, 8n, 0, 3n, 20)
    channel.close(0, channel.state(1n, [30n, 10n], { streams: [stream] }))
    return { channel, before, stream, chain }
  }

  it('pays the ticks that were redeemed, and returns the rest to its payer', () => {
    const { channel, before, chain } = streaming()
    expect(lastData(channel.redeem(8n, 7, chain(7)), 'channels.redeemed')).toMatchObject({
      ticks: 7,
      amount: 21n,
      payee: 1,
    })
    channel.frame.advance(122n)
    channel.settle()
    expect(gains(channel, before)).toEqual([30n + 39n, 10n + 21n])
  })

  it('returns to its payer if nothing was redeemed', () => {
    const { channel, before } = streaming()
    channel.frame.advance(122n)
    channel.settle()
    expect(gains(channel, before)).toEqual([90n, 10n])
  })

  it('is replaced by a deeper redemption only', () => {
    const { channel, before, chain } = streaming()
    expect(channel.redeem(8n, 7, chain(7)).code).toBe('OK')
    expect(channel.redeem(8n, 7, chain(7)).code).toBe('STREAM_STALE')
    expect(channel.redeem(8n, 6, chain(6)).code).toBe('STREAM_STALE')
    expect(channel.redeem(8n, 20, chain(20)).code).toBe('OK')
    channel.frame.advance(122n)
    channel.settle()
    expect(gains(channel, before)).toEqual([30n, 70n])
  })

  it('is not redeemed beyond its length, with a wrong count, or by another preimage', () => {
    const { channel, chain } = streaming()
    expect(channel.redeem(8n, 21, chain(20)).code).toBe('STREAM_LENGTH')
    expect(channel.redeem(8n, 8, chain(7)).code).toBe('STREAM_PREIMAGE')
    expect(channel.redeem(8n, 6, chain(7)).code).toBe('STREAM_PREIMAGE')
    expect(channel.redeem(8n, 7, preimageOf('anything')).code).toBe('STREAM_PREIMAGE')
    expect(channel.redeem(9n, 7, chain(7)).code).toBe('STREAM_UNKNOWN')
    expect(channel.redeem(8n, 0, chain(0)).code).toBe('STREAM_STALE')
  })

  it('is not redeemed by the chain of another stream, channel or frame, though the seed is the same', () => {
    const { channel } = streaming()
    for (const other of [
      streamOf(channel.id, 9n, 0, 3n, 20),
      streamOf(OTHER, 8n, 0, 3n, 20),
      streamOf(channel.id, 8n, 0, 3n, 20, OTHER),
    ])
      expect(channel.redeem(8n, 7, other.chain(7)).code).toBe('STREAM_PREIMAGE')
  })

  it('keeps its redemption if a newer state holds it unchanged', () => {
    const { channel, before, stream, chain } = streaming()
    channel.redeem(8n, 7, chain(7))
    channel.challenge(1, channel.state(2n, [25n, 15n], { streams: [stream] }))
    expect(channel.redeem(8n, 7, chain(7)).code).toBe('STREAM_STALE')
    channel.frame.advance(200n)
    channel.settle()
    expect(gains(channel, before)).toEqual([25n + 39n, 15n + 21n])
  })

  it('is redeemed anew after a fold, so that folded ticks are not paid twice', () => {
    const { channel, before, stream, chain } = streaming()
    channel.redeem(8n, 7, chain(7))
    const folded = { ...stream, root: chain(5) as typeof stream.root, length: 15 }
    channel.challenge(1, channel.state(2n, [30n, 10n + 15n], { streams: [folded] }))
    expect(channel.redeem(8n, 7, chain(7)).code).toBe('STREAM_PREIMAGE')
    expect(channel.redeem(8n, 2, chain(7)).code).toBe('OK')
    channel.frame.advance(200n)
    channel.settle()
    expect(gains(channel, before)).toEqual([30n + 39n, 10n + 21n])
  })

  it('leaves the payee time to redeem it after a newer state came at the last height', () => {
    const { channel, stream, chain } = streaming()
    channel.frame.advance(101n)
    channel.challenge(
      0,
      channel.state(2n, [30n, 10n], { streams: [{ ...stream, root: chain(0) as typeof stream.root }] }),
    )
    const deadline = channel.record.dispute?.deadline ?? 0n
    expect(deadline).toBe(121n)
    channel.frame.advance(deadline + 20n)
    expect(channel.settle().code).toBe('CHANNEL_CHALLENGE_OPEN')
    expect(channel.challenge(1, channel.state(3n, [40n, 60n])).code).toBe('CHANNEL_DEADLINE_PASSED')
    expect(channel.redeem(8n, 20, chain(20)).code).toBe('OK')
    channel.frame.advance()
    expect(channel.redeem(8n, 20, chain(20)).code).toBe('CHANNEL_DEADLINE_PASSED')
    expect(channel.settle().code).toBe('OK')
  })

  it('charges gas for every hash, before walking', () => {
    const kind = channelsModule.kinds.find((candidate) => candidate.kind === 'channels.redeemStream')
    const gas = (ticks: number) => kind?.gas({ ticks }, {} as never) ?? 0n
    expect(gas(65_536) - gas(0)).toBe(65_536n * 500n)
  })
})

describe('a later deposit', () => {
  it('belongs to who paid it in until a co-signed state absorbs it', () => {
    const channel = TestChannel.open()
    const before = channel.balances()
    expect(channel.deposit(1, 50n).code).toBe('OK')
    expect(channel.record.collateral).toBe(150n)
    channel.close(0, channel.state(3n, [75n, 25n]))
    channel.frame.advance(102n)
    channel.settle()
    expect(gains(channel, before)).toEqual([75n, 25n])
  })

  it('is divided by a state that absorbs it', () => {
    const channel = TestChannel.open()
    const before = channel.balances()
    channel.deposit(1, 50n)
    channel.deposit(0, 5n)
    channel.close(0, channel.state(3n, [90n, 60n]))
    channel.frame.advance(102n)
    channel.settle()
    expect(gains(channel, before)).toEqual([90n, 10n])
  })

  it('races a close: the cheaper state loses to the one that absorbed it', () => {
    const channel = TestChannel.open()
    const before = channel.balances()
    channel.deposit(1, 50n)
    channel.close(1, channel.state(3n, [75n, 25n]))
    expect(channel.challenge(0, channel.state(9n, [140n, 10n])).code).toBe('OK')
    channel.frame.advance(200n)
    channel.settle()
    expect(gains(channel, before)).toEqual([140n + UNIT, -40n - UNIT])
  })

  it('returns on a cooperative close that was signed before it', () => {
    const channel = TestChannel.open()
    const before = channel.balances()
    channel.deposit(0, 50n)
    expect(channel.agree(channel.state(3n, [75n, 25n], { final: true })).code).toBe('OK')
    expect(gains(channel, before)).toEqual([75n, 25n])
  })

  it('is absorbed in ledger order only: a state cannot take the second and leave the first', () => {
    const channel = TestChannel.open()
    channel.deposit(0, 5n)
    channel.deposit(1, 50n)
    for (const total of [150n, 149n, 99n, 156n])
      expect(channel.close(0, channel.state(3n, [total, 0n])).code).toBe('CHANNEL_CONSERVATION')
    for (const total of [100n, 105n, 155n]) {
      const state = channel.state(3n, [total - 9n, 9n], { final: true })
      expect(channel.agree({ ...state, sequence: 1n, balances: [total, 1n] }).code).toBe(
        'CHANNEL_CONSERVATION',
      )
    }
  })

  it('is refused from another’s address, of zero, of more than the balance, and beyond the bound', () => {
    const channel = TestChannel.open()
    expect(channel.deposit(1, 5n, STRANGER).code).toBe('CHANNEL_PARTY')
    expect(channel.deposit(1, 5n, A).code).toBe('CHANNEL_PARTY')
    expect(channel.deposit(0, 0n).code).toBe('CHANNEL_DEPOSIT_ZERO')
    expect(channel.deposit(0, 2n * UNIT + 1n).code).toBe('INSUFFICIENT_BALANCE')
    for (let i = 0; i < 16; i++) expect(channel.deposit(0, 1n).code).toBe('OK')
    expect(channel.deposit(0, 1n)).toMatchObject({
      code: 'CHANNEL_DEPOSITS_MAX',
      message: expect.stringContaining('DEPOSITS_MAX'),
    })
    expect(channel.record.collateral).toBe(116n)
  })

  it('cannot overflow the collateral', () => {
    const channel = TestChannel.open()
    expect(channel.deposit(0, 2n ** 64n - 1n).code).toBe('CHANNEL_COLLATERAL_MAX')
  })

  it('is refused while the channel is disputed', () => {
    const channel = TestChannel.open()
    channel.close(0, channel.opening)
    expect(channel.deposit(0, 1n).code).toBe('CHANNEL_NOT_OPEN')
  })
})
