/**
 * What the end of a channel says about its parties (CON-103, CON-104).
 *
 *   closed in agreement               counts for both
 *   unilateral, uncontested           neutral: the other may have been unreachable
 *   unilateral, contested             against the closer if it was proven stale (CON-115), for the other party's dispute record;
 *                                     neutral for both if nobody was proven stale
 *
 * What speaks for an agent is weighed by the score of the counterparty that made it possible, at the start of the epoch, and
 * each counterparty counts once per epoch: agents without an identity weigh nothing, and a ring must bond and keep up many.
 * What speaks against an agent has full weight, whoever proved it.
 */
import type { Address, Amount } from '@symbolon/primitives'
import { equalBytes } from '@symbolon/primitives'
import { COUNTERPARTIES_MAX, type Parameters, type ReputationRecord } from '@symbolon/protocol'
import { PPM, VOLUME_COUNTERPARTIES_MIN } from './limits.ts'

/** The other side of a channel. */
export interface Counterparty {
  readonly address: Address
  /** Parts per million at the start of the epoch; 0 without an identity. */
  readonly score: bigint
}

/** True if the counterparty may still speak for the agent in this epoch. */
function mayCount(of: ReputationRecord, by: Counterparty): boolean {
  return (
    by.score > 0n &&
    of.counterparties.length < COUNTERPARTIES_MAX &&
    !of.counterparties.some((known) => equalBytes(known, by.address))
  )
}

/** Fees weighed by the counterparty's score, at most its share of the target. */
function countedVolume(fee: Amount, by: Counterparty, { reputationVolumeTarget }: Parameters): Amount {
  const share = reputationVolumeTarget / VOLUME_COUNTERPARTIES_MIN
  const weighed = (fee * by.score) / PPM
  if (weighed > share) return share
  return weighed
}

/** A channel closed in agreement. `fee`: base units that the closing transaction burned at least. */
export function countSettlement(
  of: ReputationRecord,
  by: Counterparty,
  fee: Amount,
  parameters: Parameters,
): ReputationRecord {
  if (!mayCount(of, by)) return of
  return {
    ...of,
    settled: of.settled + by.score,
    settlements: of.settlements + by.score,
    volume: of.volume + countedVolume(fee, by, parameters),
    lifetime: of.lifetime + 1n,
    counterparties: [...of.counterparties, by.address],
  }
}

/** A dispute in which the counterparty was proven stale. */
export function countDisputeWon(of: ReputationRecord, by: Counterparty): ReputationRecord {
  if (!mayCount(of, by)) return of
  return { ...of, disputes: of.disputes + by.score, counterparties: [...of.counterparties, by.address] }
}

/** A dispute that proved this agent stale: a failed settlement and a lost dispute. */
export function countDisputeLost(of: ReputationRecord): ReputationRecord {
  return {
    ...of,
    settlements: of.settlements + PPM,
    disputes: of.disputes + PPM,
    disputesLost: of.disputesLost + PPM,
  }
}
