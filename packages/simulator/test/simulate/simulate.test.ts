import { describe, expect, it } from 'vitest'
import {
  anchoredScorer,
  BAND_POLICY,
  blindScorer,
  DEFAULT_ECONOMY,
  EXPOSURE_POLICY,
  returnBound,
  SIMULATED_ATTACKS,
  simulate,
} from '../../src/index.ts'

describe('simulate', () => {
  const rows = simulate({ scorer: anchoredScorer, smoke: true })

  it('has a row for every attack and both adaptive attackers under both policies', () => {
    expect(rows.map(({ attack, policy }) => `${attack} ${policy}`)).toEqual(
      SIMULATED_ATTACKS.flatMap((kind) => [`${kind} exposure`, `${kind} bands`]),
    )
  })

  it('shares are shares, and holding means a loss of a tenth at least', () => {
    for (const row of rows) {
      for (const share of [row.detected, row.admitted, row.falsePositives, row.honestAdmitted]) {
        expect(share).toBeGreaterThanOrEqual(0)
        expect(share).toBeLessThanOrEqual(1)
      }
      expect(row.roi).toBeCloseTo((row.benefit - row.cost) / row.cost, 6)
      expect(row.holds).toBe(row.roiWorst <= -0.1)
      expect(row.detected + row.admitted).toBeLessThanOrEqual(1)
    }
  })

  it('is the same for the same options', () => {
    expect(simulate({ scorer: anchoredScorer, smoke: true, attacks: ['ring', 'adaptive'] })).toEqual(
      rows.filter(({ attack }) => attack === 'ring' || attack === 'adaptive'),
    )
  })

  it('isolated rings are seen by anchored trust; bought bridges are not', () => {
    const [ring, bought] = simulate({
      scorer: anchoredScorer,
      attacks: ['ring', 'bridge-buying'],
      worlds: 2,
      honest: 150,
      attackers: 10,
      policies: [EXPOSURE_POLICY],
    })
    const alone = simulate({
      scorer: anchoredScorer,
      attacks: ['ring'],
      worlds: 2,
      honest: 150,
      attackers: 10,
      bridges: 0,
      policies: [EXPOSURE_POLICY],
    })
    expect(alone[0]?.detected).toBe(1)
    expect(alone[0]?.admitted).toBe(0)
    expect(bought?.admitted).toBeGreaterThan(ring?.admitted as number)
  })

  it('against a scorer that believes everybody the deployed policy holds, the bands do not (TRU-060)', () => {
    const blind = simulate({ scorer: blindScorer, smoke: true })
    for (const row of blind.filter(({ policy }) => policy === EXPOSURE_POLICY.name)) {
      expect(row.holds).toBe(true)
      expect(row.roiWorst).toBeLessThanOrEqual(returnBound(EXPOSURE_POLICY, DEFAULT_ECONOMY))
    }
    expect(blind.some(({ policy, holds }) => policy === BAND_POLICY.name && !holds)).toBe(true)
  })

  it.each([[{ worlds: 0 }], [{ honest: 3 }], [{ attackers: 0 }], [{ bridges: 0.5 }]])(
    'refuses %o',
    (wrong) => {
      expect(() =>
        simulate({ scorer: anchoredScorer, smoke: true, attacks: ['ring'], ...wrong }),
      ).toThrowError(expect.objectContaining({ code: 'SIMULATION_INVALID' }))
    },
  )
})
