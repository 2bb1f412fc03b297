/** Means over neighbours, and means of those: how a node's surroundings look some steps away. */
import type { Csr } from '../graph/index.ts'

/** Mean of a column over the neighbours that have a value; NaN without such a neighbour. O(entries). */
export function neighbourMean(of: Csr, column: Float64Array): Float64Array {
  const result = new Float64Array(of.size)
  for (let node = 0; node < of.size; node++) {
    let sum = 0
    let count = 0
    for (let k = of.offsets[node]!; k < of.offsets[node + 1]!; k++) {
      const value = column[of.columns[k]!]!
      if (Number.isNaN(value)) continue
      sum += value
      count++
    }
    result[node] = sum / count
  }
  return result
}

/** Standard deviation of a column over the neighbours. */
export function neighbourSpread(of: Csr, column: Float64Array): Float64Array {
  const mean = neighbourMean(of, column)
  const square = neighbourMean(
    of,
    column.map((value) => value * value),
  )
  return square.map((value, node) => Math.sqrt(Math.max(0, value - mean[node]! ** 2)))
}

/** Least or greatest value of a column among the neighbours; NaN without neighbours. */
export function neighbourExtreme(of: Csr, column: Float64Array, which: 'least' | 'greatest'): Float64Array {
  const sign = which === 'least' ? 1 : -1
  const result = new Float64Array(of.size).fill(Number.NaN)
  for (let node = 0; node < of.size; node++) {
    let best = Infinity
    for (let k = of.offsets[node]!; k < of.offsets[node + 1]!; k++)
      best = Math.min(best, sign * column[of.columns[k]!]!)
    if (best < Infinity) result[node] = sign * best
  }
  return result
}

/** Mean of a column over all members of a part that have a value, the same for every member. */
export function partMean(part: Int32Array, column: Float64Array): Float64Array {
  const sums = new Float64Array(part.length)
  const counts = new Float64Array(part.length)
  for (let node = 0; node < part.length; node++) {
    if (Number.isNaN(column[node]!)) continue
    sums[part[node]!] = sums[part[node]!]! + column[node]!
    counts[part[node]!] = counts[part[node]!]! + 1
  }
  return Float64Array.from(part, (own) => sums[own]! / counts[own]!)
}
