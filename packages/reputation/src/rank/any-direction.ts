/**
 * Every edge taken as undirected, weight max(w_ij, w_ji). Whoever sprays endorsements ties himself to honest nodes in it, so no
 * score that counts is computed on it: it exists for the comparisons of TRU-033 and TRU-034.
 */
import { type Csr, transpose } from '../graph/csr.ts'

export function anyDirection(support: Csr): Csr {
  const back = transpose(support)
  const { size } = support
  const offsets = new Uint32Array(size + 1)
  const columns: number[] = []
  const weights: number[] = []
  for (let i = 0; i < size; i++) {
    let a = support.offsets[i] as number
    let b = back.offsets[i] as number
    const endA = support.offsets[i + 1] as number
    const endB = back.offsets[i + 1] as number
    while (a < endA || b < endB) {
      const left = a < endA ? (support.columns[a] as number) : Number.POSITIVE_INFINITY
      const right = b < endB ? (back.columns[b] as number) : Number.POSITIVE_INFINITY
      columns.push(Math.min(left, right))
      weights.push(
        Math.max(
          left <= right ? (support.weights[a] as number) : 0,
          right <= left ? (back.weights[b] as number) : 0,
        ),
      )
      if (left <= right) a++
      if (right <= left) b++
    }
    offsets[i + 1] = columns.length
  }
  return { size, offsets, columns: Uint32Array.from(columns), weights: Float64Array.from(weights) }
}
