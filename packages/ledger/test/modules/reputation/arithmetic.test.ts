/** The figures of CON-091, CON-101 and the worked examples, and the laws behind them. */
import { DEFAULT_PARAMETERS, type ReputationRecord } from '@symbolon/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { enterEpoch, startRecord } from '../../../src/modules/reputation/epochs.ts'
import { performance, reputationAt } from '../../../src/modules/reputation/index.ts'
import { alphaPower, nextScore, scoreAfter } from '../../../src/modules/reputation/moving-average.ts'

const PPM = 1_000_000n
const ALPHA = 700_000n
const measure = fc.bigInt({ min: 0n, max: PPM })

describe('performance (CON-100…102)', () => {
  it('worked example 7: 0.9, 0.1, 0.5, 1.0 give 0.845, and move 0.5 to 0.6035', () => {
    const measured = performance({
      settlementRate: 900_000n,
      disputeLossRate: 100_000n,
      volume: 500_000n,
      proofRate: PPM,
    })
    expect(measured).toBe(845_000n)
    expect(nextScore(500_000n, 845_000n, ALPHA)).toBe(603_500n)
  })

  it('a cheater with 0.2, 1.0, 0.5, 0.5 gets 0.285', () => {
    expect(
      performance({ settlementRate: 200_000n, disputeLossRate: PPM, volume: 500_000n, proofRate: 500_000n }),
    ).toBe(285_000n)
  })

  it('shares the weight of what was not observed', () => {
    expect(performance({})).toBeUndefined()
    expect(performance({ settlementRate: 400_000n })).toBe(400_000n)
    // 0.30 × 1 + 0.20 × 0.5 over 0.50
    expect(performance({ settlementRate: PPM, volume: 500_000n })).toBe(800_000n)
  })

  it('losing more disputes never raises it, and more of anything else never lowers it', () => {
    const optionally = fc.option(measure, { nil: undefined })
    void fc.assert(
      fc.property(
        optionally,
        measure,
        optionally,
        optionally,
        measure,
        (settlementRate, loss, volume, proofRate, more) => {
          const rest = { settlementRate, volume, proofRate }
          const [better, worse] = [loss, more].sort((a, b) => Number(a - b)) as [bigint, bigint]
          expect(performance({ ...rest, disputeLossRate: worse }) ?? 0n).toBeLessThanOrEqual(
            performance({ ...rest, disputeLossRate: better }) ?? 0n,
          )
          expect(performance({ ...rest, volume: worse, disputeLossRate: loss }) ?? 0n).toBeGreaterThanOrEqual(
            performance({ ...rest, volume: better, disputeLossRate: loss }) ?? 0n,
          )
        },
      ),
    )
  })
})

describe('the moving average (CON-090, CON-091)', () => {
  it('rises from 0.5 with P = 1 as the table says', () => {
    const rising = [650_000n, 755_000n, 828_500n, 879_950n, 915_965n, 941_175n, 958_822n, 971_175n]
    let score = 500_000n
    for (const expected of rising) {
      score = nextScore(score, PPM, ALPHA)
      expect(score).toBe(expected)
    }
  })

  it('falls from 1.0 with P = 0 to the floor (worked example 5)', () => {
    let score = PPM
    for (const expected of [700_000n, 490_000n, 343_000n, 240_100n, 168_070n, 117_649n, 100_000n]) {
      score = nextScore(score, 0n, ALPHA)
      expect(score).toBe(expected)
    }
  })

  it('has powers within one part per million of the exact ones', () => {
    void fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: PPM }), fc.bigInt({ min: 0n, max: 400n }), (alpha, k) => {
        const exact = (alpha ** k * PPM) / PPM ** k
        const computed = alphaPower(alpha, k)
        expect(computed === exact || computed === exact - 1n).toBe(true)
      }),
    )
  })

  it('skips any number of epochs in bounded time', () => {
    expect(alphaPower(ALPHA, 2n ** 64n - 1n)).toBe(0n)
    expect(alphaPower(PPM, 2n ** 64n - 1n)).toBe(PPM)
    expect(scoreAfter(900_000n, 500_000n, ALPHA, 10n ** 12n)).toBe(500_000n)
  })

  it('agrees with stepping through the epochs, up to the truncation of each step', () => {
    void fc.assert(
      fc.property(
        fc.bigInt({ min: 100_000n, max: PPM }),
        measure,
        fc.integer({ min: 0, max: 40 }),
        (score, target, epochs) => {
          let stepped = score
          for (let i = 0; i < epochs; i++) stepped = nextScore(stepped, target, ALPHA)
          const difference = scoreAfter(score, target, ALPHA, BigInt(epochs)) - stepped
          // Each step truncates less than 1 and carries 0.7 of it on: less than 1 / (1 − 0.7) in all.
          expect(difference >= -5n && difference <= 5n).toBe(true)
        },
      ),
    )
  })
})

describe('lazy epochs', () => {
  const record = (change: Partial<ReputationRecord>): ReputationRecord => ({
    ...startRecord(500_000, 10n),
    ...change,
  })
  const at = (change: Partial<ReputationRecord>, epoch: bigint): number =>
    reputationAt(record(change), epoch, DEFAULT_PARAMETERS)

  it('shows the recorded score during its own epoch, whatever was counted', () => {
    expect(at({ settled: PPM, settlements: PPM, volume: PPM }, 10n)).toBe(500_000)
  })

  it('closes an epoch of full settlement and volume with P = 1', () => {
    expect(at({ settled: PPM, settlements: PPM, volume: PPM }, 11n)).toBe(650_000)
  })

  it('decays a score above the start towards it while idle: 0.9 after 1, 2, 3 idle epochs', () => {
    expect([11n, 12n, 13n].map((epoch) => at({ score: 900_000 }, epoch))).toEqual([780_000, 696_000, 637_200])
    expect(at({ score: 900_000 }, 10_000n)).toBe(500_000)
  })

  it('never raises a low score by waiting', () => {
    expect(at({ score: 200_000 }, 1_000_000n)).toBe(200_000)
  })

  it('does not depend on how often the record was touched in between', () => {
    void fc.assert(
      fc.property(
        fc.integer({ min: 100_000, max: 1_000_000 }),
        measure,
        measure,
        fc.bigInt({ min: 0n, max: 30n }),
        fc.bigInt({ min: 0n, max: 30n }),
        (score, settled, volume, first, second) => {
          const from = record({ score, settled, settlements: PPM, volume })
          const once = reputationAt(from, 10n + first + second, DEFAULT_PARAMETERS)
          const entered = enterEpoch(from, 10n + first, DEFAULT_PARAMETERS)
          const twice = reputationAt(entered, 10n + first + second, DEFAULT_PARAMETERS)
          // Truncation may differ by the step in between, nothing else.
          expect(Math.abs(once - twice)).toBeLessThanOrEqual(3)
        },
      ),
    )
  })

  it('keeps the lifetime and starts the new epoch empty', () => {
    const entered = enterEpoch(
      record({ lifetime: 7n, settled: PPM, settlements: PPM, disputes: 5n }),
      12n,
      DEFAULT_PARAMETERS,
    )
    expect(entered).toMatchObject({
      epoch: 12n,
      lifetime: 7n,
      settled: 0n,
      settlements: 0n,
      disputes: 0n,
      counterparties: [],
    })
  })

  it('survives a target of zero, an alpha of zero and of one', () => {
    const from = record({ settled: PPM, settlements: PPM })
    const at = (change: object): number => reputationAt(from, 12n, { ...DEFAULT_PARAMETERS, ...change })
    expect(at({ reputationVolumeTarget: 0n, reputationAlpha: 0 })).toBe(500_000)
    expect(at({ reputationAlpha: 1_000_000 })).toBe(500_000)
  })
})
