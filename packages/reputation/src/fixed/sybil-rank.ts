/**
 * SybilRank (Cao, Sirivianos, Yang, Pregueiro, NSDI 2012; TRU-018) in fixed point: ⌈log₂ n⌉ steps of the walk from the anchors on
 * the consented layer, then mass over weighted degree. Stopping early is the point: mass has mixed among the honest and has
 * not yet passed the few edges to the rest. Buyers and sellers are two sides, between which mass alternates, so the last two
 * steps count together. Mass on a node without consented edges returns to the anchors.
 */
import type { Csr } from '../graph/csr.ts'
import { anchoredWalk } from './anchored-walk.ts'
import type { FixedPrior } from './prior.ts'
import { shareMatrix } from './share-matrix.ts'

export interface FixedSybilRank {
  /** Of the last two steps together, by node: units of MASS, summing to 2 · MASS exactly. */
  readonly mass: Float64Array
  /** Weighted degrees on the consented layer; the rank is mass ÷ degree. */
  readonly degrees: readonly bigint[]
}

/** `consented`: symmetric, whole positive weights. Errors: FIXED_WEIGHT_INVALID. */
export function fixedSybilRank(consented: Csr, prior: FixedPrior): FixedSybilRank {
  // ⌈log₂ n⌉ from the bits of n − 1: a logarithm may differ in its last place from one runtime to another, and at a power of two that is a step.
  const steps = 32 - Math.clz32(Math.max(2, consented.size) - 1)
  const { mass, before } = anchoredWalk(shareMatrix(consented), prior, steps)
  for (let node = 0; node < mass.length; node++)
    mass[node] = (mass[node] as number) + (before[node] as number)
  const degrees = Array.from({ length: consented.size }, (_, node) => {
    let degree = 0n
    for (let k = consented.offsets[node] as number; k < (consented.offsets[node + 1] as number); k++)
      degree += BigInt(consented.weights[k] as number)
    return degree
  })
  return { mass, degrees }
}
