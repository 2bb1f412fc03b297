import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SlidingWindow, WINDOW_STEPS } from '../../src/index.ts'

describe('sliding window', () => {
  it('is exact up to an hour: equal to a sum over every payment in (now − seconds, now]', () => {
    const payments = fc.array(fc.record({ after: fc.nat(40), amount: fc.bigInt(1n, 1_000n) }), {
      maxLength: 80,
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), payments, (seconds, list) => {
        const window = new SlidingWindow({ seconds: BigInt(seconds), limit: 10n ** 12n })
        const flowed: { at: number; amount: bigint }[] = []
        let now = 0
        for (const { after, amount } of list) {
          now += after
          window.add(now, amount)
          flowed.push({ at: now, amount })
          const exact = flowed
            .filter((one) => one.at > now - seconds)
            .reduce((sum, one) => sum + one.amount, 0n)
          expect(window.sum(now)).toBe(exact)
        }
      }),
    )
  })

  it('beyond an hour never counts less than the exact sum, and forgets within one step more', () => {
    const payments = fc.array(fc.record({ after: fc.nat(40_000), amount: fc.bigInt(1n, 1_000n) }), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(fc.integer({ min: 3_601, max: 200_000 }), payments, (seconds, list) => {
        const window = new SlidingWindow({ seconds: BigInt(seconds), limit: 10n ** 12n })
        const width = Math.ceil(seconds / WINDOW_STEPS)
        const flowed: { at: number; amount: bigint }[] = []
        const since = (from: number): bigint =>
          flowed.filter((one) => one.at > from).reduce((sum, one) => sum + one.amount, 0n)
        let now = 0
        for (const { after, amount } of list) {
          now += after
          window.add(now, amount)
          flowed.push({ at: now, amount })
          expect(window.sum(now)).toBeGreaterThanOrEqual(since(now - seconds))
          expect(window.sum(now)).toBeLessThanOrEqual(since(now - seconds - width))
        }
      }),
    )
  })

  it('says when an amount will fit, and it fits then and not a second earlier', () => {
    const window = new SlidingWindow({ seconds: 60n, limit: 500n })
    window.add(0, 300n)
    window.add(10, 200n)
    expect(window.fitsAt(20, 300n)).toBe(60)
    expect(window.fitsAt(20, 301n)).toBe(70)
    expect(window.fitsAt(20, 501n)).toBeUndefined()
    expect(window.sum(59)).toBe(500n)
    expect(window.sum(60)).toBe(200n)
  })

  it('credits what did not flow, once, and only while it still counts', () => {
    const window = new SlidingWindow({ seconds: 60n, limit: 500n })
    window.add(0, 300n)
    window.add(30, 100n)
    window.credit(0, 250n)
    expect(window.sum(30)).toBe(150n)
    expect(window.sum(60)).toBe(100n)
    window.credit(0, 50n)
    expect(window.sum(60)).toBe(100n)
  })
})
