/** Who gets the fees of a block (CON-088). */
import type { Address } from '@symbolon/primitives'
import type { Leg } from '../module.ts'

/** An attestor of the parent block with its effective weight. */
export interface Attestor {
  readonly address: Address
  readonly weight: bigint
}

const PARTS_PER_MILLION = 1_000_000n

/**
 * `proposerShare` (parts per million) to the proposer, the rest to the attestors by weight, each division truncated; what is
 * left over, all of it if nobody attested, goes to the proposer. The parts sum to `fees` exactly; parts of zero are left out.
 */
export function splitFees(
  fees: bigint,
  proposer: Address,
  proposerShare: number,
  attestors: readonly Attestor[],
): Leg[] {
  const weight = attestors.reduce((sum, attestor) => sum + attestor.weight, 0n)
  const pool = weight === 0n ? 0n : fees - (fees * BigInt(proposerShare)) / PARTS_PER_MILLION
  const parts: Leg[] = []
  let left = fees
  for (const { address, weight: own } of attestors) {
    const part = weight === 0n ? 0n : (pool * own) / weight
    left -= part
    if (part > 0n) parts.push({ bucket: 'liquid', owner: address, amount: part })
  }
  return left > 0n ? [{ bucket: 'liquid', owner: proposer, amount: left }, ...parts] : parts
}
