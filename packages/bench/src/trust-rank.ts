/**
 * Ranking of trust graphs: the seven algorithms on synthetic graphs of 10⁴ … 10⁷ edges (`trust-full`, `trust-growth`), and five of
 * them against C programs on the same 10⁶ edges (`trust-pagerank` …): python-igraph for PageRank and HITS, ARPACK for the Fiedler
 * vector. Every run is a process of its own; both sides are measured in processor time without reading and building, so that other
 * work on the machine counts for neither. Sums of squares have to agree, or the run fails.
 *
 * Not measured: SybilRank and absorbing walks against a peer (there is none in igraph; they are in `trust-full`); other shapes
 * of graphs; more than one core.
 */
import type { Benchmark, BenchmarkContext, Row } from './harness/benchmark.ts'
import { latencyRow, rateRow, skippedRow } from './harness/row.ts'
import { formatFigure } from './harness/table.ts'
import { type PeerRun, peerMissing, rankByPeer, rankInProcess } from './trust/processes.ts'
import type { RankRun } from './trust/rank-process.ts'

/** Row, algorithm, what the peer calls. */
const COMPARED = [
  ['trust-pagerank', 'pageRank', 'PageRank at 0.85'],
  ['trust-eigentrust', 'eigenTrust', 'EigenTrust from 15 anchors'],
  ['trust-personalised', 'personalisedPageRank', 'personalised PageRank at 0.614'],
  ['trust-hits', 'hits', 'HITS, hubs and authorities'],
  ['trust-fiedler', 'fiedler', 'Fiedler vector of the consented layer'],
] as const

/** Sums of squares of both sides agree to this share: both stop at tolerances of their own. */
const AGREEMENT = 1e-6
const PEER_EDGES = 1_000_000
const FULL_MS_MAX = 60_000
const RSS_MB_MAX = 2_048

export const trustRank: Benchmark = {
  names: ['trust-full', 'trust-growth', ...COMPARED.map(([name]) => name)],
  run,
}

async function run(context: BenchmarkContext): Promise<Row[]> {
  const isFull = context.effort.name === 'full'
  const sizes = isFull ? [1e4, 1e5, 1e6, 1e7] : [1e3, 1e4]
  const runs: RankRun[] = []
  for (const edges of sizes) runs.push(await rankInProcess(edges))
  return [...scaleRows(runs), ...(await peerRows(context, isFull ? PEER_EDGES : 1e4))]
}

const totalOf = ({ seconds }: RankRun): number => Object.values(seconds).reduce((sum, each) => sum + each, 0)

function scaleRows(runs: readonly RankRun[]): Row[] {
  const largest = runs.at(-1) as RankRun
  const before = runs.at(-2) as RankRun
  const exponent = Math.log(totalOf(largest) / totalOf(before)) / Math.log(largest.edges / before.edges)
  return [
    latencyRow({
      name: 'trust-full',
      title: `seven algorithms on ${largest.nodes.toLocaleString('en-US')} nodes and ${largest.edges.toLocaleString('en-US')} edges, processor time`,
      ms: totalOf(largest) * 1_000,
      samples: 1,
      bar: FULL_MS_MAX,
      // More memory than the bar allows is a bar missed.
      failures: largest.rssMb > RSS_MB_MAX ? 1 : 0,
      note: `after ${largest.build.toFixed(1)} s to build the graph; at most ${Math.round(largest.rssMb)} MB resident (bar ${RSS_MB_MAX} MB)`,
    }),
    rateRow({
      name: 'trust-growth',
      title: 'edges ranked by all seven per second of processor time, largest graph',
      rates: [largest.edges / totalOf(largest)],
      note: `${runs.map((each) => `${formatFigure(each.edges)} edges ${totalOf(each).toFixed(2)} s ${Math.round(each.rssMb)} MB`).join(', ')}; time grows as edges^${exponent.toFixed(2)} over the last step`,
    }),
  ]
}

async function peerRows({ effort, directory }: BenchmarkContext, edges: number): Promise<Row[]> {
  const missing = await peerMissing()
  if (missing !== undefined) return COMPARED.map(([name, , title]) => skippedRow(name, title, missing))
  const ours: RankRun[] = []
  const theirs: PeerRun[] = []
  for (let round = 0; round < Math.min(effort.rounds, 3); round++) {
    ours.push(await rankInProcess(edges, directory))
    theirs.push(await rankByPeer(directory))
  }
  return COMPARED.map(([name, algorithm, title]) => {
    for (const [round, own] of ours.entries())
      requireAgreement(algorithm, own, theirs[round] as PeerRun, own.edges)
    const rates = (runs: readonly (RankRun | PeerRun)[]): number[] =>
      runs.map(({ seconds }) => (ours[0] as RankRun).edges / (seconds[algorithm] as number))
    const { igraph, scipy } = theirs[0] as PeerRun
    return rateRow({
      name,
      title: `${title}, edges per second of processor time, ${formatFigure(edges)} edges`,
      rates: rates(ours),
      peer: rates(theirs),
      against: algorithm === 'fiedler' ? `ARPACK by scipy ${scipy}` : `igraph ${igraph}`,
      // Within 1.5 times the peer's time.
      bar: 0.667,
    })
  })
}

function requireAgreement(algorithm: string, own: RankRun, peer: PeerRun, edges: number): void {
  const [a, b] = [own.sums[algorithm] as number, peer.sums[algorithm] as number]
  if (Math.abs(a - b) > AGREEMENT * Math.abs(b))
    throw new Error(`${algorithm} on ${edges} edges: sum of squares ${a}, the peer's is ${b}`)
}
