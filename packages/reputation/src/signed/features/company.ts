/** The company a node keeps: who its raters are, and whom it rates. */
import type { GraphScores } from '../graph-scores.ts'
import type { FeatureGroup } from './feature-group.ts'

const TARGET = [
  'mean by trust',
  'mean by goodness',
  'raters: goodness',
  'raters: activity',
  'worst by trusted',
] as const
const SOURCE = [
  'rated: goodness',
  'deviation from goodness',
  'absolute deviation',
  'rated: popularity',
] as const

/** O(edges). */
export function companyFeatures({ graph, fairnessGoodness, trust }: GraphScores): FeatureGroup {
  const { nodes, given, received } = graph
  const { goodness } = fairnessGoodness
  const ofTarget = new Float64Array(nodes * TARGET.length).fill(Number.NaN)
  const ofSource = new Float64Array(nodes * SOURCE.length).fill(Number.NaN)
  const activity = (over: Uint32Array, node: number): number =>
    Math.log1p((over[node + 1] as number) - (over[node] as number))
  for (let v = 0; v < nodes; v++) {
    const start = received.offsets[v] as number
    const end = received.offsets[v + 1] as number
    if (start === end) continue
    let byTrust = 0
    let trusts = 0
    let byGoodness = 0
    let goodnesses = 0
    let good = 0
    let active = 0
    let worst = 0
    for (let k = start; k < end; k++) {
      const w = received.neighbours[k] as number
      const rating = received.ratings[k] as number
      const weight = Math.exp(trust[w] as number)
      const standing = goodness[w] as number
      byTrust += weight * rating
      trusts += weight
      byGoodness += Math.max(0, standing) * rating
      goodnesses += Math.max(0, standing)
      good += standing
      active += activity(given.offsets, w)
      if (rating < 0) worst = Math.max(worst, trust[w] as number)
    }
    const count = end - start
    ofTarget.set(
      [
        byTrust / trusts,
        goodnesses === 0 ? Number.NaN : byGoodness / goodnesses,
        good / count,
        active / count,
        worst,
      ],
      v * TARGET.length,
    )
  }
  for (let u = 0; u < nodes; u++) {
    const start = given.offsets[u] as number
    const end = given.offsets[u + 1] as number
    if (start === end) continue
    let good = 0
    let deviation = 0
    let distance = 0
    let popular = 0
    for (let k = start; k < end; k++) {
      const w = given.neighbours[k] as number
      const difference = (given.ratings[k] as number) - (goodness[w] as number)
      good += goodness[w] as number
      deviation += difference
      distance += Math.abs(difference)
      popular += activity(received.offsets, w)
    }
    const count = end - start
    ofSource.set(
      [good / count, deviation / (count + 1), distance / count, popular / count],
      u * SOURCE.length,
    )
  }
  return {
    names: [...SOURCE.map((name) => `source ${name}`), ...TARGET.map((name) => `target ${name}`)],
    write: (source, target, row, at) => {
      for (let f = 0; f < SOURCE.length; f++) row[at + f] = ofSource[source * SOURCE.length + f] as number
      for (let f = 0; f < TARGET.length; f++)
        row[at + SOURCE.length + f] = ofTarget[target * TARGET.length + f] as number
    },
  }
}
