/** How the standing state of a dispute divides the collateral when the channel settles: a pure function of the record. */
import type { Amount } from '@symbolon/primitives'
import {
  type ChannelRecord,
  type Dispute,
  type Htlc,
  otherParty,
  type Party,
  stateTotal,
  streamLocked,
} from '@symbolon/protocol'
import { closedStale } from './bond-rule.ts'
import { absorbedDeposits, unabsorbed } from './collateral.ts'
import { asParty, payeeOf } from './record.ts'

export interface Settlement {
  /** By party, without the bond. */
  readonly payouts: readonly [Amount, Amount]
  /** Neither claimed nor expired: they stay locked. */
  readonly unresolved: readonly Htlc[]
  readonly loser?: Party
  readonly forfeitedReserve: Amount
}

/**
 * Balances; redeemed ticks to the payee and the rest of each stream to its payer; claimed payments to the payee and
 * expired ones to the payer; deposits that the state does not absorb to who paid them in. payouts + unresolved = collateral.
 *
 * A closer that was proven stale also forfeits what it has of the reserve to the counterparty: the reserve is the stake that
 * makes cheating a loss in every state in which an older one pays more (`ch01-02` CM-11…15).
 */
export function settlementOf(channel: ChannelRecord, dispute: Dispute, height: bigint): Settlement {
  const { state } = dispute
  const payouts = unabsorbed(channel, absorbedDeposits(channel, stateTotal(state)) ?? channel.deposits.length)
  payouts[0] += state.balances[0] ?? 0n
  payouts[1] += state.balances[1] ?? 0n
  for (const run of state.streams) {
    const redeemed = redeemedTicks(dispute, run.id)
    payouts[payeeOf(run)] += run.tickValue * BigInt(redeemed)
    payouts[asParty(run.payer)] += streamLocked(run) - run.tickValue * BigInt(redeemed)
  }
  const unresolved: Htlc[] = []
  for (const payment of state.pending) {
    if (dispute.claimed.includes(payment.id)) payouts[payeeOf(payment)] += payment.amount
    else if (height > payment.expiry) payouts[asParty(payment.payer)] += payment.amount
    else unresolved.push(payment)
  }
  if (!closedStale(dispute, state)) return { payouts, unresolved, forfeitedReserve: 0n }
  const loser = asParty(dispute.closer)
  let forfeitedReserve = channel.terms.reserve
  if (forfeitedReserve > payouts[loser]) forfeitedReserve = payouts[loser]
  payouts[loser] -= forfeitedReserve
  payouts[otherParty(loser)] += forfeitedReserve
  return { payouts, unresolved, loser, forfeitedReserve }
}

export function redeemedTicks(dispute: Dispute, stream: bigint): number {
  return dispute.redeemed.find((shown) => shown.stream === stream)?.ticks ?? 0
}
