/**
 * Absorbing random walks (TRU-020) in fixed point: h(v), the probability that a walk from v, which dies with 1 − survival in each
 * step, is absorbed by an anchor. h = 1 on anchors, survival · Σ q_vu h(u) elsewhere. The walk goes along the rows: give it a symmetric
 * layer, or one whose rows hold who vouches.
 *
 * Values are units of MASS. Every product truncates, so the result never exceeds the real one; it falls short by at most
 * survivalˢᵗᵉᵖˢ + (row length·(2⁻⁴⁴ + 2⁻³⁰))/(1 − survival): at 100 steps of 0.85 and rows of 1,000 less than 7 · 10⁻⁶.
 */
import type { Csr } from '../graph/csr.ts'
import { FIXED_STEPS } from './eigen-trust.ts'
import type { FixedPrior } from './prior.ts'
import { MASS, PER_REST, PER_SPLIT, SPLIT } from './scale.ts'
import { shareMatrix } from './share-matrix.ts'

/** Survival of a walk per step, parts per million (trust parameter table). */
export const FIXED_SURVIVAL = 850_000

export interface FixedAbsorbingOptions {
  readonly survival?: number
  readonly steps?: number
}

/** h by node, 0 … MASS. Errors: FIXED_WEIGHT_INVALID. */
export function fixedAbsorbing(
  layer: Csr,
  prior: FixedPrior,
  options: FixedAbsorbingOptions = {},
): Float64Array {
  const { survival = FIXED_SURVIVAL, steps = FIXED_STEPS } = options
  const { size, offsets, columns, shares } = shareMatrix(layer, survival)
  const hi = new Float64Array(size)
  const lo = new Float64Array(size)
  let value = new Float64Array(size)
  let next = new Float64Array(size)
  const anchor = new Uint8Array(size)
  for (const node of prior.nodes) {
    anchor[node] = 1
    value[node] = MASS
    next[node] = MASS
  }
  for (let step = 0; step < steps; step++) {
    for (let node = 0; node < size; node++) {
      const amount = value[node] as number
      const high = Math.floor(amount * PER_SPLIT)
      hi[node] = high
      lo[node] = amount - high * SPLIT
    }
    for (let row = 0; row < size; row++) {
      if (anchor[row] === 1) continue
      let sum = 0
      const end = offsets[row + 1] as number
      for (let k = offsets[row] as number; k < end; k++) {
        const column = columns[k] as number
        const share = shares[k] as number
        sum += Math.floor(
          ((hi[column] as number) * share + Math.floor((lo[column] as number) * share * PER_SPLIT)) *
            PER_REST,
        )
      }
      next[row] = sum
    }
    const spent = value
    value = next
    next = spent
  }
  return value
}
