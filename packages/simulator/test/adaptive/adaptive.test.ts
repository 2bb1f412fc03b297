import { seeded } from '@symbolon/reputation'
import { describe, expect, it } from 'vitest'
import { appraiser } from '../../src/adaptive/appraisal.ts'
import { candidateMoves } from '../../src/adaptive/candidates.ts'
import { greedy } from '../../src/adaptive/greedy.ts'
import { localSearch } from '../../src/adaptive/local-search.ts'
import { planned, possible } from '../../src/adaptive/plan.ts'
import {
  adaptiveAttack,
  anchoredScorer,
  baselineOf,
  blindScorer,
  DEFAULT_ECONOMY,
  EXPOSURE_POLICY,
  honestWorld,
} from '../../src/index.ts'

const WORLD = honestWorld({ seed: 31, topology: 'erdos-renyi', size: 60 })
const CLEAN = baselineOf(WORLD, anchoredScorer, EXPOSURE_POLICY, DEFAULT_ECONOMY)
const OPTIONS = {
  seed: 1,
  size: 3,
  budget: 400,
  sellers: 3,
  restarts: 1,
  exchanges: 6,
  clean: CLEAN,
} as const

describe('adaptive attacker', () => {
  const result = adaptiveAttack(WORLD, anchoredScorer, OPTIONS)
  const { trajectory, best, mostProfitable } = result

  it('improves with every step and stays within its budget', () => {
    expect(trajectory.length).toBeGreaterThan(3)
    for (const [k, point] of trajectory.entries()) {
      expect(point.spend).toBeLessThanOrEqual(400)
      if (k > 0) expect(point.objective).toBeLessThan(trajectory[k - 1]?.objective as number)
    }
    expect(best.objective).toBeLessThanOrEqual(trajectory.at(-1)?.objective as number)
    expect(best.spend).toBeLessThanOrEqual(400)
  })

  it('brings its agents past the anchored scorer: structure alone does not hold (TRU-021)', () => {
    expect(trajectory[0]?.probability).toBe(1)
    expect(best.probability).toBeLessThan(0.3)
  })

  it('is the same for the same seed', () => {
    const again = adaptiveAttack(WORLD, anchoredScorer, OPTIONS)
    expect(again.trajectory.map(({ spend, objective, move }) => [spend, objective, move])).toEqual(
      trajectory.map(({ spend, objective, move }) => [spend, objective, move]),
    )
  })

  it('reports the point where it would stop: none of all points has a higher ROI', () => {
    for (const { outcome } of [...trajectory, best])
      expect(outcome.roi).toBeLessThanOrEqual(mostProfitable.outcome.roi)
    expect(mostProfitable.outcome.attack).toBe('adaptive')
  })

  it('more money never makes it worse', () => {
    const rich = adaptiveAttack(WORLD, anchoredScorer, { ...OPTIONS, budget: 800 })
    expect(rich.best.objective).toBeLessThanOrEqual(best.objective + 1e-12)
  })

  it('refuses a budget below the price of its identities', () => {
    expect(() => adaptiveAttack(WORLD, anchoredScorer, { ...OPTIONS, budget: 50 })).toThrowError(
      expect.objectContaining({ code: 'SIMULATION_INVALID' }),
    )
  })

  it('does not spend where nothing can be gained', () => {
    const idle = adaptiveAttack(WORLD, blindScorer, {
      ...OPTIONS,
      evaluationsMax: 30,
      restarts: 0,
      exchanges: 0,
      clean: baselineOf(WORLD, blindScorer, EXPOSURE_POLICY, DEFAULT_ECONOMY),
    })
    // Only attesters are still to be had: eight each.
    expect(idle.trajectory[0]?.probability).toBe(0)
    expect(idle.best.probability).toBe(0)
  })
})

describe('searches', () => {
  const appraise = appraiser(WORLD, anchoredScorer, DEFAULT_ECONOMY, 5)
  const moves = candidateMoves(CLEAN.view, CLEAN.verdicts, { size: 2, sellers: 4 }, seeded(5))
  const start = appraise({ size: 2, moves: [] })

  it('anchors never sell, and every move is one of the attacker', () => {
    for (const move of moves) {
      if (move.kind === 'wait') continue
      expect(move.attacker).toBeLessThan(2)
      if ('seller' in move) expect(WORLD.anchors.has(move.seller)).toBe(false)
    }
  })

  it('the first step is the best of all first steps by gain per USDC', () => {
    const path = greedy(WORLD, appraise, start, moves, { budget: 1_000, evaluationsMax: moves.length * 2 })
    const gains = moves.map((move) => {
      const after = appraise({ size: 2, moves: [move] })
      return (start.objective - after.objective) / Math.max(after.cost - start.cost, Number.EPSILON)
    })
    const taken = path[1]
    expect(taken).toBeDefined()
    if (taken === undefined) return
    const gain = (start.objective - taken.objective) / Math.max(taken.cost - start.cost, Number.EPSILON)
    expect(gain).toBeCloseTo(Math.max(...gains), 12)
  })

  it('local search never returns anything worse than it was given', () => {
    const path = greedy(WORLD, appraise, start, moves, { budget: 200, evaluationsMax: 20 })
    const last = path.at(-1) as (typeof path)[number]
    const found = localSearch(
      WORLD,
      appraise,
      last,
      moves,
      { budget: 200, restarts: 1, exchanges: 5 },
      seeded(8),
    )
    expect(found.objective).toBeLessThanOrEqual(last.objective)
    expect(found.cost).toBeLessThanOrEqual(200)
  })

  it('waiting costs the time value of the bonds and ends at the first day of the world', () => {
    const waited = planned(WORLD, { size: 2, moves: [{ kind: 'wait' }] }, DEFAULT_ECONOMY, 5)
    const locked = (attack: typeof waited): number =>
      attack.spending.reduce((sum, { kind, lockedDays = 0 }) => (kind === 'bond' ? sum + lockedDays : sum), 0)
    expect(locked(waited)).toBeGreaterThan(locked(start.attack))
    const waits = Array.from({ length: 5 }, () => ({ kind: 'wait' }) as const)
    expect(possible(WORLD, { size: 2, moves: waits.slice(1) }, { kind: 'wait' })).toBe(true)
    expect(possible(WORLD, { size: 2, moves: waits }, { kind: 'wait' })).toBe(false)
  })
})
