/** Several opinions as one: the mean of their ranks, weighted by how well each ranked the seeds that it had not seen. */
import { auc } from '../evaluation/index.ts'
import type { Opinion } from './opinions.ts'
import { fractionsBelow, placeOf } from './ranks.ts'
import { countSeeds, type NodeLabels } from './seeds.ts'

/** Bounds of the skill that is believed: seeds alone can tell neither that a method is worthless nor that it is perfect. */
const SKILL_MIN = 0.2
const SKILL_MAX = 500

/** Odds that a pair is in the right order, less those of chance: 0 at an AUC of ½, 8 at 0.9, 98 at 0.99. */
function skillOf(area: number): number {
  const skill = area / (1 - area) - 1
  return Math.min(SKILL_MAX, Math.max(SKILL_MIN, skill))
}

/**
 * Independent seeds of the rarer kind at which the exponent below is 1; it grows from 0, where nothing can be judged, to 2,
 * because an opinion half as good spoils more than it adds.
 */
const JUDGING_SEEDS = 10

/**
 * Shares are multiplied by a power of the skill on held-out seeds and brought back to a sum of 1. `units`: independent seeds of the
 * rarer kind. Nodes that are not `ranked` get 0 … 1 without meaning.
 */
export function meanRank(
  members: readonly { readonly member: Opinion; readonly share: number }[],
  seeds: NodeLabels,
  units: number,
  ranked: Uint8Array,
): Opinion {
  const { honest, sybil } = countSeeds(seeds)
  const power = (2 * units) / (units + JUDGING_SEEDS)
  const judged = members.map(({ member, share }) => {
    const skill = honest === 0 || sybil === 0 ? 1 : skillOf(auc(member.held, seeds))
    return { member, weight: share * skill ** power }
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
