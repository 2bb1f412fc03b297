/** Who attested the parent block, from the bitmap that the block carries. */
import { effectiveWeight, type Validator } from '@symbolon/protocol'
import { BlockError } from '../error.ts'
import type { Attestor } from '../execution/fees.ts'

/** Throws BLOCK_ATTESTORS if the bitmap does not fit the set: one bit per validator, no bit beyond. */
export function attestorsOf(set: readonly Validator[], bitmap: Uint8Array | undefined): Attestor[] {
  if (bitmap === undefined) return []
  if (
    bitmap.length !== Math.ceil(set.length / 8) ||
    (bitmap.at(-1) ?? 0) >> (((set.length - 1) & 7) + 1) !== 0
  )
    throw new BlockError(
      'BLOCK_ATTESTORS',
      `the attestor bitmap does not fit a set of ${set.length} validators`,
    )
  return set
    .filter((_, index) => ((bitmap[index >> 3] ?? 0) & (1 << (index & 7))) !== 0)
    .map((validator) => ({ address: validator.address, weight: effectiveWeight(validator) }))
}
