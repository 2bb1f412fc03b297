/** Ratings: who may give them, when, how often, and what they can and cannot do. */
import { asHash } from '@symbolon/primitives'
import { describe, expect, it } from 'vitest'
import { A, B, C, CHALLENGER, D, TrustFrame } from './trust-frame.ts'

describe('attesting', () => {
  it('is for the buyer of a channel that has ended, once, in time', () => {
    const frame = new TrustFrame()
    const channel = frame.buy(A, B)
    expect(frame.attest(A, asHash(new Uint8Array(32)), 900_000).code).toBe('ATTEST_CHANNEL_UNKNOWN')
    expect(frame.attest(B, channel, 900_000).code).toBe('ATTEST_BUYER')
    expect(frame.attest(CHALLENGER, channel, 900_000).code).toBe('ATTEST_BUYER')
    expect(frame.attest(A, channel, 900_000, 20).code).toBe('OK')
    expect(frame.attest(A, channel, 100_000).code).toBe('ATTEST_REPEATED')
    const free = frame.buy(A, B, { paid: 0n })
    expect(frame.attest(A, free, 900_000).code).toBe('ATTEST_BUYER')
  })

  it('ends with the window, inclusive', () => {
    for (const late of [0n, 1n]) {
      const frame = new TrustFrame()
      const channel = frame.buy(A, B)
      frame.until(frame.height + 8n + late)
      expect(frame.attest(A, channel, 1).code).toBe(late === 0n ? 'OK' : 'ATTEST_WINDOW')
    }
  })

  it('waits for the end of the channel', () => {
    const frame = new TrustFrame()
    // The channel of a dispute is open until it settles.
    const channels: Uint8Array[] = []
    const send = frame.send.bind(frame)
    frame.send = (from, payload, sending) => {
      if (payload.kind === 'channels.closeUnilateral') {
        channels.push(payload.body.channel)
        expect(frame.attest(from, payload.body.channel, 1).code).toBe('ATTEST_CHANNEL_OPEN')
      }
      return send(from, payload, sending)
    }
    frame.cheat(A, B)
    expect(channels).toHaveLength(1)
  })

  it('praise and blame move what the buyer hands on, and nothing of the seller’s record', () => {
    const scoresAfter = (rating: number | undefined) => {
      const frame = new TrustFrame()
      const channel = frame.buy(A, B)
      frame.buy(A, C)
      if (rating !== undefined) expect(frame.attest(A, channel, rating, 30).code).toBe('OK')
      return frame.compute(frame.seal()).tree
    }
    const [silent, praised, blamed] = [undefined, 1_000_000, 0].map((rating) =>
      scoresAfter(rating).scoreOf(B.address),
    )
    expect(praised?.eigenTrust).toBeGreaterThan(silent?.eigenTrust as number)
    expect(blamed?.eigenTrust).toBeLessThan(silent?.eigenTrust as number)
    expect(blamed).toMatchObject({ success: 1_000_000, disputes: 1_000_000, latency: 1_000_000 })
    expect(silent?.latency).toBe(0)
  })

  it('of two sellers the one with the shorter attested time has the better rank', () => {
    const frame = new TrustFrame()
    for (const [seller, time] of [
      [B, 10],
      [C, 900],
      [D, 50],
    ] as const)
      frame.attest(A, frame.buy(A, seller), 500_000, time)
    const { tree } = frame.compute(frame.seal())
    expect([B, C, D].map(({ address }) => tree.scoreOf(address)?.latency)).toEqual([1_000_000, 0, 500_000])
  })
})
