/**
 * The operations of a budget as they are journalled. The budget is a pure function of this list: recovery replays it,
 * and an auditor can recompute every number from it. Each says when it happened, in Unix seconds.
 */
import {
  address,
  amount,
  boolean,
  fixedBytes,
  hash,
  type Infer,
  list,
  optional,
  record,
  u64,
  uint,
  union,
} from '@symbolon/primitives'
import { channelState, channelTerms, party, TRANSFERS_MAX } from '@symbolon/protocol'
import { resourceName, signedMandate, taskName } from './mandate.ts'

const at = uint(Number.MAX_SAFE_INTEGER, 'seconds')

/** One payment; `provider` is who gets it, absent if that is not known. */
export const payment = record('payment', { provider: [1, optional(address)], amount: [2, amount] })
export type Payment = Infer<typeof payment>

/** Everything that one intent takes out of a mandate. */
export const authorization = record('authorization', {
  /** Idempotency key: the digest of what will be signed, or any other unique digest. */
  intent: [1, hash],
  /** Digest of the mandate that pays. */
  mandate: [2, hash],
  payments: [3, list(payment, TRANSFERS_MAX)],
  /** What the network may charge: counts as spending, but is no payment to a provider. */
  fee: [4, amount],
  /** Collateral that moves into one's own channel: exposure, not spending. */
  deposit: [5, optional(record('deposit', { channel: [1, hash], amount: [2, amount] }))],
  task: [6, optional(taskName)],
  resource: [7, optional(resourceName)],
  /** How long it may stay locked (BT-10): Unix second, ledger height, or both. */
  lockedUntil: [8, optional(at)],
  lockedUntilHeight: [9, optional(u64('height'))],
  /** A signature will leave: only evidence, never the passing of time, may free the money. */
  signed: [10, boolean],
  /** Neither paid nor free: a bond, or the total of a mandate handed on to a delegate with keys of its own. */
  locked: [11, optional(amount)],
  /** Closes or defends a channel: may still happen after expiry. */
  windsDown: [12, optional(boolean)],
})
export type Authorization = Infer<typeof authorization>

export const budgetOperation = union('budget-operation', {
  /** A mandate joins the tree, below its parent. */
  mandate: [1, record('add', { at: [1, at], signed: [2, signedMandate] })],
  authorize: [
    2,
    record('authorize', { at: [1, at], authorization: [2, authorization], unchecked: [3, boolean] }),
  ],
  commit: [
    3,
    record('commit', {
      at: [1, at],
      intent: [2, hash],
      paid: [3, amount],
      fee: [4, amount],
      /** False if the deposit never reached the channel. */
      deposited: [5, boolean],
    }),
  ],
  release: [4, record('release', { at: [1, at], intent: [2, hash] })],
  refund: [5, record('refund', { at: [1, at], intent: [2, hash], amount: [3, amount] })],
  margin: [6, record('margin', { at: [1, at], mandate: [2, hash], signature: [3, fixedBytes(64)] })],
  channel: [
    7,
    record('channel', { at: [1, at], mandate: [2, hash], terms: [3, channelTerms], party: [4, party] }),
  ],
  /** The next state of a channel is about to be signed. What it takes follows from the state before it. */
  advance: [
    8,
    record('advance', {
      at: [1, at],
      mandate: [2, hash],
      state: [3, channelState],
      task: [4, optional(taskName)],
      resource: [5, optional(resourceName)],
      unchecked: [6, boolean],
    }),
  ],
  /** The counterparty has signed the newest state too. */
  countersigned: [9, record('countersigned', { at: [1, at], channel: [2, hash] })],
  /** The ledger has closed the channel and paid this much to our side. */
  closed: [10, record('closed', { at: [1, at], channel: [2, hash], payout: [3, amount] })],
})
export type BudgetOperation = Infer<typeof budgetOperation>
