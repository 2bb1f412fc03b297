import type { Amount } from '@symbolon/primitives'
import type { Parameters } from '@symbolon/protocol'

/** The least fee that the frame accepts for a gas limit, base units, rounded up. */
export function minimumFee(gasLimit: bigint, parameters: Parameters): Amount {
  return (gasLimit * parameters.gasPriceMinimum + 999_999n) / 1_000_000n
}
