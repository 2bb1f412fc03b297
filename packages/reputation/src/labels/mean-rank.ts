/** Several opinions as one: the mean of their ranks, weighted by how well each ranked the seeds that it had not seen. */
import { auc } from '../evaluation/index.ts'
import type { Opinion } from './opinions.ts'
import { fractionsBelow, placeOf } from './ranks.ts'
import { countSeeds, type NodeLabels } from './seeds.ts'

/** Least distance from chance that is believed: a few seeds cannot tell that a method is worthless. */
const SKILL_MIN = 0.05

/**
 * Shares are multiplied by the square of (held-out AUC − ½) and brought back to a sum of 1; nodes that are not `ranked` get 0 … 1 without
 * meaning. Squares, because an opinion half as good spoils more than it adds.
 */
export function meanRank(
  members: readonly { readonly member: Opinion; readonly share: number }[],
  seeds: NodeLabels,
  ranked: Uint8Array,
): Opinion {
  const { honest, sybil } = countSeeds(seeds)
  const judged = members.map(({ member, share }) => {
    const skill = honest === 0 || sybil === 0 ? 1 : auc(member.held, seeds) - 0.5
    return { member, weight: share * Math.max(SKILL_MIN, skill) ** 2 }
  })
  const total = judged.reduce((sum, { weight }) => sum + weight, 0)
  const all = new Float64Array(seeds.length)
  const held = new Float64Array(seeds.length)
  for (const { member, weight } of judged) {
    const sorted = fractionsBelow(member.all, ranked)
    const part = weight / total
    for (let node = 0; node < seeds.length; node++) {
      all[node] = all[node]! + part * placeOf(sorted, member.all[node]!)
      held[node] = held[node]! + part * placeOf(sorted, member.held[node]!)
    }
  }
  return { all, held }
}
