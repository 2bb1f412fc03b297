/**
 * s3, distance from the nearest anchor (TRU-024): min over anchors a of min(1, −log10(ppr_a(i)/ppr_a(a))/6), 1 where no
 * anchor reaches. One personalised PageRank per anchor, eight at a time: the eight values of a node share a cache line, and
 * each edge is read once for all. Quotients do not need the sum, so what nodes without edges give back is left out.
 */
import { type Csr, transpose } from '../graph/csr.ts'
import type { TrustGraph } from '../graph/trust-graph.ts'
import { ANCHOR_WALKS_MAX, TELEPORT_STEPS_MAX } from '../limits.ts'
import { reciprocals, rowSums } from '../rank/gather.ts'

const LANES = 8
/** Six powers of ten below an anchor's own value, which is at least 1, is the end of the scale. */
const DECADES = 6
const TOLERANCE = 1e-12

/**
 * y = d·Pᵀ y + v for the groups `sources`, v spread evenly over the members of each; y of group g at node i is at
 * `i * LANES + g`. Sweeps of Gauss and Seidel, in the order of nodes.
 */
function walks(
  incoming: Csr,
  share: Float64Array,
  sources: readonly (readonly number[])[],
  damping: number,
): Float64Array {
  const values = new Float64Array(incoming.size * LANES)
  const carried = new Float64Array(values.length)
  const jumps = new Float64Array(values.length)
  for (const [lane, members] of sources.entries())
    for (const anchor of members) jumps[anchor * LANES + lane] = 1 / members.length
  for (let step = 0; step < TELEPORT_STEPS_MAX; step++)
    if (sweep(incoming, share, jumps, damping, values, carried) < TOLERANCE) break
  return values
}

/** One sweep; `carried` is what a unit of out-weight passes on. Returns the largest change. Unrolled: the lanes stay in registers. */
function sweep(
  { size, offsets, columns, weights }: Csr,
  share: Float64Array,
  jumps: Float64Array,
  damping: number,
  values: Float64Array,
  carried: Float64Array,
): number {
  let largest = 0
  for (let j = 0; j < size; j++) {
    let s0 = 0
    let s1 = 0
    let s2 = 0
    let s3 = 0
    let s4 = 0
    let s5 = 0
    let s6 = 0
    let s7 = 0
    const end = offsets[j + 1] as number
    for (let k = offsets[j] as number; k < end; k++) {
      const weight = weights[k] as number
      const at = (columns[k] as number) * LANES
      s0 += weight * (carried[at] as number)
      s1 += weight * (carried[at + 1] as number)
      s2 += weight * (carried[at + 2] as number)
      s3 += weight * (carried[at + 3] as number)
      s4 += weight * (carried[at + 4] as number)
      s5 += weight * (carried[at + 5] as number)
      s6 += weight * (carried[at + 6] as number)
      s7 += weight * (carried[at + 7] as number)
    }
    const portion = share[j] as number
    const at = j * LANES
    carried[at] = s0
    carried[at + 1] = s1
    carried[at + 2] = s2
    carried[at + 3] = s3
    carried[at + 4] = s4
    carried[at + 5] = s5
    carried[at + 6] = s6
    carried[at + 7] = s7
    for (let lane = at; lane < at + LANES; lane++) {
      const value = damping * (carried[lane] as number) + (jumps[lane] as number)
      const change = Math.abs(value - (values[lane] as number))
      if (change > largest) largest = change
      values[lane] = value
      carried[lane] = value * portion
    }
  }
  return largest
}

/**
 * `anchors` > 0 marks them. Beyond ANCHOR_WALKS_MAX anchors they walk in that many groups and the distance is that from a
 * group, measured against its members' mean: never more than the distance from its nearest member by more than the spread
 * of the members' own values. An anchor is at 0.
 */
export function anchorDistance(
  graph: TrustGraph,
  anchors: Float64Array,
  damping: number,
  incoming: Csr = transpose(graph.support),
): Float64Array {
  const share = reciprocals(rowSums(graph.support))
  const marked = Array.from(anchors.keys()).filter((node) => (anchors[node] as number) > 0)
  const groups: number[][] = Array.from({ length: Math.min(marked.length, ANCHOR_WALKS_MAX) }, () => [])
  for (const [i, anchor] of marked.entries()) groups[i % groups.length]?.push(anchor)
  const nearest = new Float64Array(anchors.length).fill(1)
  for (let start = 0; start < groups.length; start += LANES) {
    const batch = groups.slice(start, start + LANES)
    const values = walks(incoming, share, batch, damping)
    for (const [lane, members] of batch.entries()) {
      let own = 0
      for (const anchor of members) own += (values[anchor * LANES + lane] as number) / members.length
      for (let i = 0; i < nearest.length; i++) {
        const distance = -Math.log10((values[i * LANES + lane] as number) / own) / DECADES
        if (distance < (nearest[i] as number)) nearest[i] = Math.max(0, distance)
      }
    }
  }
  for (const anchor of marked) nearest[anchor] = 0
  return nearest
}
