/** Connected components of a symmetric layer, numbered by their first node. O(nodes + entries), no recursion. */
import type { Csr } from '../graph/csr.ts'

export interface Components {
  /** Component of each node. */
  readonly of: Uint32Array
  readonly count: number
  /** Nodes of component c, ascending: `members.subarray(starts[c], starts[c + 1])`. */
  readonly members: Uint32Array
  readonly starts: Uint32Array
}

const NONE = 0xffffffff

export function connectedComponents({ size, offsets, columns }: Csr): Components {
  const of = new Uint32Array(size).fill(NONE)
  const stack = new Uint32Array(size)
  let count = 0
  for (let root = 0; root < size; root++) {
    if (of[root] !== NONE) continue
    let height = 0
    stack[height++] = root
    of[root] = count
    while (height > 0) {
      const node = stack[--height] as number
      const end = offsets[node + 1] as number
      for (let k = offsets[node] as number; k < end; k++) {
        const next = columns[k] as number
        if (of[next] !== NONE) continue
        of[next] = count
        stack[height++] = next
      }
    }
    count++
  }
  const starts = new Uint32Array(count + 1)
  for (let i = 0; i < size; i++) {
    const place = (of[i] as number) + 1
    starts[place] = (starts[place] as number) + 1
  }
  for (let c = 0; c < count; c++) starts[c + 1] = (starts[c + 1] as number) + (starts[c] as number)
  const next = starts.slice(0, count)
  const members = new Uint32Array(size)
  for (let i = 0; i < size; i++) {
    const c = of[i] as number
    members[next[c] as number] = i
    next[c] = (next[c] as number) + 1
  }
  return { of, count, members, starts }
}

/** The part of a layer among `members` (ascending), renumbered in their order. The layer itself if they are all nodes. */
export function restricted(layer: Csr, members: Uint32Array): Csr {
  if (members.length === layer.size) return layer
  const place = new Uint32Array(layer.size).fill(NONE)
  for (let i = 0; i < members.length; i++) place[members[i] as number] = i
  const offsets = new Uint32Array(members.length + 1)
  const columns = new Uint32Array(layer.columns.length)
  const weights = new Float64Array(layer.columns.length)
  let count = 0
  for (let i = 0; i < members.length; i++) {
    const node = members[i] as number
    const end = layer.offsets[node + 1] as number
    for (let k = layer.offsets[node] as number; k < end; k++) {
      const column = place[layer.columns[k] as number] as number
      if (column === NONE) continue
      columns[count] = column
      weights[count++] = layer.weights[k] as number
    }
    offsets[i + 1] = count
  }
  return {
    size: members.length,
    offsets,
    columns: columns.slice(0, count),
    weights: weights.slice(0, count),
  }
}
