/**
 * PS-7 as an experiment: 200 buyers with a budget for 20 tasks each, in a market where cheap prices hide the cost of
 * switching and are old. The generator is seeded, so the counts are the same on every machine.
 */
import { asAddress } from '@symbolon/primitives'
import { describe, expect, it } from 'vitest'
import { type Candidate, rankCandidates } from '../src/index.ts'
import { hashOf } from './fixture.ts'

const RUNS = 200
const TASKS = 20
const PROVIDERS = Array.from({ length: 6 }, (_, i) => asAddress(hashOf(`provider ${i}`)))
const gates = { latencyCeilingMs: 200, taskCostMax: 400n, reputationMinPpm: 0 }

/** Numerical Recipes' linear congruential generator: 0 … below − 1. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Rebalancing makes some of the cheapest offers the dearest. */
function market(random: (below: number) => number): Candidate[] {
  return PROVIDERS.map((provider, i) => {
    const cheap = i % 2 === 0
    const taskCost = BigInt(cheap ? 70 + random(20) : 90 + random(20))
    const switchingCost = BigInt(cheap ? random(60) : 0)
    return {
      provider,
      taskCost,
      switchingCost,
      latencyMs: 50 + random(100),
      reputationPpm: 500_000,
      priceAgeMs: random(1_500),
    }
  })
}

type Chooser = (
  candidates: Candidate[],
  remaining: bigint,
  tasksRemaining: bigint,
  initial: bigint,
) => Candidate | undefined

const byPriceOnly: Chooser = (candidates) =>
  [...candidates].sort((a, b) => Number(a.taskCost - b.taskCost))[0]
const byHeadroom: Chooser = (candidates, remaining, tasksRemaining, initial) =>
  rankCandidates(candidates, gates, { remaining, initial, tasksRemaining, deadlinePressurePpm: 0 }).ranked[0]
    ?.candidate

/** Runs in which the budget ends before the tasks do. */
function exhausted(choose: Chooser): number {
  const initial = 100n * BigInt(TASKS)
  let failures = 0
  for (let run = 0; run < RUNS; run++) {
    const random = generator(run + 1)
    let remaining = initial
    for (let task = 0; task < TASKS && remaining >= 0n; task++) {
      const chosen = choose(market(random), remaining, BigInt(TASKS - task), initial)
      // A chooser that finds nobody affordable has run out as well.
      remaining = chosen === undefined ? -1n : remaining - chosen.taskCost - (chosen.switchingCost ?? 0n)
    }
    if (remaining < 0n) failures++
  }
  return failures
}

describe('choosing by price alone and by headroom (PS-7)', () => {
  it('price alone exhausts the budget in more than half of the runs, headroom in fewer than one in twenty', () => {
    expect(exhausted(byPriceOnly)).toBeGreaterThan(RUNS / 2)
    expect(exhausted(byHeadroom)).toBeLessThan(RUNS / 20)
  })
})
