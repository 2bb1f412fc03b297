/** Identifiers in the order of their bytes, side by side in one arena: a node costs its bytes and four more. */
import type { NodeIndex } from './trust-graph.ts'

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder()

/** Below 0 if the first comes first. Shorter identifiers come before those that they begin. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const shared = Math.min(aEnd - aStart, bEnd - bStart)
  for (let i = 0; i < shared; i++) {
    const difference = a[aStart + i]! - b[bStart + i]!
    if (difference !== 0) return difference
  }
  return aEnd - aStart - (bEnd - bStart)
}

export class SortedIds implements NodeIndex {
  readonly size: number
  /** Node i is `arena[starts[i]] … arena[starts[i + 1] − 1]`; ascending, each once. */
  readonly arena: Uint8Array
  readonly starts: Uint32Array

  constructor(arena: Uint8Array, starts: Uint32Array) {
    this.size = starts.length - 1
    this.arena = arena
    this.starts = starts
  }

  /** Of any other index: O(bytes). */
  static of(nodes: NodeIndex): SortedIds {
    if (nodes instanceof SortedIds) return nodes
    const ids = Array.from({ length: nodes.size }, (_, node) => ENCODER.encode(nodes.idOf(node)))
    const starts = new Uint32Array(ids.length + 1)
    for (const [node, id] of ids.entries()) starts[node + 1] = starts[node]! + id.length
    const arena = new Uint8Array(starts[ids.length]!)
    for (const [node, id] of ids.entries()) arena.set(id, starts[node])
    return new SortedIds(arena, starts)
  }

  idOf(node: number): string {
    if (!(node >= 0 && node < this.size)) throw new RangeError(`node ${node} is not below ${this.size}`)
    return DECODER.decode(this.arena.subarray(this.starts[node]!, this.starts[node + 1]!))
  }

  /** Binary search: about a microsecond in a million. */
  indexOf(id: string): number | undefined {
    const bytes = ENCODER.encode(id)
    let low = 0
    let high = this.size
    while (low < high) {
      const middle = (low + high) >>> 1
      const order = compareBytes(
        this.arena,
        this.starts[middle]!,
        this.starts[middle + 1]!,
        bytes,
        0,
        bytes.length,
      )
      if (order === 0) return middle
      if (order < 0) low = middle + 1
      else high = middle
    }
    return undefined
  }
}

/** Two indexes as one, and where the nodes of each went. O(bytes). */
export function mergeIndexes(
  a: SortedIds,
  b: SortedIds,
): { nodes: SortedIds; placesOfA: Uint32Array; placesOfB: Uint32Array } {
  const placesOfA = new Uint32Array(a.size)
  const placesOfB = new Uint32Array(b.size)
  const starts = new Uint32Array(a.size + b.size + 1)
  const arena = new Uint8Array(a.arena.length + b.arena.length)
  let [i, j, place] = [0, 0, 0]
  while (i < a.size || j < b.size) {
    const order =
      i === a.size
        ? 1
        : j === b.size
          ? -1
          : compareBytes(a.arena, a.starts[i]!, a.starts[i + 1]!, b.arena, b.starts[j]!, b.starts[j + 1]!)
    const from = order <= 0 ? a : b
    const node = order <= 0 ? i : j
    const start = from.starts[node]!
    const end = from.starts[node + 1]!
    const at = starts[place]!
    for (let k = start; k < end; k++) arena[at + k - start] = from.arena[k]!
    starts[place + 1] = at + end - start
    if (order <= 0) placesOfA[i++] = place
    if (order >= 0) placesOfB[j++] = place
    place++
  }
  return {
    nodes: new SortedIds(arena.slice(0, starts[place]!), starts.slice(0, place + 1)),
    placesOfA,
    placesOfB,
  }
}
