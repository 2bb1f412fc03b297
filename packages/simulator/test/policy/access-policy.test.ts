import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  accessOf,
  BAND_POLICY,
  DEFAULT_ECONOMY,
  EXPOSURE_POLICY,
  returnBound,
  type Standing,
} from '../../src/index.ts'

const STANDING: Standing = {
  flagged: false,
  rmt: 900,
  identity: 'verified',
  supported: true,
  incumbent: false,
  obligations: 6,
  feesBurned: 30,
  bond: 50,
  backing: 0,
  file: {
    payment: 1,
    citation: 4,
    attesters: 8,
    identity: 'verified',
    backingBp: 5_000,
    utilisation: 0.3,
    days: 365,
  },
}

describe('gate', () => {
  it('opens at 700 and not at 699', () => {
    expect(accessOf({ ...STANDING, rmt: 700 }, EXPOSURE_POLICY).admitted).toBe(true)
    expect(accessOf({ ...STANDING, rmt: 699 }, EXPOSURE_POLICY).admitted).toBe(false)
  })

  it('worked example 33: flagged at rmt 636 or 1000 is refused, undiscounted and without credit', () => {
    for (const rmt of [636, 1_000]) {
      const access = accessOf({ ...STANDING, flagged: true, rmt }, BAND_POLICY)
      expect(access).toMatchObject({ admitted: false, feeBp: 10, unsecured: 0 })
    }
  })

  it('identity caps the score: 350, 850 (worked example 27)', () => {
    expect(accessOf({ ...STANDING, identity: 'unverified' }, EXPOSURE_POLICY)).toMatchObject({
      rmt: 350,
      admitted: false,
    })
    expect(accessOf({ ...STANDING, identity: 'attested' }, EXPOSURE_POLICY)).toMatchObject({
      rmt: 850,
      admitted: true,
    })
  })

  it('a registration alone opens nothing, whatever its score (CON-105)', () => {
    expect(accessOf({ ...STANDING, supported: false, rmt: 1_000 }, EXPOSURE_POLICY)).toMatchObject({
      admitted: false,
      unsecured: 0,
    })
    expect(accessOf({ ...STANDING, supported: false }, BAND_POLICY).admitted).toBe(true)
  })

  it.each([
    [0, 10],
    [99, 10],
    [100, 8],
    [299, 8],
    [300, 5],
    [599, 5],
    [600, 2],
    [1_000, 2],
  ])('fee at rmt %i is %i bp, half-open (TRU-096)', (rmt, feeBp) => {
    expect(accessOf({ ...STANDING, rmt }, EXPOSURE_POLICY).feeBp).toBe(feeBp)
    expect(accessOf({ ...STANDING, rmt, identity: 'unverified' }, EXPOSURE_POLICY).feeBp).toBe(10)
  })
})

describe('retention', () => {
  it('who was inside stays down to 600, flagged or not, and gets nothing new', () => {
    const inside = { ...STANDING, incumbent: true }
    for (const flagged of [false, true]) {
      const access = accessOf({ ...inside, flagged, rmt: 600 }, EXPOSURE_POLICY)
      expect(access).toMatchObject({ admitted: true, unsecured: 0 })
      expect(accessOf({ ...inside, flagged, rmt: 599 }, EXPOSURE_POLICY).admitted).toBe(false)
    }
    expect(accessOf({ ...inside, flagged: true }, EXPOSURE_POLICY)).toMatchObject({
      admitted: true,
      unsecured: 0,
      feeBp: 10,
    })
  })

  it('lets nobody in', () => {
    for (const rmt of [600, 650, 699])
      expect(accessOf({ ...STANDING, rmt }, EXPOSURE_POLICY).admitted).toBe(false)
  })

  it('is not part of the bands: there a point decides', () => {
    expect(accessOf({ ...STANDING, incumbent: true, rmt: 699 }, BAND_POLICY).admitted).toBe(false)
    expect(accessOf({ ...STANDING, incumbent: true, flagged: true }, BAND_POLICY).admitted).toBe(false)
  })
})

describe('credit', () => {
  it('bands: Operator leaves 2,500 uncovered, Navigator 37,500', () => {
    expect(accessOf(STANDING, BAND_POLICY).unsecured).toBe(37_500)
    // Half a year, little backing: 850 · (0.35 + 0.15 + 0.105 + 0.06 + 0.1 + 0.05) = 692.
    const operator = { ...STANDING, file: { ...STANDING.file, backingBp: 2_000, days: 182 } }
    expect(accessOf(operator, BAND_POLICY).unsecured).toBe(2_500)
  })

  it('exposure: half of fees, bond and backing', () => {
    expect(accessOf(STANDING, EXPOSURE_POLICY).unsecured).toBe(40)
    expect(accessOf({ ...STANDING, backing: 1_000 }, EXPOSURE_POLICY).unsecured).toBe(540)
    // The band still is the ceiling.
    expect(accessOf({ ...STANDING, backing: 1e9 }, EXPOSURE_POLICY).unsecured).toBe(37_500)
  })

  it.each([
    ['no repayment record (TRU-094)', { obligations: 5 }],
    ['not verified', { identity: 'attested' as const }],
    [
      'seven attesters and no backing: below 550',
      { file: { ...STANDING.file, attesters: 7, backingBp: 0, days: 0 } },
    ],
  ])('nothing uncovered: %s', (_, change) => {
    for (const policy of [BAND_POLICY, EXPOSURE_POLICY])
      expect(accessOf({ ...STANDING, ...change }, policy).unsecured).toBe(0)
  })

  it('discounts stop at a quarter of the fees burned', () => {
    expect(accessOf(STANDING, EXPOSURE_POLICY).discountMax).toBe(7.5)
    expect(accessOf({ ...STANDING, feesBurned: 0 }, BAND_POLICY).discountMax).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('bound of the return', () => {
  it('defaults: 0.75 of fees over 0.9 that do not come back', () => {
    expect(returnBound(EXPOSURE_POLICY, DEFAULT_ECONOMY)).toBeCloseTo(0.75 / 0.9 - 1, 12)
  })

  it('a policy without bounds, a network without bonds, or one run by the attacker holds nothing', () => {
    expect(returnBound(BAND_POLICY, DEFAULT_ECONOMY)).toBe(Number.POSITIVE_INFINITY)
    expect(returnBound(EXPOSURE_POLICY, { ...DEFAULT_ECONOMY, registrationBond: 0 })).toBe(
      Number.POSITIVE_INFINITY,
    )
    expect(returnBound(EXPOSURE_POLICY, { ...DEFAULT_ECONOMY, validatorShare: 1 })).toBe(
      Number.POSITIVE_INFINITY,
    )
  })

  it('breaks at a sixth of validation, or at market exposure of two fifths of the bond', () => {
    const at = (change: object): number => returnBound(EXPOSURE_POLICY, { ...DEFAULT_ECONOMY, ...change })
    expect(at({ validatorShare: 1 / 6 })).toBeCloseTo(-0.1, 12)
    expect(at({ validatorShare: 0.17 })).toBeGreaterThan(-0.1)
    expect(at({ marketExposure: 19, anchorFeeBp: 5 })).toBeCloseTo(-0.1, 12)
    expect(at({ marketExposure: 20 })).toBeGreaterThan(-0.1)
  })

  it('no agent of any attack, however it spends, exceeds it', () => {
    const economy = DEFAULT_ECONOMY
    const bound = returnBound(EXPOSURE_POLICY, economy)
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1e4, noNaN: true }),
        fc.nat(1_000),
        (feesBurned, sunk, rmt) => {
          const access = accessOf({ ...STANDING, rmt, feesBurned }, EXPOSURE_POLICY)
          const saved = (economy.businessVolume * (10 - access.feeBp)) / 10_000
          const benefit =
            (access.admitted ? access.unsecured + economy.marketExposure + 1 : 0) +
            Math.min(saved, access.discountMax)
          const cost = feesBurned * (1 - economy.validatorShare) + economy.registrationBond + sunk
          expect((benefit - cost) / cost).toBeLessThanOrEqual(bound + 1e-12)
        },
      ),
    )
  })
})
