import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CreditFile, creditScore } from '../../src/index.ts'

const FILE: CreditFile = {
  payment: 1,
  citation: 4,
  attesters: 8,
  identity: 'verified',
  backingBp: 5_000,
  utilisation: 0.3,
  days: 365,
}

describe('credit score (TRU-087 … 094)', () => {
  it('worked example 29: 652', () => {
    expect(creditScore({ ...FILE, payment: 0.98, citation: 2.4, backingBp: 2_500, days: 200 })).toBe(652)
  })

  it('a newcomer has 19, and 104 after a year without doing anything (TRU-094)', () => {
    const nothing = {
      payment: 0,
      citation: 0,
      attesters: 0,
      identity: 'unverified',
      backingBp: 0,
      utilisation: undefined,
    } as const
    expect(creditScore({ ...nothing, days: 0 })).toBe(19)
    expect(creditScore({ ...nothing, days: 365 })).toBe(104)
  })

  it('worked example 27: a perfect file stops at 297, 722 and, if verified, at its own tier', () => {
    expect(creditScore({ ...FILE, identity: 'unverified' })).toBe(297)
    // 850 · (1 − 0.15 · 0.6) = 773.5 before the cap.
    expect(creditScore({ ...FILE, identity: 'attested' })).toBe(722)
    // 850 · (1 − 0.15 · 0.3) = 811.75: KYC level BASIC is worth 0.7 of the tier.
    expect(creditScore(FILE)).toBe(811)
  })

  it('seven attesters are none (TRU-089)', () => {
    // 0.15 of 850 is gone: 811.75 − 127.5 = 684.25.
    expect(creditScore({ ...FILE, attesters: 7 })).toBe(684)
  })

  it.each([
    [0, 0.5714],
    [0.1, 0.7143],
    [0.3, 1],
    [0.5, 0.7143],
    [0.65, 0.5],
    [0.8, 0.2857],
    [1, 0],
    [1.2, 0],
  ])('worked example 30: utilisation %f weighs %f', (utilisation, health) => {
    const without = 850 * (1 - 0.15 * 0.3 - 0.1)
    expect(creditScore({ ...FILE, utilisation })).toBe(Math.floor(without + 85 * health + 1e-2))
  })

  it('stays in 0 … 850 and never falls when a factor rises', () => {
    const factor = fc.double({ min: -1, max: 2, noNaN: true })
    fc.assert(
      fc.property(
        factor,
        factor,
        factor,
        fc.nat(20),
        fc.nat(1_000),
        (payment, citation, backing, attesters, days) => {
          const file = {
            ...FILE,
            payment,
            citation: 4 * citation,
            backingBp: 5_000 * backing,
            attesters,
            days,
          }
          const score = creditScore(file)
          expect(Number.isInteger(score)).toBe(true)
          expect(score).toBeGreaterThanOrEqual(0)
          expect(score).toBeLessThanOrEqual(850)
          expect(creditScore({ ...file, payment: payment + 0.1 })).toBeGreaterThanOrEqual(score)
          expect(creditScore({ ...file, attesters: attesters + 1 })).toBeGreaterThanOrEqual(score)
        },
      ),
    )
  })
})
