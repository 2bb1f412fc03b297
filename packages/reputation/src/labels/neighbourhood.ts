/**
 * The undirected graph on which labels spread: who dealt with whom, in either direction. Any-direction edges can be forged
 * by one side (TRU-006), so a score from here describes *likeness to what was labelled*; it is no certificate of honesty.
 */
import type { Csr, TrustGraph } from '../graph/index.ts'
import { transpose } from '../graph/index.ts'

/**
 * `binary`: every pair that dealt counts 1. `log`: log(1 + w / median w), so that the unit of the weights does not matter
 * and one huge transfer does not outweigh all other acquaintances. `sum`: the weights of both directions added.
 */
export type Weighting = 'binary' | 'log' | 'sum'

/** Symmetric, zero diagonal, without isolated entries; O(edges). */
export function neighbourhood({ support }: TrustGraph, weighting: Weighting = 'binary'): Csr {
  const back = transpose(support)
  const { size } = support
  const offsets = new Uint32Array(size + 1)
  const columns = new Uint32Array(support.columns.length * 2)
  const weights = new Float64Array(columns.length)
  let place = 0
  for (let node = 0; node < size; node++) {
    let a = support.offsets[node]!
    let b = back.offsets[node]!
    const endA = support.offsets[node + 1]!
    const endB = back.offsets[node + 1]!
    while (a < endA || b < endB) {
      const toA = a < endA ? support.columns[a]! : size
      const toB = b < endB ? back.columns[b]! : size
      columns[place] = Math.min(toA, toB)
      weights[place++] = (toA <= toB ? support.weights[a++]! : 0) + (toB <= toA ? back.weights[b++]! : 0)
    }
    offsets[node + 1] = place
  }
  const kept = weights.slice(0, place)
  if (weighting === 'binary') kept.fill(1)
  else if (weighting === 'log') {
    const median = kept.slice().sort()[place >> 1] ?? 1
    for (let k = 0; k < place; k++) kept[k] = Math.log1p(kept[k]! / median)
  }
  return { size, offsets, columns: columns.slice(0, place), weights: kept }
}

/** Sum of the weights of every row: the degree, for binary weights. */
export function strengths(of: Csr): Float64Array {
  const sums = new Float64Array(of.size)
  for (let node = 0; node < of.size; node++)
    for (let k = of.offsets[node]!; k < of.offsets[node + 1]!; k++) sums[node] = sums[node]! + of.weights[k]!
  return sums
}
