/**
 * Deposits made while a channel is open enter its states one by one, in the order of the ledger. How many a state has taken in
 * follows from its total and the ledger's record alone, so a state that was adopted or restored needs no count beside it.
 */
import type { Amount } from '@symbolon/primitives'
import { type ChannelState, type ChannelTerms, stateTotal } from '@symbolon/protocol'

/**
 * The number of recorded deposits that this state divides. The ledger takes no deposit of zero, so at most one
 * prefix fits; if none does, the record is older than the state, and all that it holds are in it.
 */
export function absorbedDeposits(
  terms: ChannelTerms,
  recorded: readonly { amount: Amount }[],
  state: ChannelState,
): number {
  if (recorded.length === 0) return 0
  const total = stateTotal(state)
  let sum = (terms.deposits[0] ?? 0n) + (terms.deposits[1] ?? 0n)
  let absorbed = 0
  for (const { amount } of recorded) {
    if (sum >= total) break
    sum += amount
    absorbed += 1
  }
  return absorbed
}
