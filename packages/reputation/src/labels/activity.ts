/** When nodes were active, if the edges carry times: scripted accounts begin together and act in bursts. */
import type { FeatureMatrix } from '../features/matrix.ts'
import type { Csr, TrustGraph } from '../graph/index.ts'
import { Columns } from './columns.ts'
import { neighbourMean, neighbourSpread } from './diffusion.ts'

/** Times relative to the span of the whole graph, so that their unit does not matter: 0 first edge … 1 last edge. */
export function activityOf({ support, times }: TrustGraph, binary: Csr): FeatureMatrix {
  const set = new Columns(support.size)
  if (times === undefined) return set.matrix()
  let begin = Infinity
  let end = -Infinity
  const first = new Float64Array(support.size).fill(Infinity)
  const last = new Float64Array(support.size).fill(-Infinity)
  for (let node = 0; node < support.size; node++)
    for (let k = support.offsets[node]!; k < support.offsets[node + 1]!; k++) {
      const [from, to] = [times.first[k]!, times.last[k]!]
      if (Number.isNaN(from) || Number.isNaN(to)) continue
      begin = Math.min(begin, from)
      end = Math.max(end, to)
      for (const side of [node, support.columns[k]!]) {
        first[side] = Math.min(first[side]!, from)
        last[side] = Math.max(last[side]!, to)
      }
    }
  if (!(end > begin)) return set.matrix()
  const scaled = (column: Float64Array): Float64Array =>
    column.map((time) => (Number.isFinite(time) ? (time - begin) / (end - begin) : Number.NaN))
  const start = scaled(first)
  const stop = scaled(last)
  const near = neighbourMean(binary, start)
  set.add('start', start)
  set.add('stop', stop)
  set.each('span', (node) => stop[node]! - start[node]!)
  set.add('near.start', near)
  set.add('near.start.spread', neighbourSpread(binary, start))
  set.each('near.start.distance', (node) => Math.abs(near[node]! - start[node]!))
  return set.matrix()
}
