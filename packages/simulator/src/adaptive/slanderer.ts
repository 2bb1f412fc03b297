/**
 * A slanderer who knows the scorer: he wants no score for himself, only that honest agents close above the gate lose theirs, and
 * tries what does it at the least cost: bad ratings, or unwanted purchases (dilution, TRU-020), by one, two or three identities
 * without any verification. Targets that do not fall are dropped before the bill is written.
 */
import { seeded } from '@symbolon/reputation'
import type { Attack } from '../attack/attack.ts'
import { attackDefaults } from '../attack/options.ts'
import { AttackSite } from '../attack/site.ts'
import { DEFAULT_ECONOMY, type Economy } from '../economy/economy.ts'
import { type Baseline, type Judged, type Observed, observe } from '../outcome/judged.ts'
import { type AttackOutcome, outcomeOf } from '../outcome/outcome.ts'
import { type AccessPolicy, EXPOSURE_POLICY } from '../policy/access-policy.ts'
import type { Scorer } from '../scoring/scorer.ts'
import { labelled, type World } from '../world/world.ts'

export interface SlanderOptions {
  readonly seed: number
  readonly clean: Baseline
  readonly policy?: AccessPolicy
  readonly economy?: Economy
  /** Honest agents that are tried at first; default 20. */
  readonly targets?: number
}

export interface SlanderResult {
  readonly method: 'rating' | 'purchase'
  readonly identities: number
  readonly outcome: AttackOutcome
  readonly observed: Observed
}

const IDENTITIES_MAX = 3
/** Thirty days before the world is looked at. */
const LEAD_DAYS = 30

/** All six ways; the attacker takes the one of highest return. Two scorings each. */
export function slanderWays(world: World, scorer: Scorer, options: SlanderOptions): SlanderResult[] {
  const { seed, clean, policy = EXPOSURE_POLICY, economy = DEFAULT_ECONOMY, targets = 20 } = options
  const closest = closestToGate(clean).slice(0, targets)
  const results: SlanderResult[] = []
  for (const method of ['rating', 'purchase'] as const)
    for (let identities = 1; identities <= IDENTITIES_MAX; identities++) {
      const built = (aimed: readonly number[]): Attack =>
        slandered(world, aimed, method, identities, economy, seed)
      const tried = observe(built(closest), scorer, clean, policy, economy)
      const fallen = closest.filter((place) => tried.after.access[place]?.admitted === false)
      const observed = observe(built(fallen), scorer, clean, policy, economy)
      results.push({ method, identities, outcome: outcomeOf(observed, clean, economy), observed })
    }
  return results
}

/** Honest agents that pass, those with the least to lose first; anchors are out of reach of a stranger's opinion. */
function closestToGate({ view, access }: Judged): number[] {
  const { agents, anchors } = view.world
  return agents
    .flatMap(({ role }, place) =>
      role === 'honest' && access[place]?.admitted && !anchors.has(place) ? [place] : [],
    )
    .sort((a, b) => (access[a]?.rmt ?? 0) - (access[b]?.rmt ?? 0) || a - b)
}

function slandered(
  world: World,
  targets: readonly number[],
  method: SlanderResult['method'],
  identities: number,
  economy: Economy,
  seed: number,
): Attack {
  const options = {
    ...attackDefaults('slander', world.days),
    seed,
    size: identities,
    bridges: 0,
    start: Math.max(0, world.days - LEAD_DAYS),
    identity: 'unverified' as const,
  }
  const site = new AttackSite(world, options, economy, seeded(seed))
  for (const agent of site.recruit(identities))
    for (const target of targets)
      method === 'rating' ? site.rate(agent, target) : site.purchase(agent, target)
  return {
    kind: 'adaptive-slander',
    options,
    after: labelled(site.snapshot(), `${world.topology}-${world.seed}-adaptive-slander-${seed}`, 'slander'),
    spending: site.spending,
    attackers: site.attackers,
    targets,
  }
}
