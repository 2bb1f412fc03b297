/**
 * The similarity weights of EigenTrust++ (Fan, Liu, Li, Su 2012; TPR-128). Two agents that judged the same partners alike
 * believe each other more: sim(i, j) = 1 − sqrt(mean over common partners of (c_ik − c_jk)²), 0 without a common partner,
 * over opinions scaled to at most 1 per rater. Row i becomes (1 − s)·c_ij + s·d_ij with d_ij ∝ sim(i, j)·c_ij.
 */
import { ReputationError } from '../errors.ts'
import type { Csr } from '../graph/csr.ts'

/** Root mean square difference of two rows over the columns they share, in units of each row's largest entry. */
function similarity(local: Csr, largest: Float64Array, i: number, j: number): number {
  const { offsets, columns, weights } = local
  let a = offsets[i] as number
  let b = offsets[j] as number
  const endA = offsets[i + 1] as number
  const endB = offsets[j + 1] as number
  let common = 0
  let squares = 0
  while (a < endA && b < endB) {
    const left = columns[a] as number
    const right = columns[b] as number
    if (left === right) {
      const difference =
        (weights[a] as number) / (largest[i] as number) - (weights[b] as number) / (largest[j] as number)
      squares += difference * difference
      common++
    }
    if (left <= right) a++
    if (right <= left) b++
  }
  return common === 0 ? 0 : 1 - Math.sqrt(squares / common)
}

/** Rows sum to 1. Cost: per edge i → j the lengths of rows i and j. Rows in which nobody is similar stay as they are. Errors: PARAMETER_INVALID. */
export function similarityWeighted(local: Csr, share: number): Csr {
  if (!(share >= 0 && share <= 1))
    throw new ReputationError('PARAMETER_INVALID', `similarity share ${share} must lie in 0 … 1`)
  const { size, offsets, columns, weights } = local
  const largest = new Float64Array(size)
  for (let i = 0; i < size; i++)
    for (let k = offsets[i] as number; k < (offsets[i + 1] as number); k++)
      largest[i] = Math.max(largest[i] as number, weights[k] as number)
  const values = new Float64Array(weights.length)
  for (let i = 0; i < size; i++) {
    const start = offsets[i] as number
    const end = offsets[i + 1] as number
    let plain = 0
    let weighted = 0
    for (let k = start; k < end; k++) {
      const weight = weights[k] as number
      const credible = weight * similarity(local, largest, i, columns[k] as number)
      values[k] = credible
      plain += weight
      weighted += credible
    }
    for (let k = start; k < end; k++) {
      const c = (weights[k] as number) / plain
      values[k] = weighted > 0 ? (1 - share) * c + (share * (values[k] as number)) / weighted : c
    }
  }
  return { size, offsets, columns, weights: values }
}
