/**
 * s3, distance from the nearest anchor (TRU-024): min over anchors a of min(1, −log10(ppr_a(i)/ppr_a(a))/6), 1 where no
 * anchor reaches. One personalised PageRank per anchor, eight at a time: the eight values of a node share a cache line, so a
 * batch costs about three single walks.
 */
import { type Csr, transpose } from '../graph/csr.ts'
import type { TrustGraph } from '../graph/trust-graph.ts'
import { ANCHOR_WALKS_MAX, TELEPORT_STEPS_MAX } from '../limits.ts'
import { reciprocals, rowSums } from '../rank/gather.ts'

const LANES = 8
/** Six powers of ten below an anchor's own value, at least 1 − d, is the end of the scale. */
const DECADES = 6
const TOLERANCE = 1e-11

/** Walks for the groups `sources`, each from its members in equal parts; the value of group g at node i at `i * LANES + g`. */
function walks(
  incoming: Csr,
  share: Float64Array,
  sources: readonly (readonly number[])[],
  damping: number,
): Float64Array {
  const { size, offsets, columns, weights } = incoming
  let current = new Float64Array(size * LANES)
  let next = new Float64Array(size * LANES)
  const scaled = new Float64Array(size * LANES)
  for (const [lane, members] of sources.entries())
    for (const anchor of members) current[anchor * LANES + lane] = 1 / members.length
  const dangling = new Float64Array(LANES)
  const sums = new Float64Array(LANES)
  for (let step = 0, change = 1; step < TELEPORT_STEPS_MAX && change >= TOLERANCE; step++) {
    dangling.fill(0)
    for (let i = 0; i < size; i++) {
      const portion = share[i] as number
      for (let at = i * LANES, lane = 0; lane < LANES; at++, lane++) {
        if (portion === 0) dangling[lane] = (dangling[lane] as number) + (current[at] as number)
        scaled[at] = (current[at] as number) * portion
      }
    }
    for (let j = 0; j < size; j++) {
      sums.fill(0)
      const end = offsets[j + 1] as number
      for (let k = offsets[j] as number; k < end; k++) {
        const weight = weights[k] as number
        for (let at = (columns[k] as number) * LANES, lane = 0; lane < LANES; at++, lane++)
          sums[lane] = (sums[lane] as number) + weight * (scaled[at] as number)
      }
      for (let lane = 0; lane < LANES; lane++) next[j * LANES + lane] = damping * (sums[lane] as number)
    }
    for (const [lane, members] of sources.entries()) {
      const jump = (damping * (dangling[lane] as number) + 1 - damping) / members.length
      for (const anchor of members)
        next[anchor * LANES + lane] = (next[anchor * LANES + lane] as number) + jump
    }
    change = 0
    for (let at = 0; at < next.length; at++)
      change = Math.max(change, Math.abs((next[at] as number) - (current[at] as number)))
    ;[current, next] = [next, current]
  }
  return current
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
