/** From where greed has stopped, and from random plans: exchange one move for another as long as it helps. */
import type { Random } from '@symbolon/reputation'
import type { World } from '../world/world.ts'
import type { Appraisal, Appraise } from './appraisal.ts'
import { type Move, type Plan, possible } from './plan.ts'

export interface LocalSearchOptions {
  readonly budget: number
  /** Random plans tried besides the given one. */
  readonly restarts: number
  /** Exchanges tried from each start. */
  readonly exchanges: number
}

/** Never worse than `start`. */
export function localSearch(
  world: World,
  appraise: Appraise,
  start: Appraisal,
  moves: readonly Move[],
  { budget, restarts, exchanges }: LocalSearchOptions,
  random: Random,
): Appraisal {
  let best = start
  for (let restart = 0; restart <= restarts; restart++) {
    let current =
      restart === 0
        ? start
        : randomPlan(world, appraise, start.plan.size, moves, best.plan.moves.length, budget, random)
    for (let k = 0; k < exchanges && current.plan.moves.length > 0; k++) {
      const out = random.below(current.plan.moves.length)
      const move = moves[random.below(moves.length)] as Move
      const kept = { ...current.plan, moves: current.plan.moves.filter((_, place) => place !== out) }
      if (!possible(world, kept, move)) continue
      const tried = appraise({ ...kept, moves: [...kept.moves, move] })
      if (tried.cost <= budget && tried.objective < current.objective) current = tried
    }
    if (current.objective < best.objective) best = current
  }
  return best
}

/** As many moves as the best plan has, halved until the budget bears them. */
function randomPlan(
  world: World,
  appraise: Appraise,
  size: number,
  moves: readonly Move[],
  length: number,
  budget: number,
  random: Random,
): Appraisal {
  for (let wanted = Math.max(1, length); ; wanted = Math.floor(wanted / 2)) {
    let plan: Plan = { size, moves: [] }
    for (let k = 0; k < wanted; k++) {
      const move = moves[random.below(moves.length)] as Move
      if (possible(world, plan, move)) plan = { ...plan, moves: [...plan.moves, move] }
    }
    const appraisal = appraise(plan)
    if (appraisal.cost <= budget || wanted === 0) return appraisal
  }
}
