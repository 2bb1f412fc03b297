import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_ECONOMY, type SpendingLine, summariseSpending } from '../../src/index.ts'

describe('spending', () => {
  it('a bond costs its time value only: 50 for a year at 8 % is 4', () => {
    const lines: SpendingLine[] = [{ kind: 'bond', amount: 50, agent: 0, lockedDays: 365 }]
    expect(summariseSpending(lines, DEFAULT_ECONOMY)).toMatchObject({
      bondsLocked: 50,
      timeValue: 4,
      sunk: 4,
    })
  })

  it('fees that return through own validators are no cost', () => {
    const lines: SpendingLine[] = [{ kind: 'fee', amount: 10, agent: 0 }]
    expect(summariseSpending(lines, { ...DEFAULT_ECONOMY, validatorShare: 1 }).sunk).toBe(0)
    expect(summariseSpending(lines, { ...DEFAULT_ECONOMY, validatorShare: 0 }).sunk).toBe(10)
  })

  it('nothing costs nothing', () => {
    expect(Object.values(summariseSpending([], DEFAULT_ECONOMY)).every((sum) => sum === 0)).toBe(true)
  })

  it('adds up: two books together cost what they cost apart', () => {
    const line = fc.record({
      kind: fc.constantFrom('fee', 'bridge', 'purchase', 'identity', 'history', 'bribe', 'bond' as const),
      amount: fc.double({ min: 0, max: 1e4, noNaN: true }),
      agent: fc.nat(10),
      lockedDays: fc.nat(400),
    }) as fc.Arbitrary<SpendingLine>
    fc.assert(
      fc.property(fc.array(line), fc.array(line), (a, b) => {
        const sunk = (lines: SpendingLine[]): number => summariseSpending(lines, DEFAULT_ECONOMY).sunk
        expect(sunk([...a, ...b])).toBeCloseTo(sunk(a) + sunk(b), 6)
      }),
    )
  })
})
