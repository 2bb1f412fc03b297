/**
 * The `accounts` module: payments. A balance changes only through the movements of events, here and in every other module;
 * the kernel takes debits at once and lands credits at the end of the block (CON-077), so a transfer declares nothing: the
 * sender's account, the only one it touches, is declared by the kernel for every transaction.
 *
 * Errors, in order of precedence: TRANSFER_ZERO (an amount is zero), INSUFFICIENT_BALANCE (the sum exceeds what the sender
 * holds after setting the fee aside; what arrives in this block cannot be spent in it).
 *
 * Paying oneself is legal and changes nothing but the fee. A recipient needs no account: the credit makes one. No balance can
 * overflow, because the sum of all balances never exceeds the supply, and genesis bounds that by 2^64 - 1.
 */

import type { Infer } from '@symbolon/primitives'
import { accountsPayloads } from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import { GAS_PER_TRANSFER } from '../../limits.ts'
import type { AccessSet, ExecutionContext, LedgerModule, Leg, TransactionKind } from '../../module.ts'

const NOTHING: AccessSet = { reads: [], writes: [] }

type Transfer = Infer<typeof accountsPayloads.transfer>

function pay(transfers: readonly Transfer[], context: ExecutionContext): void {
  const credits: Leg[] = new Array(transfers.length)
  let total = 0n
  for (let i = 0; i < transfers.length; i++) {
    const { to, amount } = transfers[i] as Transfer
    if (amount === 0n)
      throw new LedgerError(
        'TRANSFER_ZERO',
        'a transfer moves at least one base unit: leave the empty one out',
      )
    total += amount
    credits[i] = { bucket: 'liquid', owner: to, amount }
  }
  const { sender } = context.transaction.body
  context.emit({
    type: 'accounts.transferred',
    // Recipients of a single transfer are found by subject; those of a batch by the credits of the event.
    subjects: transfers.length === 1 ? [sender, transfers[0]?.to ?? sender] : [sender],
    movement: { debits: [{ bucket: 'liquid', owner: sender, amount: total }], credits },
  })
}

export const transfer: TransactionKind<Transfer> = {
  kind: 'accounts.transfer',
  schema: accountsPayloads.transfer,
  access: () => NOTHING,
  gas: () => GAS_PER_TRANSFER,
  execute: (body, context) => pay([body], context),
}

export const transferBatch: TransactionKind<Infer<typeof accountsPayloads.transferBatch>> = {
  kind: 'accounts.transferBatch',
  schema: accountsPayloads.transferBatch,
  access: () => NOTHING,
  gas: ({ transfers }) => GAS_PER_TRANSFER * BigInt(transfers.length),
  execute: ({ transfers }, context) => pay(transfers, context),
}

export const accounts: LedgerModule = {
  name: 'accounts',
  namespace: 'accounts',
  kinds: [transfer, transferBatch],
  events: {},
}
