/** Payloads of the `accounts` module. */
import { address, amount, list, record } from '@symbolon/primitives'
import { TRANSFERS_MAX } from '../limits.ts'

const leg = { to: [1, address], amount: [2, amount] } as const

/** Moves `amount` from the sender's liquid balance; the credit is commutative and lands at the end of the block. */
export const transfer = record('accounts.transfer', leg)

/** Many transfers under one signature and one nonce: all of them or none. */
export const transferBatch = record('accounts.transferBatch', {
  transfers: [1, list(record('transfer', leg), TRANSFERS_MAX, { lengthMin: 1 })],
})
