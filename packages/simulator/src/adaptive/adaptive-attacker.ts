/**
 * An attacker who knows the scorer, the graph and the policy (TRU-042): greedy, then local search; reported is the whole way,
 * score against spending, because the dangerous point may be anywhere on it.
 */
import { seeded } from '@symbolon/reputation'
import { DEFAULT_ECONOMY, type Economy } from '../economy/economy.ts'
import { checkWhole, SimulatorError } from '../errors.ts'
import { ATTACKERS_MAX } from '../limits.ts'
import { type Baseline, baselineOf, judgedBy, type Observed } from '../outcome/judged.ts'
import { type AttackOutcome, outcomeOf } from '../outcome/outcome.ts'
import { type AccessPolicy, EXPOSURE_POLICY } from '../policy/access-policy.ts'
import type { Scorer } from '../scoring/scorer.ts'
import type { World } from '../world/world.ts'
import { type Appraisal, appraiser } from './appraisal.ts'
import { candidateMoves } from './candidates.ts'
import { greedy } from './greedy.ts'
import { localSearch } from './local-search.ts'
import type { Move } from './plan.ts'

export interface AdaptiveOptions {
  readonly seed: number
  /** Agents; default 5. */
  readonly size?: number
  /** USDC that may be sunk, identities included; default 1,000. */
  readonly budget?: number
  readonly policy?: AccessPolicy
  readonly economy?: Economy
  /** Default 6 for each attacker. */
  readonly sellers?: number
  /** Scorings by the greedy part; default 250. */
  readonly evaluationsMax?: number
  /** Default 2. */
  readonly restarts?: number
  /** Default 25 for each start. */
  readonly exchanges?: number
  /** The world before the attack, if it has been judged already. */
  readonly clean?: Baseline
}

export interface TrajectoryPoint {
  /** USDC sunk. */
  readonly spend: number
  /** Mean P(sybil). */
  readonly probability: number
  /** What he minimises, see appraisal.ts: falls from point to point. */
  readonly objective: number
  /** What was bought last; undefined for the first point. */
  readonly move: Move['kind'] | undefined
  readonly outcome: AttackOutcome
  /** Verdicts at this point, for judging it under another policy. */
  readonly observed: Observed
}

export interface AdaptiveResult {
  /** Greedy, by ascending spending; the objective falls from point to point. */
  readonly trajectory: readonly TrajectoryPoint[]
  /** After local search: the lowest objective within the budget. */
  readonly best: TrajectoryPoint
  /** The point of highest ROI among all of them: where a rational attacker would stop. */
  readonly mostProfitable: TrajectoryPoint
}

/** Errors: SIMULATION_INVALID. */
export function adaptiveAttack(world: World, scorer: Scorer, options: AdaptiveOptions): AdaptiveResult {
  const {
    seed,
    size = 5,
    budget = 1_000,
    policy = EXPOSURE_POLICY,
    economy = DEFAULT_ECONOMY,
    sellers = 6,
  } = options
  checkWhole('size of the attack', size, 1, ATTACKERS_MAX)
  const clean = options.clean ?? baselineOf(world, scorer, policy, economy)
  const appraise = appraiser(world, scorer, economy, seed)
  const random = seeded(seed)
  const start = appraise({ size, moves: [] })
  if (start.cost > budget)
    throw new SimulatorError(
      'SIMULATION_INVALID',
      `the identities of ${size} agents alone cost ${start.cost.toFixed(2)}: raise the budget of ${budget} or attack with fewer`,
    )
  const moves = candidateMoves(clean.view, clean.verdicts, { size, sellers }, random)
  const path = greedy(world, appraise, start, moves, {
    budget,
    evaluationsMax: options.evaluationsMax ?? 250,
  })
  const last = path.at(-1) as Appraisal
  const searched = localSearch(
    world,
    appraise,
    last,
    moves,
    { budget, restarts: options.restarts ?? 2, exchanges: options.exchanges ?? 25 },
    random,
  )
  const pointOf = (appraisal: Appraisal): TrajectoryPoint => {
    const { attack, verdicts } = appraisal
    const observed = { attack, after: judgedBy(attack.after, scorer.name, verdicts, policy, economy, clean) }
    return {
      observed,
      outcome: outcomeOf(observed, clean, economy),
      spend: appraisal.cost,
      probability: appraisal.probability,
      objective: appraisal.objective,
      move: appraisal.plan.moves.at(-1)?.kind,
    }
  }
  const trajectory = path.map(pointOf)
  const best = searched === last ? (trajectory.at(-1) as TrajectoryPoint) : pointOf(searched)
  const mostProfitable = [...trajectory, best].reduce((held, point) =>
    point.outcome.roi > held.outcome.roi ? point : held,
  )
  return { trajectory, best, mostProfitable }
}
