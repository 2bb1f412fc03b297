/**
 * TRU-009. A hub with at least 8 referrers of low score gets from all of these together no more than from the heaviest of them.
 * Low means below the floor *and* not endorsed by an anchor. Eight new friends of an honest newcomer look the same from afar,
 * hence it does not fire if two referrers have support of their own: an anchor, or one endorsed by somebody at or above the floor
 * who is neither the hub nor another referrer.
 */
import { transpose } from '../csr.ts'
import { entryAt } from '../entry.ts'
import { floorOf, type GraphRule } from './graph-rule.ts'

export interface StarOptions {
  /** Referrers of low score from which the rule may fire; 8 unless told. */
  readonly inDegree?: number
  /** Referrers with support of their own from which it may not; 2 unless told. */
  readonly independent?: number
}

/** Needs `scores` in the context; RULE_INVALID otherwise. */
export function starRule({ inDegree = 8, independent = 2 }: StarOptions = {}): GraphRule {
  return ({ graph, context, isAnchor, multiply, find }) => {
    const floor = floorOf(context)
    const scores = context.scores ?? new Float64Array(graph.nodes.size)
    const { support } = graph
    const incoming = transpose(support)
    const referrers = (node: number): Uint32Array =>
      incoming.columns.subarray(incoming.offsets[node]!, incoming.offsets[node + 1]!)
    const isLow = (node: number): boolean =>
      scores[node]! < floor && isAnchor[node] === 0 && !referrers(node).some((by) => isAnchor[by] === 1)
    for (let hub = 0; hub < support.size; hub++) {
      const all = referrers(hub)
      if (all.length < inDegree) continue
      const low = all.filter(isLow)
      if (low.length < inDegree) continue
      const isReferrer = new Set(all)
      const supported = all.filter(
        (node) =>
          isAnchor[node] === 1 ||
          referrers(node).some(
            (by) => by !== hub && !isReferrer.has(by) && (isAnchor[by] === 1 || scores[by]! >= floor),
          ),
      )
      if (supported.length >= independent) continue
      let [sum, largest] = [0, 0]
      for (const node of low) {
        const weight = support.weights[entryAt(support, node, hub)]!
        sum += weight
        largest = Math.max(largest, weight)
      }
      const factor = largest / sum
      const finding = find({
        rule: 'star',
        why: `${low.length} of ${all.length} referrers have a score below ${floor}, ${supported.length} have support of their own: together they count as one, × ${factor}`,
        nodes: [graph.nodes.idOf(hub)],
      })
      for (const node of low) multiply(entryAt(support, node, hub), factor, finding)
    }
  }
}
