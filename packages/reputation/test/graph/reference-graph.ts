/** The definition of the layers, by maps and without any thought of speed: what the streaming build is checked against. */
import type { Csr, Edge, TrustGraph } from '../../src/index.ts'

export type Dense = Map<string, number>

export const keyOf = (from: string, to: string): string => JSON.stringify([from, to])

/** Weights have to be such that sums are exact: whole numbers, or multiples of a power of two. */
export function referenceLayers(edges: readonly Edge[]): {
  support: Dense
  distrust: Dense
  consented: Dense
} {
  const support: Dense = new Map()
  const distrust: Dense = new Map()
  const accepted: Dense = new Map()
  const add = (layer: Dense, { from, to, weight }: Edge): void => {
    layer.set(keyOf(from, to), (layer.get(keyOf(from, to)) ?? 0) + weight)
  }
  for (const edge of edges) {
    if (edge.from === edge.to || edge.weight === 0) continue
    if (edge.sign === -1) add(distrust, edge)
    else {
      add(support, edge)
      if (edge.accepted === true) add(accepted, edge)
    }
  }
  const consented: Dense = new Map()
  for (const key of support.keys()) {
    const [from, to] = JSON.parse(key) as [string, string]
    const back = keyOf(to, from)
    const agreed = (accepted.get(key) ?? 0) + (accepted.get(back) ?? 0)
    const weight = Math.max(Math.min(support.get(key) ?? 0, support.get(back) ?? 0), agreed)
    if (weight === 0) continue
    consented.set(key, weight)
    consented.set(back, weight)
  }
  return { support, distrust, consented }
}

/** A layer as a map, after checking what `Csr` promises. */
export function denseOf({ nodes }: TrustGraph, csr: Csr): Dense {
  const dense: Dense = new Map()
  if (csr.size !== nodes.size || csr.offsets.length !== nodes.size + 1) throw new Error('rows are missing')
  if (csr.offsets[0] !== 0 || csr.offsets[csr.size] !== csr.columns.length)
    throw new Error('offsets are wrong')
  if (csr.weights.length !== csr.columns.length) throw new Error('weights are missing')
  for (let i = 0; i < csr.size; i++) {
    let previous = -1
    for (let k = csr.offsets[i] as number; k < (csr.offsets[i + 1] as number); k++) {
      const column = csr.columns[k] as number
      if (column <= previous) throw new Error(`columns of row ${i} do not ascend`)
      previous = column
      dense.set(keyOf(nodes.idOf(i), nodes.idOf(column)), csr.weights[k] as number)
    }
  }
  return dense
}

const bits = (csr: Csr | undefined): unknown =>
  csr && [csr.size, [...csr.offsets], [...csr.columns], [...new BigUint64Array(csr.weights.slice().buffer)]]

/** Everything of a graph that can be observed, weights as their bits. */
export function fingerprint(graph: TrustGraph): unknown {
  const { nodes, support, consented, distrust, times, accepted } = graph
  return {
    ids: Array.from({ length: nodes.size }, (_, node) => nodes.idOf(node)),
    support: bits(support),
    consented: bits(consented),
    distrust: bits(distrust),
    accepted: bits(accepted),
    times: times && [[...times.first], [...times.last]],
  }
}
