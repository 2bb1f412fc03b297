/** What the page says about all nodes, drawn or not. */
import type { ReportColumn, ReportNodes } from './data.ts'

export interface Summary {
  readonly nodes: number
  readonly anchors: number
  readonly flagged: number
  readonly capped: number
  /** Share of nodes → the reputation that they do not exceed; empty without nodes. */
  readonly quantiles: readonly (readonly [share: number, reputation: number])[]
}

const SHARES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]
const SCALE_MAX = 1000

function marked(column: ReportColumn | undefined): number {
  let count = 0
  for (let i = 0; i < (column?.length ?? 0); i++) if (column?.[i]) count++
  return count
}

/** Nearest-rank quantiles: the smallest reputation that at least the share of nodes does not exceed. O(nodes). */
function quantilesOf(reputation: ReportColumn): [number, number][] {
  const counts = new Uint32Array(SCALE_MAX + 1)
  for (let i = 0; i < reputation.length; i++) {
    const value = reputation[i] as number
    counts[value] = (counts[value] as number) + 1
  }
  if (reputation.length === 0) return []
  return SHARES.map((share) => {
    const rank = Math.max(1, Math.ceil(share * reputation.length))
    let value = 0
    for (let seen = counts[0] as number; seen < rank; ) seen += counts[++value] as number
    return [share, value]
  })
}

export function summaryOf(nodes: ReportNodes): Summary {
  return {
    nodes: nodes.reputation.length,
    anchors: nodes.anchors?.size ?? 0,
    flagged: marked(nodes.flagged),
    capped: marked(nodes.capped),
    quantiles: quantilesOf(nodes.reputation),
  }
}
