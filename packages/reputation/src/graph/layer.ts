/**
 * One layer of a graph: the evidence of one sort, folded into compressed sparse rows. Two counting sorts put the edges in order
 * (by target, then stably by source), one pass merges parallel ones by their exact sum. O(edges + nodes); at the height 16 bytes
 * per edge beside the result, nothing that is an object.
 */
import type { Csr } from './csr.ts'
import type { EdgeTable } from './edge-table.ts'
import { accumulate, addsExactly, remainderOf, rounded } from './exact-sum.ts'
import type { EdgeTimes, Remainders } from './trust-graph.ts'

export interface Layer {
  readonly csr: Csr
  readonly times?: EdgeTimes
  /** What rounding the sums has left out, so that later evidence can be added as if it had been there from the start. */
  readonly remainders?: Remainders
}

/**
 * Edges whose mark has exactly `wanted` of the bits `mask`; `places` is the row of each number of the table. Loops and weights of
 * 0 are no support for anybody: left out.
 */
export function layerOf(table: EdgeTable, places: Uint32Array, mask: number, wanted: number): Layer {
  const sorted = sortedEdges(table, places, mask, wanted)
  const { weights, entries, remainders } = mergeWeights(sorted, table.weights)
  const times = table.times === undefined ? undefined : mergeTimes(sorted, table.times, entries)
  const { offsets, columns } = mergeColumns(sorted, entries)
  return {
    csr: { size: places.length, offsets, columns, weights },
    ...(times === undefined ? {} : { times }),
    ...(remainders.size === 0 ? {} : { remainders }),
  }
}

/** Edges in order: those of row i are `ends[i − 1]` … `ends[i] − 1`, their columns ascend, equal ones lie side by side. */
interface SortedEdges {
  readonly ends: Uint32Array
  readonly columns: Uint32Array
  /** Place in the table. */
  readonly edges: Uint32Array
}

function sortedEdges(table: EdgeTable, places: Uint32Array, mask: number, wanted: number): SortedEdges {
  const { sources, targets, weights, marks, size } = table
  const next = new Uint32Array(places.length)
  const rowCounts = new Uint32Array(places.length)
  let count = 0
  for (let edge = 0; edge < size; edge++) {
    if (((marks === undefined ? 0 : marks[edge]!) & mask) !== wanted) continue
    if (sources[edge] === targets[edge] || (weights !== undefined && weights[edge] === 0)) continue
    const column = places[targets[edge]!]!
    next[column] = next[column]! + 1
    count++
  }
  startsOf(next)
  const rows = new Uint32Array(count)
  const byColumn = new Uint32Array(count)
  for (let edge = 0; count > 0 && edge < size; edge++) {
    if (((marks === undefined ? 0 : marks[edge]!) & mask) !== wanted) continue
    if (sources[edge] === targets[edge] || (weights !== undefined && weights[edge] === 0)) continue
    const column = places[targets[edge]!]!
    const row = places[sources[edge]!]!
    const place = next[column]!
    next[column] = place + 1
    rows[place] = row
    byColumn[place] = edge
    rowCounts[row] = rowCounts[row]! + 1
  }
  startsOf(rowCounts)
  const columns = new Uint32Array(count)
  const edges = new Uint32Array(count)
  for (let column = 0, k = 0; column < places.length; column++)
    for (const end = next[column]!; k < end; k++) {
      const row = rows[k]!
      const place = rowCounts[row]!
      rowCounts[row] = place + 1
      columns[place] = column
      edges[place] = byColumn[k]!
    }
  return { ends: rowCounts, columns, edges }
}

/** Counts become the places where their runs begin. */
function startsOf(counts: Uint32Array): void {
  let sum = 0
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!
    counts[i] = sum
    sum += count
  }
}

function mergeWeights(
  { ends, columns, edges }: SortedEdges,
  weights: Float64Array | undefined,
): { weights: Float64Array; entries: number; remainders: Map<number, readonly number[]> } {
  const merged = new Float64Array(columns.length)
  const remainders = new Map<number, readonly number[]>()
  let entries = 0
  for (let row = 0, k = 0; row < ends.length; row++)
    for (const end = ends[row]!; k < end; entries++) {
      const column = columns[k]!
      const start = k
      let weight = weights === undefined ? 1 : weights[edges[k]!]!
      let exact = true
      while (++k < end && columns[k] === column) {
        const term = weights === undefined ? 1 : weights[edges[k]!]!
        exact &&= addsExactly(weight, term)
        weight += term
      }
      if (!exact) {
        const partials: number[] = []
        for (let i = start; i < k; i++) accumulate(partials, weights![edges[i]!]!)
        weight = rounded(partials)
        const remainder = remainderOf(partials)
        if (remainder.length > 0) remainders.set(entries, remainder)
      }
      merged[entries] = weight
    }
  return { weights: trimmed(merged, entries), entries, remainders }
}

/** Undefined if no edge of the layer has a time. */
function mergeTimes(
  { ends, columns, edges }: SortedEdges,
  times: Float64Array,
  entries: number,
): EdgeTimes | undefined {
  const first = new Float64Array(entries)
  const last = new Float64Array(entries)
  let known = false
  for (let row = 0, k = 0, entry = 0; row < ends.length; row++)
    for (const end = ends[row]!; k < end; entry++) {
      const column = columns[k]!
      let [low, high] = [Number.NaN, Number.NaN]
      for (; k < end && columns[k] === column; k++) {
        const time = times[edges[k]!]!
        if (Number.isNaN(time)) continue
        known = true
        if (!(low <= time)) low = time
        if (!(high >= time)) high = time
      }
      first[entry] = low
      last[entry] = high
    }
  return known ? { first, last } : undefined
}

/** Keeps one of equal columns, in place: call it last. */
function mergeColumns({ ends, columns }: SortedEdges, entries: number): Pick<Csr, 'offsets' | 'columns'> {
  const offsets = new Uint32Array(ends.length + 1)
  for (let row = 0, k = 0, entry = 0; row < ends.length; row++) {
    const end = ends[row]!
    let previous = -1
    for (; k < end; k++) {
      const column = columns[k]!
      if (column !== previous) columns[entry++] = column
      previous = column
    }
    offsets[row + 1] = entry
  }
  return { offsets, columns: trimmed(columns, entries) }
}

function trimmed<T extends Uint32Array | Float64Array>(of: T, length: number): T {
  return of.length === length ? of : (of.slice(0, length) as T)
}
