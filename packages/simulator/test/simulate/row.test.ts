import { describe, expect, it } from 'vitest'
import type { AttackOutcome } from '../../src/index.ts'
import { summarise } from '../../src/simulate/row.ts'

const OUTCOME: AttackOutcome = {
  attack: 'ring',
  scorer: 'test',
  policy: 'exposure',
  attackers: 10,
  detected: 0.5,
  admitted: 0.1,
  falsePositives: 0.02,
  falsePositivesBefore: 0.01,
  honestAdmitted: 0.9,
  honestCredit: 25,
  rmtMean: 400,
  spending: {
    fees: 1,
    bridges: 2,
    purchases: 3,
    identities: 4,
    histories: 5,
    bribes: 0,
    bondsLocked: 500,
    stakesLocked: 0,
    timeValue: 6,
    sunk: 20,
  },
  benefit: { credit: 10, market: 10, discounts: 0, anchorFees: 0, displaced: 0, total: 20 },
  defects: true,
  cost: 100,
  roi: -0.8,
  costPerPoint: 2,
  gainPerPoint: 0.4,
}

describe('row', () => {
  it('is the mean of its worlds, and the worst of them decides', () => {
    const row = summarise([OUTCOME, { ...OUTCOME, detected: 1, roi: -0.05, cost: 300, rmtMean: 200 }])
    expect(row).toMatchObject({
      worlds: 2,
      detected: 0.75,
      cost: 200,
      rmt: 300,
      roiWorst: -0.05,
      holds: false,
    })
    expect(row.roi).toBeCloseTo(-0.425, 12)
  })

  it('holds from −10 % on', () => {
    expect(summarise([{ ...OUTCOME, roi: -0.1 }]).holds).toBe(true)
    expect(summarise([{ ...OUTCOME, roi: -0.0999 }]).holds).toBe(false)
  })

  it('price of a point: over the worlds in which a point was won', () => {
    const none = { ...OUTCOME, costPerPoint: null, gainPerPoint: null }
    expect(summarise([OUTCOME, none])).toMatchObject({ costPerPoint: 2, gainPerPoint: 0.4 })
    expect(summarise([none, none])).toMatchObject({ costPerPoint: null, gainPerPoint: null })
  })
})
