/** How tightly a node is knit into its surroundings: core numbers and triangles of an undirected graph. */
import type { Csr } from '../graph/index.ts'

/** The largest k such that the node belongs to a part where everybody has k neighbours (Batagelj and Zaversnik 2003), O(edges). */
export function coreNumbers({ size, offsets, columns }: Csr): Float64Array {
  const degree = Int32Array.from({ length: size }, (_, node) => offsets[node + 1]! - offsets[node]!)
  const most = degree.reduce((a, b) => Math.max(a, b), 0)
  const bins = new Int32Array(most + 2)
  for (const d of degree) bins[d + 1] = bins[d + 1]! + 1
  for (let d = 0; d <= most; d++) bins[d + 1] = bins[d + 1]! + bins[d]!
  const place = new Int32Array(size)
  const sorted = new Int32Array(size)
  const next = bins.slice()
  for (let node = 0; node < size; node++) {
    const at = next[degree[node]!]!
    next[degree[node]!] = at + 1
    place[node] = at
    sorted[at] = node
  }
  for (let i = 0; i < size; i++) {
    const node = sorted[i]!
    for (let k = offsets[node]!; k < offsets[node + 1]!; k++) {
      const other = columns[k]!
      const d = degree[other]!
      if (d <= degree[node]!) continue
      // The first node of its bin changes places with it, and the bin begins one later.
      const start = bins[d]!
      const first = sorted[start]!
      sorted[place[other]!] = first
      place[first] = place[other]!
      sorted[start] = other
      place[other] = start
      bins[d] = start + 1
      degree[other] = d - 1
    }
  }
  return Float64Array.from(degree)
}

/**
 * Triangles through every node. Edges point from the lower to the higher degree (ties by number), so that each triangle is
 * met once and the cost is O(edges^1.5) even beside hubs.
 */
export function triangles({ size, offsets, columns }: Csr): Float64Array {
  const degree = (node: number): number => offsets[node + 1]! - offsets[node]!
  const above = (a: number, b: number): boolean => degree(a) < degree(b) || (degree(a) === degree(b) && a < b)
  const count = new Float64Array(size)
  const mark = new Int32Array(size).fill(-1)
  for (let a = 0; a < size; a++) {
    for (let k = offsets[a]!; k < offsets[a + 1]!; k++) if (above(a, columns[k]!)) mark[columns[k]!] = a
    for (let k = offsets[a]!; k < offsets[a + 1]!; k++) {
      const b = columns[k]!
      if (mark[b] !== a) continue
      for (let l = offsets[b]!; l < offsets[b + 1]!; l++) {
        const c = columns[l]!
        if (mark[c] !== a || !above(b, c)) continue
        count[a] = count[a]! + 1
        count[b] = count[b]! + 1
        count[c] = count[c]! + 1
      }
    }
  }
  return count
}
