/** What a transaction pays at least, and who gets the fees of a block (CON-088). */
import type { Address, Amount } from '@symbolon/primitives'
import type { ExecutionContext, Leg } from '../module.ts'

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

/**
 * A lower bound, in base units, of what a transaction pays: its fee for the gas that is charged before it runs. The exact
 * charge is known only after it ran, and claiming more would let reputation be bought with fees that nobody pays (CON-104).
 */
export function feeFloor(context: ExecutionContext, gas: bigint): Amount {
  const { fee, gasLimit } = context.transaction.body
  return gasLimit === 0n ? 0n : (fee * (gas < gasLimit ? gas : gasLimit)) / gasLimit
}
