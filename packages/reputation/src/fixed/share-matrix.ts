/**
 * A row-stochastic matrix in fixed point. The shares of a row are truncated, so they sum to at most the factor; what a walk
 * does not hand on along a row returns to the prior, and no mass is ever lost or made.
 */
import { ReputationError } from '../errors.ts'
import type { Csr } from '../graph/csr.ts'
import { PPM, SHARE_ONE } from './scale.ts'

export interface ShareMatrix {
  readonly size: number
  /** Row i holds the entries `offsets[i]` … `offsets[i + 1] − 1`. */
  readonly offsets: Uint32Array
  readonly columns: Uint32Array
  /** In units of 2⁻³⁰. */
  readonly shares: Uint32Array
}

const SCALE = BigInt(SHARE_ONE)

/**
 * share = ⌊2³⁰ × factor × weight ÷ Σ weights of the row⌋. `factor`: parts per million that are handed on, such as the damping.
 * Errors: FIXED_WEIGHT_INVALID unless every weight is a whole number from 1 to 2⁵³ − 1.
 *
 * PERF: one division of big integers per entry, about 0.15 µs; done once, however many steps follow.
 */
export function shareMatrix(of: Csr, factor: number = PPM): ShareMatrix {
  const { size, offsets, columns, weights } = of
  const shares = new Uint32Array(columns.length)
  const scale = SCALE * BigInt(factor)
  for (let row = 0; row < size; row++) {
    const start = offsets[row] as number
    const end = offsets[row + 1] as number
    if (start === end) continue
    const total = rowTotal(weights, start, end) * BigInt(PPM)
    for (let k = start; k < end; k++) shares[k] = Number((BigInt(weights[k] as number) * scale) / total)
  }
  return { size, offsets, columns, shares }
}

function rowTotal(weights: Float64Array, start: number, end: number): bigint {
  let exact = 0n
  let small = 0
  for (let k = start; k < end; k++) {
    const weight = weights[k] as number
    if (!Number.isSafeInteger(weight) || weight < 1)
      throw new ReputationError(
        'FIXED_WEIGHT_INVALID',
        `a weight of ${weight}: fixed point takes whole numbers from 1 to 2^53 - 1; scale the weights first`,
      )
    // Summed as doubles while that is exact, which it nearly always is.
    if (small + weight <= Number.MAX_SAFE_INTEGER) small += weight
    else {
      exact += BigInt(small)
      small = weight
    }
  }
  return exact + BigInt(small)
}
