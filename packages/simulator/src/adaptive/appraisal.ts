/** How a plan looks to its author: probability and price, each plan built and scored once. */
import { logistic } from '@symbolon/reputation'
import type { Attack } from '../attack/attack.ts'
import type { Economy } from '../economy/economy.ts'
import type { Scorer, Verdicts } from '../scoring/scorer.ts'
import type { World } from '../world/world.ts'
import { type Plan, planCost, planned } from './plan.ts'

export interface Appraisal {
  readonly plan: Plan
  readonly attack: Attack
  readonly verdicts: Verdicts
  /** Mean P(sybil) of the attacking agents. */
  readonly probability: number
  /**
   * What he minimises: `probability`; where calibration has made it flat, a tenth of what the model thought before; and the
   * credit file behind it, a hundredth each for citation quality and for attesters.
   */
  readonly objective: number
  /** USDC. */
  readonly cost: number
}

export type Appraise = (plan: Plan) => Appraisal

/** PERF: one scoring of the whole graph for each plan; this is what bounds the searches (see `evaluationsMax`). */
export function appraiser(world: World, scorer: Scorer, economy: Economy, seed: number): Appraise {
  return (plan) => {
    const attack = planned(world, plan, economy, seed)
    const verdicts = scorer.score(attack.after.graph, attack.after.anchors)
    const { graph, nodeOf } = attack.after
    const nodes = attack.attackers.map((place) => nodeOf[place] as number)
    const mean = (of: (node: number) => number): number =>
      nodes.reduce((sum, node) => sum + of(node), 0) / nodes.length
    const probability = mean((node) => verdicts.probability[node] as number)
    const { margin } = verdicts
    const uncalibrated = margin === undefined ? 0 : mean((node) => logistic(margin[node] as number))
    const attesters = new Uint32Array(graph.nodes.size)
    for (const column of graph.support.columns) attesters[column] = (attesters[column] as number) + 1
    const file = mean((node) => {
      const citation = (graph.nodes.size * (verdicts.citation[node] as number)) / 4
      return Math.min(1, citation) + Math.min(1, (attesters[node] as number) / 8)
    })
    return {
      plan,
      attack,
      verdicts,
      probability,
      objective: probability + 0.1 * uncalibrated - 0.01 * file,
      cost: planCost(attack, economy),
    }
  }
}
