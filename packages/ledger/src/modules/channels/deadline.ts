/**
 * Heights of a dispute, all inclusive, counted in checkpoints: a stalled frame stops every timer (CON-114).
 *
 *   started … deadline                     a newer state is accepted
 *   started … redemptionDeadline           preimages of streams are accepted
 *   redemptionDeadline + 1 …               the channel settles
 *
 * A state shown at the last height may replace one for which preimages had been shown. The redemption window, one
 * extension long, is the payee's time to show them for the state that stands; without streams it is empty. A pending payment
 * needs no window: its own expiry decides, before and after the settlement alike.
 */
import type { Dispute, Parameters } from '@symbolon/protocol'

export function redemptionDeadline(of: Dispute, parameters: Parameters): bigint {
  return of.state.streams.length > 0 ? of.deadline + parameters.challengeExtension : of.deadline
}

/** An answer is late if fewer heights than one extension remain after it: the first late one extends the deadline, once. */
export function extendedDeadline(of: Dispute, height: bigint, parameters: Parameters): bigint {
  const late = of.deadline - height < parameters.challengeExtension
  return late && !of.extended ? of.deadline + parameters.challengeExtension : of.deadline
}
