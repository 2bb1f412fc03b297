/**
 * Ranks one synthetic graph in a process of its own, so that its memory and its compiled code are its own, and prints one line of
 * JSON. Arguments: edges, and optionally a folder to which the graph is written for a peer. Without a folder all seven algorithms
 * run as the product runs them, in one call; with one, those that the peer has run one by one.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Csr,
  eigenTrust,
  fiedler,
  graphOf,
  hits,
  pageRank,
  personalisedPageRank,
  rankAll,
  type TrustGraph,
  transpose,
} from '@symbolon/reputation'
import { syntheticEdges } from './synthetic-graph.ts'

/** What one run found. Times are seconds of processor time, of all threads of the process. */
export interface RankRun {
  readonly nodes: number
  readonly edges: number
  readonly build: number
  /** 'all', or by algorithm. */
  readonly seconds: Readonly<Record<string, number>>
  /** Sum of squares of the scores, for comparison with a peer. */
  readonly sums: Readonly<Record<string, number>>
  readonly rssMb: number
}

const [edges = '10000', folder] = process.argv.slice(2)

function processorSeconds<T>(operation: () => T): [T, number] {
  const before = process.cpuUsage()
  const result = operation()
  const { user, system } = process.cpuUsage(before)
  return [result, (user + system) / 1e6]
}

const squares = (scores: Float64Array): number => scores.reduce((sum, score) => sum + score * score, 0)

/** Little-endian columns, as trust_igraph.py reads them. */
function writeGraph({ nodes, support, consented }: TrustGraph, anchors: Float64Array, to: string): void {
  const rowsOf = ({ size, offsets, columns }: Csr): Uint32Array => {
    const rows = new Uint32Array(columns.length)
    for (let i = 0; i < size; i++) rows.fill(i, offsets[i], offsets[i + 1])
    return rows
  }
  writeFileSync(join(to, 'nodes.u32'), Uint32Array.of(nodes.size))
  writeFileSync(join(to, 'anchors.f64'), anchors)
  for (const [prefix, layer] of [
    ['', support],
    ['m-', consented],
  ] as const) {
    writeFileSync(join(to, `${prefix}sources.u32`), rowsOf(layer))
    writeFileSync(join(to, `${prefix}targets.u32`), layer.columns)
    writeFileSync(join(to, `${prefix}weights.f64`), layer.weights)
  }
}

const synthetic = syntheticEdges(Number(edges))
const [graph, build] = processorSeconds(() => graphOf(synthetic.table))
const anchors = new Float64Array(graph.nodes.size)
for (const id of synthetic.anchors) anchors[graph.nodes.indexOf(id) as number] = 1
if (folder !== undefined) writeGraph(graph, anchors, folder)

const seconds: Record<string, number> = {}
const sums: Record<string, number> = {}
const measure = (name: string, algorithm: () => Float64Array): void => {
  const [scores, taken] = processorSeconds(algorithm)
  seconds[name] = taken
  sums[name] = squares(scores)
}
if (folder === undefined) measure('all', () => rankAll(graph, { anchors }).scores.pageRank)
else {
  const incoming = transpose(graph.support)
  measure('pageRank', () => pageRank(graph, { incoming, damping: 0.85 }).scores)
  measure('eigenTrust', () => eigenTrust(graph, anchors, { incoming }).scores)
  measure(
    'personalisedPageRank',
    () => personalisedPageRank(graph, anchors, { incoming, damping: 0.614 }).scores,
  )
  measure('hits', () => hits(graph, { incoming, weights: 'binary' }).authority)
  // The vector of the component with anchors alone: others are at −1 by definition, which a peer does not know.
  measure('fiedler', () => {
    const { vector, unsupported } = fiedler(graph, anchors)
    return vector.map((value, node) => (unsupported[node] === 1 ? 0 : value))
  })
}

const run: RankRun = {
  nodes: graph.nodes.size,
  edges: graph.support.columns.length,
  build,
  seconds,
  sums,
  rssMb: process.resourceUsage().maxRSS / 1024,
}
console.log(JSON.stringify(run))
