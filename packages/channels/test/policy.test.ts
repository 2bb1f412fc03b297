import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  amortisation,
  channelCapacity,
  cheatingExpectedValue,
  cheatingPays,
  cheatingThreshold,
  FORCE_CLOSE_PROFILES,
  type ForceCloseSituation,
  forceCloseAction,
  granularityAction,
  maximumUnsettledMs,
  nextEvaluationMs,
  openDecision,
  openingCostShare,
  PARTS_PER_BILLION,
  reserveFor,
  settlementTrigger,
} from '../src/index.ts'

describe('SG: settlement granularity', () => {
  // P = 1e-4.
  const inputs = { reorgProbability: 100_000n, checkpointCost: 500n, adversarialCeiling: 3_000_000n }

  test('T-24: the tighter of loss threshold and ceiling triggers', () => {
    expect(settlementTrigger({ ...inputs, adversarialCeiling: 10n ** 12n })).toBe(5_000_000n)
    expect(settlementTrigger(inputs)).toBe(3_000_000n)
    expect(settlementTrigger({ ...inputs, checkpointCost: 200n })).toBe(2_000_000n)
    expect(granularityAction(2_999_999n, inputs)).toBe('advance')
    expect(granularityAction(3_000_001n, inputs)).toBe('checkpoint')
  })

  test('without reorg risk the ceiling alone binds; nonsense is refused', () => {
    expect(settlementTrigger({ ...inputs, reorgProbability: 0n })).toBe(3_000_000n)
    expect(() => settlementTrigger({ ...inputs, reorgProbability: PARTS_PER_BILLION + 1n })).toThrow(
      expect.objectContaining({ code: 'POLICY_INPUT' }),
    )
  })

  test('SG-1/SG-3: at the trigger the expected loss is within the cost, one unit above it is not', () => {
    fc.assert(
      fc.property(
        fc.bigInt(1n, PARTS_PER_BILLION),
        fc.bigInt(0n, 10n ** 12n),
        (reorgProbability, checkpointCost) => {
          const trigger = settlementTrigger({
            reorgProbability,
            checkpointCost,
            adversarialCeiling: 10n ** 30n,
          })
          expect(trigger * reorgProbability <= checkpointCost * PARTS_PER_BILLION).toBe(true)
          expect((trigger + 1n) * reorgProbability > checkpointCost * PARTS_PER_BILLION).toBe(true)
        },
      ),
    )
  })

  test('SG-6: the interval shortens as the unsettled value grows, within its bounds', () => {
    const bounds = { minMs: 10n, maxMs: 60_000n }
    const at = (unsettled: bigint): bigint => nextEvaluationMs(unsettled, inputs, 10_000n, bounds)
    expect(at(2_000_000n)).toBe(50_000n)
    expect(at(2_900_000n)).toBe(5_000n)
    expect(at(3_000_000n)).toBe(10n)
    expect(at(0n)).toBe(60_000n)
    expect(nextEvaluationMs(0n, inputs, 0n, bounds)).toBe(60_000n)
    expect(maximumUnsettledMs(inputs, 10_000n)).toBe(300_000n)
  })
})

describe('CM: what cheating is worth', () => {
  const UNIT = 10n ** 9n
  const share = (value: number): bigint => BigInt(Math.round(value * 1e9))

  test('T-7: delta 0.2, stake 0.3', () => {
    const [delta, stake] = [UNIT / 5n, (3n * UNIT) / 10n]
    expect(cheatingThreshold(delta, stake)).toBe(share(0.4))
    expect(cheatingExpectedValue(delta, stake, share(0.99))).toBe((-295n * UNIT * UNIT) / 1000n)
    expect(cheatingExpectedValue(delta, stake, 0n)).toBe((UNIT * UNIT) / 5n)
    expect(cheatingExpectedValue(delta, stake, share(0.4))).toBe(0n)
  })

  test('T-8: with almost no stake cheating pays even at 99 % detection', () => {
    const [delta, stake] = [UNIT / 2n, UNIT / 1000n]
    // 0.5 / 0.501, rounded up.
    expect(cheatingThreshold(delta, stake)).toBe(998_003_993n)
    expect(cheatingExpectedValue(delta, stake, share(0.99))).toBe((401n * UNIT * UNIT) / 100_000n)
    expect(cheatingPays(delta, stake, share(0.99))).toBe(true)
  })

  test('CM-15: the reserve for 99 % detection is a 99th, and is the least that deters', () => {
    expect(reserveFor(99_000n, share(0.99))).toBe(1_000n)
    expect(() => reserveFor(1n, 0n)).toThrow(expect.objectContaining({ code: 'POLICY_INPUT' }))
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 15n), fc.bigInt(1n, PARTS_PER_BILLION), (gain, detection) => {
        const reserve = reserveFor(gain, detection)
        expect(cheatingPays(gain, reserve, detection)).toBe(false)
        if (reserve > 0n) expect(cheatingPays(gain, reserve - 1n, detection)).toBe(true)
      }),
    )
  })
})

describe('CH, HF: sizing and opening', () => {
  test('T-3: 400,000 with 10 and 15 %', () => {
    expect(channelCapacity(400_000n, 1_000n)).toBe(440_000n)
    expect(channelCapacity(400_000n, 1_500n)).toBe(460_000n)
  })

  test('T-4: 0.75 % opens, 60 % does not', () => {
    expect(openingCostShare(3_000n, 400_000n)).toBe(75n)
    expect(openDecision(3_000n, 400_000n, 100n, 3_000n)).toEqual({ open: true, costShare: 75n })
    expect(openDecision(3_000n, 5_000n, 100n, 3_000n)).toEqual({ open: false, costShare: 6_000n })
    // One payment is cheaper on the ledger itself (CH-10).
    expect(openDecision(3_000n, 400_000n, 1n, 3_000n).open).toBe(false)
  })

  test('T-9: 10,000 updates for $2 cost $0.0002 each', () => {
    expect(amortisation(10_000n, 2_000_000n)).toEqual({
      ratio: 10_000n,
      costPerUpdateMillionths: 200_000_000n,
    })
  })
})

describe('CL: force close', () => {
  const calm: ForceCloseSituation = {
    silentMs: undefined,
    pendingPayments: [],
    claimFee: 10n,
    staleCloseSeen: false,
    forceCloseCost: 1_000n,
    waitingCost: 0n,
    stateConfirmed: true,
  }
  const policy = FORCE_CLOSE_PROFILES.highFrequency

  test('T-16: a reply at 29 s stays cooperative, none by 30 s closes', () => {
    expect(forceCloseAction({ ...calm, silentMs: 29_999 }, policy)).toEqual({ kind: 'wait' })
    expect(forceCloseAction({ ...calm, silentMs: 30_000 }, policy)).toEqual({
      kind: 'force-close',
      reason: 'unresponsive',
    })
    expect(forceCloseAction({ ...calm, silentMs: 30_000 }, FORCE_CLOSE_PROFILES.longTerm)).toEqual({
      kind: 'wait',
    })
  })

  test('CL-8: a responsive peer with nothing contested is never force-closed, whatever the costs', () => {
    expect(forceCloseAction({ ...calm, forceCloseCost: 1n, waitingCost: 10n ** 9n }, policy)).toEqual({
      kind: 'wait',
    })
    expect(forceCloseAction({ ...calm, silentMs: 1, forceCloseCost: 1n, waitingCost: 2n }, policy)).toEqual({
      kind: 'force-close',
      reason: 'cheaper',
    })
  })

  test('CL-5: payments that cost more to claim than half their worth close the channel once there are too many', () => {
    const dust = (count: number) => ({ ...calm, pendingPayments: Array.from({ length: count }, () => 19n) })
    expect(forceCloseAction(dust(4), policy)).toEqual({ kind: 'wait' })
    expect(forceCloseAction(dust(5), policy)).toEqual({ kind: 'force-close', reason: 'uneconomic-payments' })
    expect(forceCloseAction({ ...dust(0), pendingPayments: [20n, 20n, 20n, 20n, 20n] }, policy)).toEqual({
      kind: 'wait',
    })
  })

  test('CL-6 comes first; CM-17: an unconfirmed state is never published', () => {
    expect(forceCloseAction({ ...calm, staleCloseSeen: true, stateConfirmed: false }, policy)).toEqual({
      kind: 'challenge',
    })
    expect(forceCloseAction({ ...calm, silentMs: 10 ** 9, stateConfirmed: false }, policy)).toEqual({
      kind: 'wait',
    })
  })
})
