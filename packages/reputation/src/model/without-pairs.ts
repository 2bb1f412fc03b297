import type { Csr, EdgeTimes, TrustGraph } from '../graph/index.ts'

/** The rows of a matrix without the entries between `node` and `others`, in both directions; `kept` lists the old places. */
function thinned(csr: Csr, node: number, others: ReadonlySet<number>): { csr: Csr; kept: Uint32Array } {
  const { size, offsets, columns } = csr
  const kept = new Uint32Array(columns.length)
  const starts = new Uint32Array(size + 1)
  let place = 0
  for (let row = 0; row < size; row++) {
    const end = offsets[row + 1] as number
    for (let k = offsets[row] as number; k < end; k++) {
      const column = columns[k] as number
      const drop = (row === node && others.has(column)) || (column === node && others.has(row))
      if (!drop) kept[place++] = k
    }
    starts[row + 1] = place
  }
  const places = kept.slice(0, place)
  return {
    csr: {
      size,
      offsets: starts,
      columns: places.map((k) => columns[k] as number),
      weights: Float64Array.from(places, (k) => csr.weights[k] as number),
    },
    kept: places,
  }
}

/** The graph as if `node` and each of `others` had never met. Nodes keep their numbers. O(edges). */
export function withoutPairs(graph: TrustGraph, node: number, others: ReadonlySet<number>): TrustGraph {
  const support = thinned(graph.support, node, others)
  const timesOf = ({ first, last }: EdgeTimes): EdgeTimes => ({
    first: Float64Array.from(support.kept, (k) => first[k] as number),
    last: Float64Array.from(support.kept, (k) => last[k] as number),
  })
  return {
    nodes: graph.nodes,
    support: support.csr,
    consented: thinned(graph.consented, node, others).csr,
    distrust: thinned(graph.distrust, node, others).csr,
    ...(graph.times === undefined ? {} : { times: timesOf(graph.times) }),
  }
}
