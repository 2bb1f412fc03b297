/** Lines of the picture: both directions of a pair are one line. */
import type { Csr } from '../graph/index.ts'
import { REPORT_LINES_MAX } from '../limits.ts'
import type { Random } from '../random.ts'

export interface Line {
  /** Places in the list of drawn nodes; `from` < `to`. */
  readonly from: number
  readonly to: number
  /** Weight of from → to, and of to → from; 0 where there is no such edge. */
  forward: number
  back: number
}

export interface DrawnLines {
  readonly lines: readonly Line[]
  /** Directed edges that the lines stand for. */
  readonly edges: number
}

const weightOf = (line: Line): number => line.forward + line.back
const edgesOf = (line: Line): number => (line.forward > 0 ? 1 : 0) + (line.back > 0 ? 1 : 0)

function linesBetween(support: Csr, nodes: readonly number[]): Line[] {
  const placeOf = new Int32Array(support.size).fill(-1)
  for (const [place, node] of nodes.entries()) placeOf[node] = place
  const lines = new Map<number, Line>()
  for (const [place, node] of nodes.entries()) {
    const end = support.offsets[node + 1] as number
    for (let k = support.offsets[node] as number; k < end; k++) {
      const other = placeOf[support.columns[k] as number] as number
      if (other < 0 || other === place) continue
      const [from, to] = place < other ? [place, other] : [other, place]
      const key = from * nodes.length + to
      let line = lines.get(key)
      if (line === undefined) {
        line = { from, to, forward: 0, back: 0 }
        lines.set(key, line)
      }
      if (place === from) line.forward += support.weights[k] as number
      else line.back += support.weights[k] as number
    }
  }
  return [...lines.values()].sort((a, b) => a.from - b.from || a.to - b.to)
}

/** The heaviest line of every node, so that none looks alone, and then a uniform sample of the rest. */
function thinned(lines: Line[], nodes: number, random: Random, max: number): Line[] {
  const heaviest: (Line | undefined)[] = new Array(nodes)
  for (const line of lines)
    for (const end of [line.from, line.to]) {
      const best = heaviest[end]
      if (best === undefined || weightOf(line) > weightOf(best)) heaviest[end] = line
    }
  const kept = new Set(heaviest.filter((line) => line !== undefined))
  const rest = random.shuffle(lines.filter((line) => !kept.has(line)))
  return [...kept, ...rest].slice(0, max).sort((a, b) => a.from - b.from || a.to - b.to)
}

/** O(edges that leave drawn nodes). At most `max` lines. */
export function drawnLines(
  support: Csr,
  nodes: readonly number[],
  random: Random,
  max: number = REPORT_LINES_MAX,
): DrawnLines {
  const all = linesBetween(support, nodes)
  const lines = all.length <= max ? all : thinned(all, nodes.length, random, max)
  return { lines, edges: lines.reduce((sum, line) => sum + edgesOf(line), 0) }
}
