/** Chosen attacks against a scorer, each in several worlds, under each policy: the rows of `symbolon reputation simulate`. */
import { adaptiveAttack } from '../adaptive/adaptive-attacker.ts'
import { slanderWays } from '../adaptive/slanderer.ts'
import { ATTACK_KINDS, type AttackKind, attack } from '../attack/index.ts'
import { DEFAULT_ECONOMY, type Economy } from '../economy/economy.ts'
import { checkWhole } from '../errors.ts'
import { type Baseline, baselineOf, observe, observedUnder, withPolicy } from '../outcome/judged.ts'
import { type AttackOutcome, outcomeOf } from '../outcome/outcome.ts'
import { type AccessPolicy, BAND_POLICY, EXPOSURE_POLICY } from '../policy/access-policy.ts'
import type { Scorer } from '../scoring/scorer.ts'
import { TOPOLOGIES, type TopologyName } from '../topology/index.ts'
import { honestWorld } from '../world/honest-world.ts'
import { type SimulationRow, summarise } from './row.ts'

export const SIMULATED_ATTACKS = [...ATTACK_KINDS, 'adaptive', 'adaptive-slander'] as const
export type SimulatedAttack = (typeof SIMULATED_ATTACKS)[number]

export interface SimulateOptions {
  readonly scorer: Scorer
  /** Default: all of them, the adaptive attacker and the adaptive slanderer. */
  readonly attacks?: readonly SimulatedAttack[]
  /** Default 1. */
  readonly seed?: number
  /** Worlds, each with another seed and topology in turn; default 3. */
  readonly worlds?: number
  /** Honest agents of a world; default 300. */
  readonly honest?: number
  /** Default: Barabási–Albert, Watts–Strogatz, stochastic block model, in turn. */
  readonly topologies?: readonly TopologyName[]
  /** Default: by attack (see attackDefaults). */
  readonly attackers?: number
  readonly bridges?: number
  /** Default: `exposure`, which is deployed, and `bands` for comparison. */
  readonly policies?: readonly AccessPolicy[]
  readonly economy?: Economy
  /** Of the adaptive attacker, USDC; default 1,000. */
  readonly budget?: number
  /** A moment instead of half a minute: one small world and few evaluations. */
  readonly smoke?: boolean
}

const WORLD_TOPOLOGIES = ['barabasi-albert', 'watts-strogatz', 'stochastic-block-model'] as const

/** One row for each attack and policy, attacks in the order given. Errors: SIMULATION_INVALID, WORLD_TOO_SMALL. */
export function simulate(options: SimulateOptions): SimulationRow[] {
  const { scorer, seed = 1, economy = DEFAULT_ECONOMY, smoke = false } = options
  const worlds = options.worlds ?? (smoke ? 1 : 3)
  checkWhole('worlds', worlds, 1, 1_000)
  const kinds = options.attacks ?? SIMULATED_ATTACKS
  const policies = options.policies ?? [EXPOSURE_POLICY, BAND_POLICY]
  const topologies = options.topologies ?? WORLD_TOPOLOGIES.slice()
  const outcomes = new Map<string, AttackOutcome[]>()
  for (let number = 0; number < worlds; number++) {
    const world = honestWorld({
      seed: seed + number,
      topology: topologies[number % topologies.length] ?? (Object.keys(TOPOLOGIES)[0] as TopologyName),
      size: options.honest ?? (smoke ? 80 : 300),
    })
    const first = policies[0] ?? EXPOSURE_POLICY
    const clean = baselineOf(world, scorer, first, economy)
    for (const kind of kinds)
      for (const outcome of outcomesOf(world, clean, policies, economy, options, kind, seed + number)) {
        const key = `${outcome.attack} ${outcome.policy}`
        outcomes.set(key, [...(outcomes.get(key) ?? []), outcome])
      }
  }
  return [...outcomes.values()].map(summarise)
}

type World = ReturnType<typeof honestWorld>

function outcomesOf(
  world: World,
  clean: Baseline,
  policies: readonly AccessPolicy[],
  economy: Economy,
  options: SimulateOptions,
  kind: SimulatedAttack,
  seed: number,
): AttackOutcome[] {
  if (kind === 'adaptive') return adaptiveOutcomes(world, clean, policies, economy, options, seed)
  if (kind !== 'adaptive-slander') return shapedOutcomes(world, clean, policies, economy, options, kind, seed)
  // Access decides who has fallen, so each policy has its own slander.
  return policies.map((policy) => {
    const seen = withPolicy(clean, policy, economy)
    return best(
      slanderWays(world, options.scorer, { seed, clean: seen, policy, economy }).map(
        ({ outcome }) => outcome,
      ),
    )
  })
}

/** What the attacker would choose. */
function best(outcomes: readonly AttackOutcome[]): AttackOutcome {
  return outcomes.reduce((held, outcome) => (outcome.roi > held.roi ? outcome : held))
}

function shapedOutcomes(
  world: World,
  clean: Baseline,
  policies: readonly AccessPolicy[],
  economy: Economy,
  options: SimulateOptions,
  kind: AttackKind,
  seed: number,
): AttackOutcome[] {
  const { scorer, attackers, bridges } = options
  const built = attack(
    world,
    {
      kind,
      seed,
      ...(attackers === undefined ? {} : { size: attackers }),
      ...(bridges === undefined ? {} : { bridges }),
    },
    economy,
  )
  const seen = observe(built, scorer, clean, policies[0] ?? EXPOSURE_POLICY, economy)
  return policies.map((policy) => {
    const before = withPolicy(clean, policy, economy)
    return outcomeOf(observedUnder(seen, before, policy, economy), before, economy)
  })
}

/** Alone, all money goes into one identity; five share what they endorse each other with. He chooses. */
const ADAPTIVE_SIZES = [1, 5] as const
/** A scoring is twenty milliseconds for three hundred agents: about four seconds for a world. */
const SEARCH = { evaluationsMax: 80, restarts: 1, exchanges: 12 } as const
const SEARCH_SMOKE = { evaluationsMax: 20, restarts: 1, exchanges: 4, sellers: 2 } as const

/** The point on his way at which he would stop, for each policy apart. */
function adaptiveOutcomes(
  world: World,
  clean: Baseline,
  policies: readonly AccessPolicy[],
  economy: Economy,
  { scorer, budget, smoke = false }: SimulateOptions,
  seed: number,
): AttackOutcome[] {
  const first = policies[0] ?? EXPOSURE_POLICY
  // The searches do not depend on the policy: every plan is scored once and judged under each of them.
  const results = ADAPTIVE_SIZES.map((size) =>
    adaptiveAttack(world, scorer, {
      seed,
      size,
      policy: first,
      economy,
      clean,
      ...(budget === undefined ? {} : { budget }),
      ...(smoke ? SEARCH_SMOKE : SEARCH),
    }),
  )
  const points = results.flatMap(({ trajectory, best }) => [...trajectory, best])
  return policies.map((policy) => {
    const before = withPolicy(clean, policy, economy)
    const outcomes = points.map(({ observed }) =>
      outcomeOf(observedUnder(observed, before, policy, economy), before, economy),
    )
    return best(outcomes)
  })
}
