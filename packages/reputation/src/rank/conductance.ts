/** Conductance of a cut: weight across, divided by the smaller side's total degree. 1 where a side is empty (TRU-019, Cheeger). */
import type { Csr } from '../graph/csr.ts'
import { descendingOrder } from './descending-order.ts'
import { rowSums } from './gather.ts'

/** Of the cut between nodes with `inside[i] !== 0` and the others. */
export function conductance(layer: Csr, inside: ArrayLike<number>): number {
  let across = 0
  let volume = 0
  let total = 0
  for (let i = 0; i < layer.size; i++) {
    const end = layer.offsets[i + 1] as number
    for (let k = layer.offsets[i] as number; k < end; k++) {
      const weight = layer.weights[k] as number
      total += weight
      if (inside[i] === 0) continue
      volume += weight
      if (inside[layer.columns[k] as number] === 0) across += weight
    }
  }
  const smaller = Math.min(volume, total - volume)
  return smaller > 0 ? across / smaller : 1
}

/** The smallest conductance among the cuts "the k largest values against the rest". O(n + entries). */
export function sweepConductance(layer: Csr, values: Float64Array): number {
  const degree = rowSums(layer)
  let total = 0
  for (const value of degree) total += value
  const order = descendingOrder(values)
  const taken = new Uint8Array(layer.size)
  let across = 0
  let volume = 0
  let best = 1
  for (const node of order.subarray(0, Math.max(0, layer.size - 1))) {
    let within = 0
    const end = layer.offsets[node + 1] as number
    for (let k = layer.offsets[node] as number; k < end; k++)
      if (taken[layer.columns[k] as number] === 1) within += layer.weights[k] as number
    taken[node] = 1
    volume += degree[node] as number
    across += (degree[node] as number) - 2 * within
    const smaller = Math.min(volume, total - volume)
    if (smaller > 0) best = Math.min(best, Math.max(0, across) / smaller)
  }
  return best
}
