/**
 * Which nodes are drawn when a graph has more than a picture can show. Uniform draws from a sparse graph would leave dust
 * without edges, so most of the sample are short random walks, which keep communities and hubs recognisable.
 */
import type { Csr } from '../graph/index.ts'
import { REPORT_NODES_MAX } from '../limits.ts'
import type { Random } from '../random.ts'
import type { ReportNodes } from './data.ts'

const WALK_STEPS = 6
/** Shares of the picture that anchors, and flagged nodes, take before anybody else. */
const ANCHORS_SHARE = 0.1
const FLAGGED_SHARE = 0.25

class Chosen {
  readonly list: number[] = []
  readonly #taken: Uint8Array
  readonly #max: number
  constructor(size: number, max: number) {
    this.#taken = new Uint8Array(size)
    this.#max = max
  }
  get full(): boolean {
    return this.list.length >= this.#max
  }
  add(node: number): void {
    if (this.#taken[node] === 1 || this.full) return
    this.#taken[node] = 1
    this.list.push(node)
  }
}

function flaggedByProbability(nodes: ReportNodes, size: number): number[] {
  const flagged: number[] = []
  for (let node = 0; node < size; node++) if (nodes.flagged?.[node]) flagged.push(node)
  const probability = (node: number): number => nodes.probability?.[node] ?? 0
  return flagged.sort((a, b) => probability(b) - probability(a) || a - b)
}

/** Ascending node numbers, at most `max`: all of them if they fit. O(flagged · log + max). */
export function drawnNodes(
  support: Csr,
  nodes: ReportNodes,
  random: Random,
  max: number = REPORT_NODES_MAX,
): readonly number[] {
  const { size, offsets, columns } = support
  if (size <= max) return Array.from({ length: size }, (_, node) => node)
  const chosen = new Chosen(size, max)
  const anchors = [...(nodes.anchors ?? [])].sort(([a, x], [b, y]) => y - x || a - b)
  for (const [anchor] of anchors.slice(0, Math.floor(max * ANCHORS_SHARE))) chosen.add(anchor)
  for (const node of flaggedByProbability(nodes, size).slice(0, Math.floor(max * FLAGGED_SHARE)))
    chosen.add(node)
  // Every other walk starts anywhere, so that what no walk reaches is drawn too. Tries are bounded; the scan ends it.
  for (let tries = 0; tries < 8 * max && !chosen.full; tries++) {
    const near = tries % 2 === 0 && chosen.list.length > 0
    let node = near ? (chosen.list[random.below(chosen.list.length)] as number) : random.below(size)
    chosen.add(node)
    for (let step = 0; step < WALK_STEPS; step++) {
      const first = offsets[node] as number
      const degree = (offsets[node + 1] as number) - first
      if (degree === 0) break
      node = columns[first + random.below(degree)] as number
      chosen.add(node)
    }
  }
  for (let node = 0; node < size && !chosen.full; node++) chosen.add(node)
  return chosen.list.sort((a, b) => a - b)
}
