/** Which candidates fit into one block: gas limits (not gas used, which is unknown before executing), bytes and number. */
import { BLOCK_BYTES_MAX, BLOCK_TRANSACTIONS_MAX } from '@symbolon/protocol'
import type { TransactionCandidate } from '../transaction/candidate.ts'

/** Room for the header, the attestors and the frames of the transactions within BLOCK_BYTES_MAX. */
const BLOCK_OVERHEAD_BYTES = 4_096
const TRANSACTION_OVERHEAD_BYTES = 5

export interface BlockRoom {
  readonly fits: (candidate: TransactionCandidate) => boolean
}

/** Each `fits` that returns true takes its room. */
export function blockRoom(blockGasLimit: bigint): BlockRoom {
  let gas = 0n
  let bytes = BLOCK_OVERHEAD_BYTES
  let count = 0
  return {
    fits({ transaction: { body }, bytes: { length } }) {
      const gasThen = gas + body.gasLimit
      const bytesThen = bytes + length + TRANSACTION_OVERHEAD_BYTES
      if (count >= BLOCK_TRANSACTIONS_MAX || gasThen > blockGasLimit || bytesThen > BLOCK_BYTES_MAX)
        return false
      gas = gasThen
      bytes = bytesThen
      count++
      return true
    },
  }
}
