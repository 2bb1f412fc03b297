/**
 * What a node's surroundings look like, without any label: the half of the evidence that still speaks when a whole group
 * is new. Counts are logarithmic (log 1 + x), weights appear as ratios and logarithms; what does not exist (the neighbours
 * of an isolated node) is NaN. No column depends on identifiers or on the order of nodes.
 */
import type { FeatureMatrix } from '../features/matrix.ts'
import { type Csr, type TrustGraph, transpose } from '../graph/index.ts'
import { Columns } from './columns.ts'
import { coreNumbers, triangles } from './density.ts'
import { neighbourExtreme, neighbourMean, neighbourSpread, partMean } from './diffusion.ts'
import { strengths } from './neighbourhood.ts'
import { peerColumns } from './peers.ts'

/** A partition of the nodes into communities or components, numbered from 0. */
export interface Partition {
  readonly name: string
  readonly part: Int32Array
}

/** Steps over which columns are averaged; further away everything looks like the whole graph. */
const HOPS = 4
const DAMPING = 0.85
const PAGE_RANK_STEPS = 30

const degreeOf = ({ offsets }: Csr, node: number): number => offsets[node + 1]! - offsets[node]!

/** Uniform PageRank times the number of nodes; mass without a way out is shared evenly. */
function pageRank(back: Csr, out: Csr): Float64Array {
  const { size } = out
  const total = strengths(out)
  let rank = new Float64Array(size).fill(1)
  for (let step = 0; step < PAGE_RANK_STEPS; step++) {
    let dangling = 0
    for (let node = 0; node < size; node++) if (total[node] === 0) dangling += rank[node]!
    const next = new Float64Array(size)
    for (let node = 0; node < size; node++) {
      let sum = dangling / size
      for (let k = back.offsets[node]!; k < back.offsets[node + 1]!; k++)
        sum += (back.weights[k]! * rank[back.columns[k]!]!) / total[back.columns[k]!]!
      next[node] = 1 - DAMPING + DAMPING * sum
    }
    rank = next
  }
  return rank
}

function largestShare(of: Csr, total: Float64Array): Float64Array {
  return total.map((sum, node) => {
    let most = 0
    for (let k = of.offsets[node]!; k < of.offsets[node + 1]!; k++) most = Math.max(most, of.weights[k]!)
    return most / sum
  })
}

export function structureOf(
  graph: TrustGraph,
  binary: Csr,
  incoming: Csr,
  partitions: readonly Partition[],
): FeatureMatrix {
  const { support, distrust } = graph
  const set = new Columns(support.size)

  const degree = set.each('degree', (node) => Math.log1p(degreeOf(binary, node)))
  const received = set.each('degreeIn', (node) => Math.log1p(degreeOf(incoming, node)))
  const sent = set.each('degreeOut', (node) => Math.log1p(degreeOf(support, node)))
  const both = (node: number): number => degreeOf(incoming, node) + degreeOf(support, node)
  const mutual = set.each('reciprocity', (node) => both(node) / degreeOf(binary, node) - 1)
  const direction = set.each('direction', (node) => degreeOf(incoming, node) / both(node))
  const weightIn = strengths(incoming)
  const weightOut = strengths(support)
  const value = set.each('weightIn', (node) => Math.log(weightIn[node]! || Number.NaN))
  set.each('weightOut', (node) => Math.log(weightOut[node]! || Number.NaN))
  const perEdge = set.each('weightPerEdge', (node) =>
    Math.log((weightIn[node]! + weightOut[node]!) / both(node)),
  )
  const balance = set.each('weightBalance', (node) => weightIn[node]! / (weightIn[node]! + weightOut[node]!))
  set.add('weightInTop', largestShare(incoming, weightIn))
  set.add('weightOutTop', largestShare(support, weightOut))
  if (distrust.columns.length > 0) {
    const accused = transpose(distrust)
    set.each('distrustIn', (node) => Math.log1p(degreeOf(accused, node)))
    set.each('distrustOut', (node) => Math.log1p(degreeOf(distrust, node)))
  }

  const core = set.add('core', coreNumbers(binary))
  const closed = triangles(binary)
  set.each('triangles', (node) => Math.log1p(closed[node]!))
  const clustering = set.each('clustering', (node) => {
    const d = degreeOf(binary, node)
    return d < 2 ? Number.NaN : (2 * closed[node]!) / (d * (d - 1))
  })
  const rank = set.add('pageRank', pageRank(incoming, support).map(Math.log))
  set.add('pageRankReverse', pageRank(support, incoming).map(Math.log))
  const peers = peerColumns(binary, degree, sent, received)
  for (const [name, column] of Object.entries(peers)) set.add(`peers.${name}`, column)

  for (const [name, column] of Object.entries({ degree, received, sent, value }))
    set.add(`near.${name}.spread`, neighbourSpread(binary, column))
  set.add('near.degree.least', neighbourExtreme(binary, degree, 'least'))
  set.add('near.degree.greatest', neighbourExtreme(binary, degree, 'greatest'))
  set.add('sources.degree', neighbourMean(incoming, degree))
  set.add('targets.degree', neighbourMean(support, degree))
  set.add('sources.sent.least', neighbourExtreme(incoming, sent, 'least'))
  set.add('targets.received.least', neighbourExtreme(support, received, 'least'))
  const { alike, several } = peers
  const spreading = {
    degree,
    received,
    sent,
    mutual,
    direction,
    value,
    perEdge,
    balance,
    clustering,
    core,
    rank,
    alike,
    several,
  }
  for (const [name, column] of Object.entries(spreading)) {
    let mean = column
    for (let hop = 1; hop <= HOPS; hop++) mean = set.add(`hop${hop}.${name}`, neighbourMean(binary, mean))
  }

  for (const { name, part } of partitions) {
    const size = new Float64Array(part.length)
    for (const own of part) size[own] = size[own]! + 1
    const inside = set.each(`${name}.inside`, (node) => {
      let own = 0
      for (let k = binary.offsets[node]!; k < binary.offsets[node + 1]!; k++)
        if (part[binary.columns[k]!] === part[node]) own++
      return own
    })
    set.each(`${name}.size`, (node) => Math.log(size[part[node]!]!))
    for (const [what, column] of Object.entries({ inside, mutual, clustering, value }))
      set.add(`${name}.mean.${what}`, partMean(part, column))
  }
  return set.matrix()
}
