/** A graph from edges in memory. Parallel edges add up; edges of a node to itself are dropped; order of input does not matter. */
import { ReputationError } from '../errors.ts'
import type { Csr } from './csr.ts'
import type { Edge, NodeIndex, TrustGraph } from './trust-graph.ts'

const ENCODER = new TextEncoder()

function compareIds(a: string, b: string): number {
  const x = ENCODER.encode(a)
  const y = ENCODER.encode(b)
  const shared = Math.min(x.length, y.length)
  for (let i = 0; i < shared; i++) {
    const difference = (x[i] as number) - (y[i] as number)
    if (difference !== 0) return difference
  }
  return x.length - y.length
}

function nodeIndex(ids: Iterable<string>): NodeIndex {
  const sorted = [...new Set(ids)].sort(compareIds)
  const places = new Map(sorted.map((id, place) => [id, place]))
  return {
    size: sorted.length,
    idOf: (node) => sorted[node] as string,
    indexOf: (id) => places.get(id),
  }
}

type Entries = Map<number, number>[]

function csrOf(rows: Entries): Csr {
  const size = rows.length
  const offsets = new Uint32Array(size + 1)
  for (let i = 0; i < size; i++) offsets[i + 1] = (offsets[i] as number) + (rows[i] as Entries[number]).size
  const columns = new Uint32Array(offsets[size] as number)
  const weights = new Float64Array(columns.length)
  let place = 0
  for (const row of rows)
    for (const [column, weight] of [...row].sort(([a], [b]) => a - b)) {
      columns[place] = column
      weights[place++] = weight
    }
  return { size, offsets, columns, weights }
}

/** Errors: EDGE_INVALID. Nodes that have no edge can be named in `isolated`. */
export function buildGraph(edges: Iterable<Edge>, isolated: Iterable<string> = []): TrustGraph {
  const all = [...edges].sort(
    (a, b) =>
      compareIds(a.from, b.from) ||
      compareIds(a.to, b.to) ||
      (a.time ?? 0) - (b.time ?? 0) ||
      a.weight - b.weight,
  )
  const nodes = nodeIndex([...all.flatMap(({ from, to }) => [from, to]), ...isolated])
  const empty = (): Entries => Array.from({ length: nodes.size }, () => new Map<number, number>())
  const support = empty()
  const distrust = empty()
  const accepted = empty()
  for (const { from, to, weight, sign, accepted: consented } of all) {
    if (!(weight >= 0) || !Number.isFinite(weight))
      throw new ReputationError(
        'EDGE_INVALID',
        `edge ${from} → ${to}: weight ${weight} must be finite and not negative`,
      )
    const i = nodes.indexOf(from) as number
    const j = nodes.indexOf(to) as number
    if (i === j || weight === 0) continue
    const row = (sign === -1 ? distrust : support)[i] as Map<number, number>
    row.set(j, (row.get(j) ?? 0) + weight)
    if (consented === true && sign !== -1) {
      const agreed = accepted[i] as Map<number, number>
      agreed.set(j, (agreed.get(j) ?? 0) + weight)
    }
  }
  const consented = empty()
  for (const [i, row] of support.entries())
    for (const [j, weight] of row) {
      const back = support[j]?.get(i) ?? 0
      const agreed = (accepted[i]?.get(j) ?? 0) + (accepted[j]?.get(i) ?? 0)
      const mutual = Math.max(Math.min(weight, back), agreed)
      if (mutual === 0) continue
      consented[i]?.set(j, mutual)
      consented[j]?.set(i, mutual)
    }
  return { nodes, support: csrOf(support), consented: csrOf(consented), distrust: csrOf(distrust) }
}
