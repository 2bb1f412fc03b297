/** Strongly connected components (Tarjan 1972) without recursion. O(nodes + entries). */
import type { Csr } from '../csr.ts'

/** Of nodes that are left out. */
export const NO_COMPONENT = 0xffffffff

export interface StrongComponents {
  /** By node. */
  readonly of: Uint32Array
  readonly count: number
}

/** Among the nodes with `included[i] !== 0`, and the edges between them. */
export function strongComponents({ size, offsets, columns }: Csr, included: Uint8Array): StrongComponents {
  const of = new Uint32Array(size).fill(NO_COMPONENT)
  /** Order of discovery from 1; 0 is undiscovered. */
  const discovered = new Uint32Array(size)
  const lowest = new Uint32Array(size)
  const next = offsets.slice(0, size)
  const path = new Uint32Array(size)
  const open = new Uint32Array(size)
  let [count, time, opened] = [0, 0, 0]
  for (let root = 0; root < size; root++) {
    if (included[root] === 0 || discovered[root] !== 0) continue
    let depth = 0
    const enter = (node: number): void => {
      discovered[node] = lowest[node] = ++time
      path[depth++] = node
      open[opened++] = node
    }
    enter(root)
    while (depth > 0) {
      const node = path[depth - 1]!
      const k = next[node]!
      if (k < offsets[node + 1]!) {
        next[node] = k + 1
        const target = columns[k]!
        if (included[target] === 0) continue
        if (discovered[target] === 0) enter(target)
        else if (of[target] === NO_COMPONENT) lowest[node] = Math.min(lowest[node]!, discovered[target]!)
        continue
      }
      depth--
      if (depth > 0) lowest[path[depth - 1]!] = Math.min(lowest[path[depth - 1]!]!, lowest[node]!)
      if (lowest[node] !== discovered[node]) continue
      for (;;) {
        const member = open[--opened]!
        of[member] = count
        if (member === node) break
      }
      count++
    }
  }
  return { of, count }
}
