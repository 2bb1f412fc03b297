/** The drawn part of a graph, as the page's script reads it: columns by drawn node, lines as quadruples. */
import type { TrustGraph } from '../graph/index.ts'
import { seeded } from '../random.ts'
import { columnLabel } from './column-labels.ts'
import type { ReportColumn, ReportNodes } from './data.ts'
import { drawnLines } from './drawn-lines.ts'
import { drawnNodes } from './drawn-nodes.ts'
import { compact } from './figures.ts'
import { type Layout, layOut } from './layout.ts'
import { SCALE } from './palette.ts'
import { shownText } from './shown-text.ts'

/** Bits of `marks`. */
const FLAGGED = 1
const CAPPED = 2
const ANCHOR = 4
/** Positions are whole numbers 0 … 9,999 on the longer side. */
const RESOLUTION = 9_999
const SEED = 0x5eed

export interface Drawing {
  /** Drawn nodes by place, ascending: what `#node-<place>` on the page refers to. */
  readonly nodes: readonly number[]
  readonly lines: number
  readonly edges: number
  /** Plain data for the script. */
  readonly block: Readonly<Record<string, unknown>>
}

/** The longer axis of the cloud lies along x, as pages are wider than a third of a graph is high; then both start at 0. */
function fitted({ x, y }: Layout): Layout {
  let [xx, xy, yy] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    xx += (x[i] as number) ** 2
    yy += (y[i] as number) ** 2
    xy += (x[i] as number) * (y[i] as number)
  }
  // Principal axis of a symmetric 2 × 2 matrix; (1, 0) if it has none.
  const spread = Math.sqrt(((xx - yy) / 2) ** 2 + xy * xy)
  const [a, b] = [(xx - yy) / 2 + spread, xy]
  const length = Math.sqrt(a * a + b * b)
  const [cosine, sine] = length > 0 ? [a / length, b / length] : xx >= yy ? [1, 0] : [0, 1]
  const along = x.map((value, i) => value * cosine + (y[i] as number) * sine)
  const across = x.map((value, i) => (y[i] as number) * cosine - value * sine)
  const low = (axis: Float64Array): number => axis.reduce((least, value) => Math.min(least, value), Infinity)
  const high = (axis: Float64Array): number => axis.reduce((most, value) => Math.max(most, value), -Infinity)
  const [left, top] = [low(along), low(across)]
  const size = Math.max(high(along) - left, high(across) - top, 1e-9)
  return {
    x: along.map((value) => Math.round(((value - left) / size) * RESOLUTION)),
    y: across.map((value) => Math.round(((value - top) / size) * RESOLUTION)),
  }
}

function inDegrees(columns: Uint32Array, size: number): Uint32Array {
  const degrees = new Uint32Array(size)
  for (const column of columns) degrees[column] = (degrees[column] as number) + 1
  return degrees
}

/** O(nodes + edges), and the layout of what is drawn. */
export function drawingOf(graph: TrustGraph, nodes: ReportNodes): Drawing {
  const { support, distrust } = graph
  const random = seeded(SEED)
  const drawn = drawnNodes(support, nodes, random)
  const { lines, edges } = drawnLines(support, drawn, random)
  const { x, y } = fitted(layOut(drawn.length, lines, random))
  const pick = (column: ReportColumn): (number | null)[] =>
    drawn.map((node) => compact(column[node] as number))
  const group = (columns: Readonly<Record<string, ReportColumn>> = {}): unknown[] =>
    Object.entries(columns).map(([name, column]) => [shownText(columnLabel(name)), pick(column)])
  const received = inDegrees(support.columns, support.size)
  const block = {
    ids: drawn.map((node) => shownText(graph.nodes.idOf(node))),
    x: [...x],
    y: [...y],
    reputation: pick(nodes.reputation),
    probability: nodes.probability === undefined ? undefined : pick(nodes.probability),
    marks: drawn.map(
      (node) =>
        (nodes.flagged?.[node] ? FLAGGED : 0) +
        (nodes.capped?.[node] ? CAPPED : 0) +
        (nodes.anchors?.has(node) ? ANCHOR : 0),
    ),
    labels: nodes.labels === undefined ? undefined : pick(nodes.labels),
    given: drawn.map((node) => (support.offsets[node + 1] as number) - (support.offsets[node] as number)),
    received: pick(received),
    distrusted: distrust.columns.length === 0 ? undefined : pick(inDegrees(distrust.columns, distrust.size)),
    scores: group(nodes.scores),
    signals: group(nodes.signals),
    lines: lines.flatMap(({ from, to, forward, back }) => [from, to, compact(forward), compact(back)]),
    scale: SCALE,
  }
  return { nodes: drawn, lines: lines.length, edges, block }
}
