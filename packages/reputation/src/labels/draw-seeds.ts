/** Which labels a method may see in one run of an evaluation; all other labelled nodes are the test. */
import { HONEST, SYBIL, UNLABELLED } from '../model/labelled-graph.ts'
import type { Random } from '../random.ts'
import { type NodeGroups, unitsOf } from './groups.ts'
import { countSeeds, type NodeLabels } from './seeds.ts'

/**
 * `group`: whole groups become seeds or test, so that the test holds only groups nobody has seen. `node`: seeds are drawn
 * node by node, as published comparisons do it; most test nodes then have a labelled companion.
 */
export type SeedProtocol = 'group' | 'node'

/**
 * About `fraction` of the Sybils and of the honest as seeds, at least one of each. Units are taken in random order as long
 * as neither kind exceeds its share; if no unit of a kind fits, the smallest that has it is taken, so that a small
 * label set with large groups still has seeds. Node order and identifiers play no part beyond the seeded shuffle.
 */
export function drawSeeds(
  labels: NodeLabels,
  fraction: number,
  random: Random,
  groups?: NodeGroups,
): NodeLabels {
  const { honest, sybil } = countSeeds(labels)
  const room = [
    Math.max(1, Math.round(honest * fraction)),
    Math.max(1, Math.round(sybil * fraction)),
  ] as const
  const taken = [0, 0]
  const seeds = new Int8Array(labels.length).fill(UNLABELLED)
  const units = random.shuffle(unitsOf(labels, groups)).map((nodes) => {
    let sybils = 0
    for (const node of nodes) sybils += labels[node]!
    return { nodes, counts: [nodes.length - sybils, sybils] as const }
  })
  const take = ({ nodes, counts }: (typeof units)[number]): void => {
    for (const node of nodes) seeds[node] = labels[node]!
    taken[HONEST] = taken[HONEST]! + counts[HONEST]
    taken[SYBIL] = taken[SYBIL]! + counts[SYBIL]
  }
  for (const unit of units)
    if (
      taken[HONEST]! + unit.counts[HONEST] <= room[HONEST] &&
      taken[SYBIL]! + unit.counts[SYBIL] <= room[SYBIL]
    )
      take(unit)
  for (const kind of [HONEST, SYBIL] as const) {
    if (taken[kind]! > 0) continue
    const having = units.filter((unit) => unit.counts[kind] > 0)
    const smallest = having.reduce<(typeof units)[number] | undefined>(
      (best, unit) => (best === undefined || unit.nodes.length < best.nodes.length ? unit : best),
      undefined,
    )
    if (smallest !== undefined) take(smallest)
  }
  return seeds
}
