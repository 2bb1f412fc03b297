/** What an adaptive attacker has decided so far, and the attack that follows from it. Same plan, same attack. */
import { seeded } from '@symbolon/reputation'
import type { Attack } from '../attack/attack.ts'
import { attackDefaults } from '../attack/options.ts'
import { AttackSite } from '../attack/site.ts'
import type { Economy } from '../economy/economy.ts'
import { summariseSpending } from '../economy/spending.ts'
import { labelled, type World } from '../world/world.ts'

/** Attackers are numbered 0 … size − 1; honest agents by their place in the world. */
export type Move =
  /** An accepted edge, both ways. */
  | { readonly kind: 'bridge'; readonly attacker: number; readonly seller: number }
  /** Two own agents trade, both ways. */
  | { readonly kind: 'trade'; readonly attacker: number; readonly peer: number }
  /** An edge that the other side did not ask for. */
  | { readonly kind: 'purchase'; readonly attacker: number; readonly seller: number }
  /** Begin thirty days earlier: more time for the evidence, longer locked bonds. */
  | { readonly kind: 'wait' }

export interface Plan {
  readonly size: number
  readonly moves: readonly Move[]
}

const WAIT_DAYS = 30
/** Of a plan that does not wait. */
const LEAD_DAYS = 30

export function planned(world: World, plan: Plan, economy: Economy, seed: number): Attack {
  const waits = plan.moves.filter(({ kind }) => kind === 'wait').length
  const options = {
    ...attackDefaults('bridge-buying', world.days),
    seed,
    size: plan.size,
    bridges: plan.moves.filter(({ kind }) => kind === 'bridge').length,
    start: earliest(world, waits),
  }
  const site = new AttackSite(world, options, economy, seeded(seed))
  const agents = site.recruit(plan.size)
  for (const move of plan.moves) {
    if (move.kind === 'wait') continue
    const attacker = agents[move.attacker] as number
    if (move.kind === 'bridge') site.bridge(attacker, move.seller, true)
    else if (move.kind === 'trade') site.mutual(attacker, agents[move.peer] as number)
    else site.purchase(attacker, move.seller)
  }
  return {
    kind: 'adaptive',
    options,
    after: labelled(site.snapshot(), `${world.topology}-${world.seed}-adaptive-${seed}`, 'adaptive'),
    spending: site.spending,
    attackers: site.attackers,
    targets: [],
  }
}

function earliest(world: World, waits: number): number {
  return Math.max(0, world.days - LEAD_DAYS - waits * WAIT_DAYS)
}

/** False for a wait that would begin before the world did. */
export function possible(world: World, plan: Plan, move: Move): boolean {
  if (move.kind !== 'wait') return true
  const waits = plan.moves.filter(({ kind }) => kind === 'wait').length
  return earliest(world, waits + 1) < earliest(world, waits)
}

/** USDC, of everything that this plan sinks. */
export function planCost(attack: Attack, economy: Economy): number {
  return summariseSpending(attack.spending, economy).sunk
}
