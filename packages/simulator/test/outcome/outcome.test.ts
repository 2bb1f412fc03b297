import { describe, expect, it } from 'vitest'
import {
  type AttackKind,
  anchoredScorer,
  attack,
  BAND_POLICY,
  baselineOf,
  blindScorer,
  DEFAULT_ECONOMY,
  EXPOSURE_POLICY,
  honestWorld,
  observe,
  outcomeOf,
  type Scorer,
  withPolicy,
} from '../../src/index.ts'

const WORLD = honestWorld({ seed: 21, topology: 'watts-strogatz', size: 100 })

function run(
  kind: AttackKind,
  scorer: Scorer,
  policy = EXPOSURE_POLICY,
  economy = DEFAULT_ECONOMY,
  more: object = {},
) {
  const clean = baselineOf(WORLD, scorer, policy, economy)
  const built = attack(WORLD, { kind, seed: 2, size: 10, bridges: 5, ...more }, economy)
  return outcomeOf(observe(built, scorer, clean, policy, economy), clean, economy)
}

/** Sees who the attackers are: they are whoever joined the graph after the honest hundred. */
const seeing: Scorer = {
  ...blindScorer,
  name: 'seeing',
  score: (graph, anchors) => {
    const verdicts = blindScorer.score(graph, anchors)
    const honest = new Set(WORLD.agents.map(({ id }) => id))
    for (let node = 0; node < graph.nodes.size; node++)
      if (!honest.has(graph.nodes.idOf(node))) {
        verdicts.flagged[node] = 1
        verdicts.probability[node] = 1
        verdicts.rmt[node] = 0
      }
    return verdicts
  },
}

describe('outcome', () => {
  it('a scorer that sees everything leaves nothing but the price: ROI −100 %', () => {
    const outcome = run('ring', seeing)
    expect(outcome).toMatchObject({
      detected: 1,
      admitted: 0,
      falsePositives: 0,
      defects: false,
      roi: -1,
      costPerPoint: null,
    })
    expect(outcome.benefit.total).toBe(0)
    // No identity is bought for an agent that the score refuses anyway.
    expect(outcome.spending.identities).toBe(0)
    expect(outcome.cost).toBeGreaterThan(0)
  })

  it('a scorer that believes everybody: every agent cashes in, loses its bond, and the sums are those of the parts', () => {
    const outcome = run('star-closed', blindScorer)
    expect(outcome).toMatchObject({ detected: 0, admitted: 1, defects: true })
    expect(outcome.spending.identities).toBe(10 * 30)
    expect(outcome.benefit.market).toBe(10 * 10)
    const { credit, market, discounts, anchorFees, displaced, total } = outcome.benefit
    expect(total).toBeCloseTo(credit + market + discounts + anchorFees + displaced, 9)
    expect(outcome.cost).toBeCloseTo(outcome.spending.sunk + 10 * 50, 9)
    expect(outcome.roi).toBeCloseTo((total - outcome.cost) / outcome.cost, 12)
  })

  it('benefit is not zero by definition: under bands the same attack on a believing scorer pays', () => {
    // The hub of a star has nine leaves and a bought file: an Operator line. Nothing but the credit score stands before it.
    const outcome = run('star-closed', blindScorer, BAND_POLICY)
    expect(outcome.benefit.credit).toBeGreaterThanOrEqual(2_500)
    expect(outcome.roi).toBeGreaterThan(0)
    expect(run('star-closed', blindScorer, EXPOSURE_POLICY).roi).toBeLessThan(-0.1)
  })

  it('what an admitted cheat can take raises the ROI, what identities cost lowers it', () => {
    const roi = (change: object): number =>
      run('ring', blindScorer, EXPOSURE_POLICY, { ...DEFAULT_ECONOMY, ...change }).roi
    expect(roi({ marketExposure: 200 })).toBeGreaterThan(0)
    expect(roi({ marketExposure: 20 })).toBeGreaterThan(roi({}))
    expect(roi({ kycPrice: 300 })).toBeLessThan(roi({}))
  })

  it('an attacker who would lose his bonds stays: the better of both is reported', () => {
    // A bond of 5,000 against a market exposure of 10: no reason to defect.
    const outcome = run(
      'ring',
      blindScorer,
      EXPOSURE_POLICY,
      { ...DEFAULT_ECONOMY, registrationBond: 5_000, marketExposure: 0 },
      { purchases: 0 },
    )
    expect(outcome.defects).toBe(false)
    expect(outcome.benefit.market).toBe(0)
  })

  it('an anchor that vouched is liable for what was not repaid', () => {
    const liable = run('bribed-anchor', blindScorer, BAND_POLICY, DEFAULT_ECONOMY, { bridges: 80 })
    const free = run(
      'bribed-anchor',
      blindScorer,
      BAND_POLICY,
      { ...DEFAULT_ECONOMY, anchorLiability: 0 },
      { bridges: 80 },
    )
    expect(liable.benefit.anchorFees).toBe(10)
    expect(liable.benefit.credit).toBeGreaterThan(0)
    expect(liable.cost - free.cost).toBeCloseTo(1.2 * liable.benefit.credit, 6)
    expect(free.roi).toBeGreaterThan(liable.roi)
  })

  it('a seat of his own is slashed when those it vouched for defect', () => {
    const outcome = run('own-anchor', blindScorer)
    expect(outcome.defects).toBe(true)
    // Nine vouched for: max(590, 810).
    expect(outcome.spending.stakesLocked).toBe(810)
    expect(outcome.cost).toBeCloseTo(outcome.spending.sunk + 10 * 50 + 0.7 * 810, 9)
    expect(outcome.benefit.anchorFees).toBe(10)
  })

  it('a sleeper is judged on the eve of his defection', () => {
    const scorer = anchoredScorer
    const built = attack(WORLD, { kind: 'sleeper', seed: 2, size: 10, bridges: 40 })
    const seen = observe(
      built,
      scorer,
      baselineOf(WORLD, scorer, EXPOSURE_POLICY, DEFAULT_ECONOMY),
      EXPOSURE_POLICY,
      DEFAULT_ECONOMY,
    )
    const outcome = outcomeOf(
      seen,
      baselineOf(WORLD, scorer, EXPOSURE_POLICY, DEFAULT_ECONOMY),
      DEFAULT_ECONOMY,
    )
    const flaggedBefore = built.attackers.filter(
      (place) => seen.before?.verdicts.flagged[built.before?.nodeOf[place] as number] === 1,
    ).length
    expect(outcome.detected).toBe(flaggedBefore / 10)
  })

  it('an honest agent that loses its access is income of the slanderer', () => {
    const targets: Scorer = {
      ...blindScorer,
      name: 'gullible',
      // Flags whoever has been rated negatively at all.
      score: (graph, anchors) => {
        const verdicts = blindScorer.score(graph, anchors)
        for (const node of graph.distrust.columns) {
          verdicts.flagged[node] = 1
          verdicts.rmt[node] = 0
        }
        return verdicts
      },
    }
    expect(run('slander', targets).benefit.displaced).toBeGreaterThan(0)
    expect(run('slander', blindScorer).benefit.displaced).toBe(0)
  })

  it('the same verdicts under another policy need no second scoring', () => {
    const clean = baselineOf(WORLD, anchoredScorer, EXPOSURE_POLICY, DEFAULT_ECONOMY)
    const other = withPolicy(clean, BAND_POLICY, DEFAULT_ECONOMY)
    expect(other.verdicts).toBe(clean.verdicts)
    expect(other.access).toEqual(baselineOf(WORLD, anchoredScorer, BAND_POLICY, DEFAULT_ECONOMY).access)
  })
})
