/** How a plan looks to its author: probability and price, each plan built and scored once. */
import type { Attack } from '../attack/attack.ts'
import type { Economy } from '../economy/economy.ts'
import type { Scorer } from '../scoring/scorer.ts'
import type { World } from '../world/world.ts'
import { type Plan, planCost, planned } from './plan.ts'

export interface Appraisal {
  readonly plan: Plan
  readonly attack: Attack
  /** Mean P(sybil) of the attacking agents. */
  readonly probability: number
  /**
   * What he minimises: `probability`, and where it has become flat the credit file behind it. A hundredth each for citation
   * quality and for attesters, so that neither ever outweighs a point of probability that matters.
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
    const probabilities = attack.attackers.map(
      (place) => verdicts.probability[nodeOf[place] as number] as number,
    )
    const probability = probabilities.reduce((sum, p) => sum + p, 0) / probabilities.length
    const standing = attack.attackers.reduce((sum, place) => {
      const node = nodeOf[place] as number
      const attesters = graph.support.columns.reduce(
        (count, column) => (column === node ? count + 1 : count),
        0,
      )
      const citation = (graph.nodes.size * (verdicts.citation[node] as number)) / 4
      return sum + Math.min(1, citation) + Math.min(1, attesters / 8)
    }, 0)
    return {
      plan,
      attack,
      probability,
      objective: probability - (0.01 * standing) / probabilities.length,
      cost: planCost(attack, economy),
    }
  }
}
